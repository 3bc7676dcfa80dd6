import assert from 'node:assert/strict';
import type { Finding } from '../../src/analysis/finding.js';
import { lockFindings, traceOf } from './lockFindings.js';

async function inversions(program: string): Promise<Finding[]> {
  return (await lockFindings(traceOf(program))).order;
}

const forwards = `
  1 acquired a @10
  1 acquired b @11
  1 release b
  1 release a`;
const backwards = `
  2 acquired b @20
  2 acquired a @21
  2 release a
  2 release b`;

describe('lock order', () => {
  it('speaks when two threads take two locks in opposite orders, with both places of each', async () => {
    const [finding, ...others] = await inversions(forwards + backwards);
    assert.ok(finding);
    assert.deepEqual(others, []);
    assert.deepEqual([finding.id, finding.severity, finding.grade], ['lock-order-inversion', 'warning', 'possible']);
    assert.deepEqual(
      finding.locations.map(({ role, line, thread }) => [role, line, thread]),
      [
        ['acquires', 10, 1],
        ['acquires', 11, 1],
        ['acquires', 20, 2],
        ['acquires', 21, 2],
      ],
    );
    assert.equal(
      finding.message,
      [
        'lock-order-inversion (possible): worker "thread#1" and worker "thread#2" take `a` and `b` in opposite orders.',
        '  thread#1 takes `a` (src/app.ts:10), then `b` (src/app.ts:11)',
        '  thread#2 takes `b` (src/app.ts:20), then `a` (src/app.ts:21)',
        '  It did not happen in this run; it does when each holds its first lock before another asks for it.',
        '  Take `a` before `b` in src/app.ts:20-21, as src/app.ts:10-11 does.',
      ].join('\n'),
    );
    assert.match(
      finding.verdict,
      /^Possible deadlock: `thread#1` takes `a` before `b` at app.ts:11, `thread#2` the other/,
    );
  });

  it('advises the order that more places have', async () => {
    const again = forwards.replace('@10', '@30').replace('@11', '@31').replaceAll('1 ', '3 ');
    const [finding] = await inversions(backwards + forwards + again);
    assert.equal(finding?.advice, 'Take `a` before `b` in src/app.ts:20-21, as the other 2 places do.');
  });

  it('finds a circle of three', async () => {
    const [finding, ...others] = await inversions(`
      1 acquired a @1
      1 acquired b @2
      1 release b
      1 release a
      2 acquired b @3
      2 acquired c @4
      2 release c
      2 release b
      3 acquired c @5
      3 acquired a @6
      3 release a
      3 release c`);
    assert.deepEqual(others, []);
    assert.equal(finding?.threads.length, 3);
    assert.match(finding.message, /in orders that form a circle/);
    assert.equal(finding.locations.length, 6);
  });

  it('tells many locks of the same lines once', async () => {
    const again = (forwards + backwards).replace(/\ba\b/g, 'c').replace(/\bb\b/g, 'd');
    assert.equal((await inversions(forwards + backwards + again)).length, 1);
  });

  const silent: Readonly<Record<string, string>> = {
    'one thread takes both orders': forwards + backwards.replaceAll('2 ', '1 '),
    'the orders are the same': forwards + forwards.replaceAll('1 ', '2 '),
    'a gate lock guards both': `
      1 acquired gate @1${forwards}
      1 release gate
      2 acquired gate @2${backwards}
      2 release gate`,
    'the first thread is joined before the second starts': `
      1 thread.begin 1${forwards}
      1 thread.end 1
      0 thread.joined 1
      0 thread.start 2
      2 thread.begin 2${backwards}`,
    'the second thread is started by the first afterwards': `${forwards}
      1 thread.start 2
      2 thread.begin 2${backwards}`,
    'an item carries the order': `${forwards}
      1 queue.putDone q {"arg":0}
      2 queue.getDone q {"arg":0}${backwards}`,
    'the second lock is taken with a timeout': `
      1 acquired a @10
      1 acquire b @11 {"timeout":50}
      1 acquired b @11
      1 release b
      1 release a${backwards}`,
    'the second lock is taken by a try, or with a timeout, that did not have to wait': `
      1 acquired a @10
      1 acquired b @11 {"mode":"bounded"}
      1 release b
      1 release a${backwards}`,
    'the try for the second lock failed': `
      1 acquired a @10
      1 refused b {"arg":"busy"}
      1 release a${backwards}`,
    'the inner lock is taken again': `
      1 acquired a @10 {"arg":1}
      1 acquired b @11 {"arg":1}
      1 release b {"arg":0}
      1 release a {"arg":0}
      2 acquired a @19 {"arg":1}
      2 acquired b @20 {"arg":1}
      2 acquired a @21 {"arg":2}
      2 release a {"arg":1}
      2 release b {"arg":0}
      2 release a {"arg":0}`,
    'one of them is given back by others': `${forwards}${backwards}
      1 acquired a @40
      2 release a @41`,
    'the first lock is given back before the second is taken': `
      1 acquired a @10
      1 release a
      1 acquired b @11
      1 release b${backwards}`,
    'it has become a deadlock': `${forwards}${backwards}
      1 acquired a @10
      2 acquired b @20
      1 acquire b @11
      2 acquire a @21`,
  };
  for (const [why, program] of Object.entries(silent)) {
    it(`is silent when ${why}`, async () => assert.deepEqual(await inversions(program), []));
  }

  const spoken: Readonly<Record<string, string>> = {
    'the gates are different locks': `
      1 acquired one @1${forwards}
      1 release one
      2 acquired two @2${backwards}
      2 release two`,
    'only the lock itself carried the order': `
      1 acquired a @10
      1 acquired b @11
      2 acquire b @20
      1 release b
      2 acquired b @20
      1 release a
      2 acquired a @21
      2 release a
      2 release b`,
    'one of several times is free': `${forwards}
      1 thread.start 2
      2 thread.begin 2${backwards}${forwards}`,
    'both threads were started before': `
      0 thread.start 1
      0 thread.start 2
      1 thread.begin 1
      2 thread.begin 2${forwards}${backwards}`,
    'the message came before the locks': `
      1 queue.putDone q {"arg":0}${forwards}
      2 queue.getDone q {"arg":0}${backwards}`,
  };
  for (const [why, program] of Object.entries(spoken)) {
    it(`speaks though ${why}`, async () => assert.equal((await inversions(program)).length, 1));
  }
});

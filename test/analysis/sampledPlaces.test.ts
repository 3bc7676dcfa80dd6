import assert from 'node:assert/strict';
import type { Finding } from '../../src/analysis/finding.js';
import { formatJson } from '../../src/report/json.js';
import { analyse, complete, event, object, threads } from './analyse.js';
import { lockFindings, traceOf } from './lockFindings.js';

const sampled = { sampled: true };

describe('a line that is that of an earlier operation', () => {
  const hang = (more: object): string =>
    [
      threads('producer', 'consumer'),
      object(1, 'queue', 'jobs', { capacity: 1 }),
      object(2, 'lock', 'cache'),
      event(2, 1, 'queue.putDone', 1, 3, { arg: 0, ...more }),
      event(3, 2, 'lock.acquired', 2, 8, { arg: 1, ...more }),
      event(4, 2, 'queue.getDone', 1, 10, { arg: 0, ...more }),
      event(5, 2, 'queue.get', 1, 10),
      event(6, 1, 'lock.acquire', 2, 6),
      event(7, 0, 'thread.join', 1, 40),
      complete(4000),
    ].join('\n');

  it('is not given for its own, neither in a text nor in JSON', async () => {
    const verdict = await analyse(hang(sampled));
    const [finding] = verdict.findings as [Finding];
    assert.match(
      finding.message,
      /producer put into `jobs` last \(last seen at app\.js:3\) and waits for `cache` \(app\.js:6\)/,
    );
    assert.match(finding.message, /consumer holds `cache` \(last seen at app\.js:8\)/);
    const lines = finding.locations.map(
      ({ role, line, sampled: is }) => `${role} ${line} ${is === true ? 'seen' : 'own'}`,
    );
    assert.deepEqual(lines, ['provides 3 seen', 'waits 6 own', 'holds 8 seen', 'waits 10 own']);
    assert.equal(formatJson(verdict).split('"sampled": true').length - 1, 2);
  });

  it('is one that was looked at where nothing says otherwise', async () => {
    const verdict = await analyse(hang({}));
    assert.doesNotMatch(verdict.findings[0]?.message ?? 'last seen', /last seen/);
    assert.doesNotMatch(formatJson(verdict), /sampled/);
  });

  it('is that of the last time: one that was looked at later is certain again', async () => {
    const later = `${event(4.5, 1, 'queue.putDone', 1, 4, { arg: 1 })}\n${event(4.6, 2, 'queue.getDone', 1, 10, { arg: 1 })}`;
    const verdict = await analyse(hang(sampled).replace(/\n(?=[^\n]*"queue\.get")/, `\n${later}\n`));
    assert.match(verdict.findings[0]?.message ?? '', /producer put into `jobs` last \(app\.js:4\)/);
  });

  it('is no advice', async () => {
    const left = [
      threads('owner', 'waiter'),
      object(1, 'lock', 'cache'),
      event(2, 1, 'lock.acquired', 1, 4, { arg: 1, ...sampled }),
      event(3, 1, 'thread.end', 1, 0, { arg: 0 }),
      event(4, 2, 'lock.acquire', 1, 30),
      event(5, 0, 'thread.join', 2, 40),
      complete(4000),
    ].join('\n');
    assert.equal((await analyse(left)).findings[0]?.advice, 'Give `cache` back in a finally block.');

    const orders = `
      1 acquired a @1
      1 acquired b @2
      1 release b
      1 release a
      2 acquired b @3 {"sampled":true}
      2 acquired a @4
      2 release a
      2 release b`;
    const [inversion] = (await lockFindings(traceOf(orders))).order;
    assert.match(inversion?.message ?? '', /`b` \(last seen at src\/app\.ts:3\)/);
    assert.equal(inversion?.advice, 'Take `b` before `a` in src/app.ts:1-2.');
  });

  it('does not stand for the holds of a contended lock that were looked at', async () => {
    const rounds = [{ sampled: true }, { sampled: false }, { sampled: true }].map(
      (more, i) => `
      at ${i * 100}: 1 acquired lock @1 ${JSON.stringify(more)}
      at ${i * 100}: 2 acquire lock @2
      at ${i * 100 + 50}: 1 release lock
      at ${i * 100 + 50}: 2 acquired lock @2
      at ${i * 100 + 51}: 2 release lock`,
    );
    const held = async (trace: string): Promise<string> =>
      (await lockFindings(traceOf(trace))).contention[0]?.message ?? '';
    assert.match(await held(rounds.join('')), /while it was held from src\/app\.ts:1 on;/);
    const unseen = `${rounds[0] as string}${rounds[2] as string}`;
    assert.match(await held(unseen), /while it was held \(last seen at src\/app\.ts:1\);/);
    assert.match(await held(unseen), /Hold `lock` shorter: /);
  });
});

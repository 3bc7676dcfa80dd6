import assert from 'node:assert/strict';
import { analyse, complete, end, event, object, roles, threads } from './analyse.js';

const TASK = 7;
const OTHER = 8;

const submitted = (t: number, task = TASK): string => event(t, 0, 'task.submit', task, 5);
const failed = (t: number, task = TASK, error = 'TypeError'): string =>
  event(t, 1, 'task.fail', task, 9, { arg: error });
const done = (t: number): string => event(t, 1, 'task.done', TASK, 9);
const asked = (t: number): string => event(t, 0, 'task.result', TASK, 6);

const library = (id: number, name: string): string =>
  JSON.stringify({ thread: id, name, parent: 0, t: 1, library: true });
const started = event(2, 0, 'thread.start', 3, 5);
const threw = event(4, 3, 'thread.fail', 3, 9, { arg: 'RangeError' });
const over = event(5, 3, 'thread.end', 3, 9, { arg: 1 });

/** @param kind `failed`: by an exit code of its own */
async function found(kind: string, ...events: readonly string[]) {
  const head = [threads('pool_0'), object(TASK, 'task', 'add'), object(OTHER, 'task', 'add')];
  const last = kind === 'failed' ? JSON.stringify({ t: 1000, end: 'exit', code: 1 }) : end(1000, kind);
  const { findings } = await analyse([...head, ...events, complete(1000), last].join('\n'));
  return findings;
}

describe('unobserved-error', () => {
  it('names who submitted a task that failed, and where', async () => {
    const [finding, ...others] = await found('clean', submitted(2), failed(3));
    assert.ok(finding);
    assert.deepEqual(others, []);
    assert.deepEqual([finding.id, finding.grade, finding.severity], ['unobserved-error', 'certain', 'warning']);
    assert.deepEqual(roles(finding), ['submits app.js:5', 'fails app.js:9']);
    assert.match(finding.message, /a task failed with a TypeError, and nobody asked for its result\./);
    assert.match(finding.message, /main submitted `add` \(app\.js:5\)\n {2}worker "pool_0" ran `add`/);
  });

  it('tells tasks of one line that failed alike once', async () => {
    const findings = await found('clean', submitted(2), submitted(2.5, OTHER), failed(3), failed(4, OTHER));
    assert.equal(findings.length, 1);
    assert.match(findings[0]?.message ?? '', /2 tasks failed \(TypeError\), and nobody asked for their results/);
    const [both] = await found('clean', submitted(2), submitted(2.5, OTHER), failed(3), failed(4, OTHER, 'Error'));
    assert.match(both?.message ?? '', /2 tasks failed \(TypeError and Error\)/);
  });

  it('speaks of a thread that nobody joined', async () => {
    const [finding] = await found('exit', library(3, 'worker'), started, threw, over);
    assert.match(finding?.message ?? '', /worker "worker" failed with a RangeError, and nobody joined it\./);
    assert.deepEqual(finding && roles(finding), ['starts app.js:5', 'fails app.js:9']);
  });

  const joined = event(6, 0, 'thread.joined', 3, 7);
  const silent: Readonly<Record<string, readonly [end: string, ...events: string[]]>> = {
    'a task that somebody has asked for': ['clean', submitted(2), failed(3), asked(4)],
    'a task that went well': ['clean', submitted(2), done(3)],
    'a task that was cancelled': ['clean', submitted(2), failed(3, TASK, 'CancelledError')],
    'a program that was killed: somebody might still have asked': ['killed', submitted(2), failed(3)],
    'a program that failed itself: it had no time to ask': ['failed', submitted(2), failed(3)],
    'a thread that was joined': ['clean', library(3, 'worker'), started, threw, over, joined],
    'a plain Worker: its error is an event': [
      'clean',
      library(3, 'worker').replace('true', 'false'),
      started,
      threw,
      over,
    ],
  };
  for (const [what, [kind, ...events]] of Object.entries(silent)) {
    it(`is silent about ${what}`, async () => assert.deepEqual(await found(kind, ...events), []));
  }
});

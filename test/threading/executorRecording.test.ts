/** What a trace tells of executors, and what is said of programs that hang on them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Analysis } from '../../src/analysis/analysis.js';
import { SourceNaming } from '../../src/sources/sourceNaming.js';
import { readTrace } from '../fixtures/readTrace.js';
import { Trace, withProgram, type Outcome } from '../recorder/recordedProgram.js';
import { builtFolder } from './library.js';

const program = (main: string): string => `
const { isMainThread } = require('node:worker_threads');
const t = require('threadlanes');
const task = (name, fn) => (exports[name] = t.threadFunction(__filename, name, fn));
task('add', (a, b) => a + b);
task('fail', () => { throw new RangeError('no'); });
task('failLate', (ms) => { t.sleep(ms); if (ms > 0) throw new RangeError('late'); });
task('waitFor', (event) => event.wait());
task('late', (event) => { t.sleep(50); event.set(); });
if (isMainThread) (async () => {
  const pool = new t.ThreadPoolExecutor({ maxWorkers: 2, threadNamePrefix: 'p' });
${main}
})();`;

interface Recorded {
  readonly text: string;
  readonly outcome: Outcome;
  readonly trace: Trace;
  readonly errors: readonly string[];
  readonly findings: readonly string[];
}

async function record(main: string): Promise<Recorded> {
  const text = program(main);
  const files = {
    'main.cjs': text,
    'node_modules/threadlanes/package.json': '{"name":"threadlanes","main":"dist/index.cjs"}',
    'node_modules/threadlanes/dist/index.cjs': readFileSync(join(builtFolder(), 'index.cjs'), 'utf8'),
  };
  return withProgram(files, async (folder) => {
    const outcome = await folder.run('main.cjs', { settings: { onDeadlock: 'end' } });
    const file = readFileSync(folder.traceFiles()[0] as string);
    const trace = new Trace();
    await readTrace(file, trace);
    const analysis = new Analysis({ naming: (dictionary) => new SourceNaming(dictionary, () => null) });
    const { torn } = await readTrace(file, analysis.visitor);
    const { findings } = analysis.verdict('trace.lanes', torn);
    const errors = findings.filter(({ severity }) => severity === 'error').map(({ message }) => message);
    return { text, outcome, trace, errors, findings: findings.map(({ message }) => message) };
  });
}

describe('recorded executors', function () {
  this.timeout(90_000);

  it('tell of each task who submitted, ran and waited for it', async () => {
    const { trace, outcome, errors, text } = await record(`
  pool.submit(exports.add, 1, 2).result();
  await pool.submit(exports.add, 1, 2);
  pool.submit(exports.fail).exception();
  pool.submit(exports.add, 1, 2).cancel();
  const event = new t.Event();
  const held = pool.submit(exports.waitFor, event);
  try { held.result(5); } catch {}
  event.set();
  t.wait([held]);
  held.result();
  pool.shutdown();`);
    assert.deepEqual([outcome.code, outcome.stderr, errors], [0, '', []]);
    const objects = [...trace.objects.values()];
    assert.deepEqual(
      objects.filter(({ kind }) => kind === 'pool').map(({ name, capacity }) => [name, capacity]),
      [['p', 2]],
    );
    const storyOf = (id: number): string[] =>
      trace.allEvents
        .filter(({ name, object }) => name.startsWith('task.') && object === id)
        .map(({ name, thread }) => `${thread === 0 ? 'main' : 'worker'} ${name.slice(5)}`);
    const tasks = objects.filter(({ kind }) => kind === 'task');
    assert.deepEqual(
      tasks.map(({ name }) => name),
      ['add', 'add', 'fail', 'add', 'waitFor'],
    );
    const [first, awaited, failed, , held] = tasks.map(({ id }) => storyOf(id));
    assert.deepEqual(first?.sort(byStory), order);
    assert.deepEqual(awaited, ['main submit', 'worker start', 'worker done', 'main result']);
    assert.equal(failed?.includes('worker fail'), true);
    // Whether it is over when `wait` is called is a matter of chance.
    const ofMain = held?.filter((deed) => deed.startsWith('main')) ?? [];
    assert.deepEqual(ofMain.slice(0, 3), ['main submit', 'main wait', 'main timeout']);
    assert.equal(ofMain.at(-1), 'main result');
    // Its own messages to its threads are nobody's business.
    assert.deepEqual(trace.named('port.post', 'port.receive', 'port.transfer'), []);
    const submits = trace.named('task.submit');
    assert.deepEqual(
      submits.map(({ object, stack }) => [object, stack]),
      tasks.map(({ id, stack }) => [id, stack]),
    );
    assert.equal(new Set(submits.map(({ stack }) => stack)).size, submits.length);
    const submit = submits[0];
    assert.equal(text.split('\n')[(submit?.site?.line ?? 0) - 1]?.includes('pool.submit(exports.add'), true);
  });

  it('a map that ended early has looked at the errors of all its tasks', async () => {
    const { outcome, findings, trace } = await record(`
  try { [...pool.map(exports.fail, [1, 2, 3, 4])]; } catch {}
  for await (const one of pool.map(exports.failLate, [0, 10, 10])) break;
  await pool.shutdownAsync();`);
    assert.deepEqual([outcome.code, outcome.stderr, findings], [0, '', []]);
    assert.ok(trace.named('task.fail').length > 0);
  });

  it('a map that is not read at all has not', async () => {
    const { findings } = await record(`pool.map(exports.fail, [1, 2]); pool.shutdown();`);
    assert.match(findings.join(), /2 tasks failed .*nobody asked/);
  });

  const byStory = (a: string, b: string): number => order.indexOf(a) - order.indexOf(b);
  const order = ['main submit', 'main wait', 'worker start', 'worker done', 'main result'];

  it('a program that hangs on a result: the task’s own wait is the cause', async () => {
    const { outcome, errors } = await record(`
  const never = new t.Event({ name: 'never' });
  pool.submit(exports.add, 1, 2).result();
  const future = pool.submit(exports.waitFor, never);
  pool.submit(exports.add, 1, 2);
  future.result();`);
    assert.equal(outcome.signal, 'SIGKILL', outcome.stderr);
    const told =
      /^blocked-forever \(certain\): worker "p_0" waits for `never` to be set.*since .* main waits behind it/s;
    assert.match(outcome.stderr.replace('threadlanes: ', ''), told);
    assert.equal(errors.length, 1, errors.join('\n'));
    assert.match(errors[0] as string, /^blocked-forever \(certain\): worker "p_0" waits for `never`/);
  });

  it('shutdown waits for the ends of its threads, where it is called', async () => {
    const { trace, outcome, errors, text } = await record(`
  const event = new t.Event();
  pool.submit(exports.waitFor, event);
  pool.submit(exports.late, event);
  pool.shutdown();`);
    assert.deepEqual([outcome.code, outcome.stderr, errors], [0, '', []]);
    const [joins, joined] = [trace.named('thread.join'), trace.named('thread.joined')];
    assert.ok(joins.length > 0);
    assert.deepEqual(
      joined.map(({ thread, object }) => [thread, object]),
      joins.map(({ thread, object }) => [thread, object]),
    );
    for (const { thread, site } of joins) {
      assert.equal(thread, 0);
      assert.match(text.split('\n')[(site?.line ?? 0) - 1] ?? '', /pool\.shutdown\(\)/);
    }
  });

  it('a program that hangs in shutdown: the task’s own wait is the cause', async () => {
    const { outcome } = await record(`
  pool.submit(exports.waitFor, new t.Event({ name: 'never' }));
  pool.shutdown();`);
    assert.equal(outcome.signal, 'SIGKILL', outcome.stderr);
    assert.match(outcome.stderr, /worker "p_0" waits for `never` to be set.*since .* main waits behind it/s);
  });

  it('threads that wait for tasks are idle, not stuck', async () => {
    const { outcome, errors } = await record(`
  await Promise.all([pool.submit(exports.add, 1, 2), pool.submit(exports.add, 1, 2)]);
  await t.sleepAsync(2500);`);
    assert.deepEqual([outcome.code, outcome.stderr, errors], [0, '', []]);
  });
});

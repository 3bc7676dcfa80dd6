/** Asynchronous waits and the process around them: it stays alive for them, and for nothing else. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { executable } from '../recorder/recordedProgram.js';
import { builtFolder } from './library.js';

/** Runs a program with the library as `t`; a hanging one is killed. */
function run(program: string): { stdout: string; signal: string | null; status: number | null; stderr: string } {
  const head = `const t = require(${JSON.stringify(join(builtFolder(), 'index.cjs'))});
    const { Worker } = require('node:worker_threads');
    /** Runs a text in a worker that keeps nothing alive. */
    const inWorker = (text, workerData) => new Worker(
      "const t = require('" + ${JSON.stringify(join(builtFolder(), 'index.cjs').replaceAll('\\', '/'))} + "');" +
      "const { workerData } = require('node:worker_threads');" + text, { eval: true, workerData }).unref();\n`;
  const { stdout, stderr, signal, status } = spawnSync(executable, ['-e', head + program], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { stdout, stderr, signal, status };
}

const ended = (stdout: string): object => ({ stdout, stderr: '', signal: null, status: 0 });

describe('asynchronous waits', () => {
  const waits: readonly (readonly [what: string, make: string, wait: string, end: string])[] = [
    ['Lock', 'new t.Lock()', 'o.acquire(); o.acquireAsync()', 't.Lock.from(workerData).release()'],
    ['fair Lock', 'new t.Lock({ fair: true })', 'o.acquire(); o.acquireAsync()', 't.Lock.from(workerData).release()'],
    ['Event', 'new t.Event()', 'o.waitAsync()', 't.Event.from(workerData).set()'],
    ['Semaphore', 'new t.Semaphore(0)', 'o.acquireAsync()', 't.Semaphore.from(workerData).release()'],
    ['Barrier', 'new t.Barrier(2)', 'o.waitAsync()', 't.Barrier.from(workerData).wait()'],
    ['RWLock', 'new t.RWLock()', 'o.acquireRead(); o.acquireWriteAsync()', 't.RWLock.from(workerData).releaseRead()'],
    [
      'Condition',
      'new t.Condition()',
      'o.withAsync(() => o.waitAsync())',
      'const c = t.Condition.from(workerData); c.with(() => c.notify())',
    ],
  ];

  for (const [what, make, wait, end] of waits) {
    it(`of a ${what} keep the process alive until another thread ends them`, () => {
      const parts = wait.split('; ');
      const result = run(`const o = ${make};
        ${parts.slice(0, -1).join('; ')};
        ${parts.at(-1) as string}.then(() => console.log('woken'));
        inWorker(${JSON.stringify(`setTimeout(() => { ${end}; }, 60);`)}, o);
        process.on('exit', () => console.log('exit'));`);
      assert.deepEqual(result, ended('woken\nexit\n'));
    });
  }

  it('let the process end when all are over, also those that gave up', () => {
    const result = run(`const lock = new t.Lock();
      lock.acquire();
      Promise.all([lock.acquireAsync({ timeout: 5 }), lock.acquireAsync({ timeout: 30 }), new t.Event().waitAsync(1)])
        .then((all) => console.log(all.join()));
      let later = lock.acquireAsync().then((mine) => console.log(mine));
      setTimeout(() => lock.release(), 60);
      process.on('exit', () => console.log(process.getActiveResourcesInfo().includes('Timeout')));`);
    assert.deepEqual(result, ended('false,false,false\ntrue\nfalse\n'));
  });

  it('do not hold up the event loop', () => {
    const result = run(`const event = new t.Event();
      let turns = 0;
      const timer = setInterval(() => { if (++turns === 5) event.set(); }, 1);
      event.waitAsync().then(() => { clearInterval(timer); console.log(turns); });`);
    assert.deepEqual(result, ended('5\n'));
  });

  it('take no wake-up from a blocking waiter of another thread, however long their own loop is blocked', () => {
    const result = run(`const [places, done] = [new t.Semaphore(0), new t.Semaphore(0)];
      places.acquireAsync().then(() => console.log('mine'));
      inWorker("t.Semaphore.from(workerData.places).acquire(); t.Semaphore.from(workerData.done).release();", { places, done });
      inWorker("t.sleep(50); t.Semaphore.from(workerData.places).release();", { places });
      console.log(done.acquire());
      places.release();`);
    assert.deepEqual(result, ended('true\nmine\n'));
  });

  it('go on when tests of programs replace the timers', () => {
    const result =
      run(`for (const name of ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval']) globalThis[name] = () => {};
      new t.Event().waitAsync(5).then((isSet) => console.log(isSet));`);
    assert.deepEqual(result, ended('false\n'));
  });

  it('of a thread that is terminated wake nobody else less', () => {
    const result = run(`const lock = new t.Lock();
      lock.acquire();
      const up = new t.Semaphore(0);
      const worker = inWorkerRef = new Worker(
        "const { workerData } = require('node:worker_threads'); const t = require(workerData.path);" +
        "for (let i = 0; i < 5; i++) t.Lock.from(workerData.lock).acquireAsync(); t.Semaphore.from(workerData.up).release();",
        { eval: true, workerData: { path: ${JSON.stringify(join(builtFolder(), 'index.cjs'))}, lock, up } });
      (async () => {
        await up.acquireAsync();
        await worker.terminate();
        const mine = lock.acquireAsync();
        lock.release();
        console.log(await mine);
      })();`);
    assert.deepEqual(result, ended('true\n'));
  });

  it('of a Thread keep it alive: its target ends when they are over', () => {
    const result = run(`const [go, gone] = [new t.Event(), new t.Event()];
      const thread = new t.Thread(${JSON.stringify(join(builtFolder(), 'waits.cjs'))}, 'waits', [go]);
      require('node:fs').writeFileSync(${JSON.stringify(join(builtFolder(), 'waits.cjs'))}, 'exports.waits = async (go) => { await go.waitAsync(); return 5; };');
      thread.start();
      setTimeout(() => { console.log(thread.isAlive()); go.set(); thread.join(); console.log(thread.result); }, 100);`);
    assert.deepEqual(result, ended('true\n5\n'));
  });
});

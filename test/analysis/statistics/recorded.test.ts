import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { withProgram } from '../../recorder/recordedProgram.js';
import { statisticsOf } from './collected.js';

/** Workers that meet first take turns on a lock made of a word, and tell main, which ends with the last of them. */
const files = {
  'main.mjs': `
    import { Worker } from 'node:worker_threads';
    const word = new Int32Array(new SharedArrayBuffer(8));
    for (let i = 0; i < 3; i++) {
      const worker = new Worker(new URL('worker.mjs', import.meta.url), { workerData: word });
      worker.on('message', () => worker.postMessage('end'));
    }`,
  'worker.mjs': `
    import { parentPort, workerData as word } from 'node:worker_threads';
    if (Atomics.add(word, 1, 1) === 2) Atomics.notify(word, 1);
    for (let n = Atomics.load(word, 1); n < 3; n = Atomics.load(word, 1)) Atomics.wait(word, 1, n);
    for (let i = 0; i < 10; i++) {
      while (Atomics.compareExchange(word, 0, 0, 1) !== 0) Atomics.wait(word, 0, 1);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      Atomics.store(word, 0, 0);
      Atomics.notify(word, 0, 1);
    }
    parentPort.postMessage('done');
    parentPort.once('message', () => {});`,
};

describe('statistics of a recorded program', function () {
  it('have a critical path as long as the run, through all of its threads and back to main', async () => {
    await withProgram(files, async (folder) => {
      const { code, stderr } = await folder.run('main.mjs');
      assert.equal(code, 0, stderr);
      const trace = readFileSync(folder.traceFiles()[0] as string);
      const { criticalPath, elapsedMs, parallelism, objects } = await statisticsOf(trace);
      assert.ok(Math.abs(criticalPath.totalMs - elapsedMs) <= 0.001 * elapsedMs);
      assert.equal(criticalPath.segments[0]?.thread, 0);
      assert.equal(criticalPath.segments.at(-1)?.thread, 0);
      assert.ok(criticalPath.threads.length > 1, 'main alone did not make the run long');
      assert.ok(!criticalPath.activities.some(({ what }) => what === 'unknown'));
      assert.ok(criticalPath.waits.some(({ subject }) => subject.object?.kind === 'lock'));
      assert.equal(parallelism.threads.length, 4);
      const lock = objects.find(({ subject }) => subject.object?.inferred === true);
      assert.ok(lock?.lock, 'the lock is recognised');
      const waited = lock.waits.reduce((sum, { totalMs }) => sum + totalMs, 0);
      const blamed = lock.lock.blame.reduce((sum, { ms }) => sum + ms, 0);
      assert.ok(waited > 0 && Math.abs(blamed - waited) <= 0.01 * waited, `${blamed} of ${waited}`);
    });
  });
});

/** Many tasks of all kinds, seeded: each runs once or not at all, and its Future says which. */
import assert from 'node:assert/strict';
import { loadFixture, loadLibrary, type Library } from './library.js';

type Tasks = typeof import('./fixture/poolTargets.js');

/** Numbers below n that depend on the seed only. */
function randomNumbers(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) % n;
  };
}

const KINDS = ['value', 'value', 'value', 'later', 'fail', 'large', 'exit'] as const;
const TASKS = 300;
const MAX_EXITS = 3;

describe('ThreadPoolExecutor under stress', function () {
  this.timeout(90_000);
  let lib: Library;
  let tasks: Tasks;

  before(() => {
    lib = loadLibrary();
    tasks = loadFixture<Tasks>('poolTargets');
  });

  for (const [seed, maxWorkers] of [
    [1, 1],
    [2, 2],
    [3, 4],
    [4, 8],
  ] as const) {
    it(`${maxWorkers} threads, seed ${seed}`, async () => {
      const random = randomNumbers(seed);
      const runs = new Int32Array(new SharedArrayBuffer(TASKS * 4));
      const pool = new lib.ThreadPoolExecutor({ maxWorkers });
      let exits = 0;
      const submitted = Array.from({ length: TASKS }, (_, i) => {
        let kind = KINDS[random(KINDS.length)] as (typeof KINDS)[number];
        if (kind === 'exit' && ++exits > MAX_EXITS) kind = 'value';
        const future = pool.submit(tasks.step, runs, i, kind);
        const isCancelled = random(4) === 0 && future.cancel();
        // Some are waited for at once, so that threads fall asleep in between.
        if (random(20) === 0 && !isCancelled) future.exception();
        return { kind, future, isCancelled };
      });
      const calledBack = new Set<unknown>();
      for (const { future } of submitted) future.addDoneCallback((one) => calledBack.add(one));
      for (const [i, { kind, future, isCancelled }] of submitted.entries()) {
        if (isCancelled) {
          assert.throws(() => future.result(), lib.CancelledError);
          assert.equal(runs[i], 0);
          continue;
        }
        const outcome = await (random(2) === 0 ? future : future.resultAsync(60_000)).then(
          (value) => value,
          (error: unknown) => String(error),
        );
        if (kind === 'fail') assert.equal(outcome, `RangeError: failed ${i}`);
        else if (kind === 'exit') assert.match(String(outcome), /^WorkerDied/);
        else assert.equal(outcome, kind === 'large' ? 'x'.repeat(i * 50) : i);
        assert.equal(runs[i], 1);
      }
      assert.equal(calledBack.size, TASKS);
      await pool.shutdownAsync();
      assert.ok(submitted.every(({ future }) => future.done()));
    });
  }
});

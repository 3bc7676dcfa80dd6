/** Many threads at everything at once, in ways that a seed chooses; what must always hold is counted in shared memory. */
import assert from 'node:assert/strict';
import { loadFixture, loadLibrary, type Library } from './library.js';

type Primitives = typeof import('./fixture/primitiveTargets.js');

const TIMES = 25;
const ROUNDS = 3;
const SEED = 20_201;

describe('primitives under stress', function () {
  this.timeout(90_000);
  let lib: Library;
  let targets: Primitives;

  before(() => {
    lib = loadLibrary();
    targets = loadFixture<Primitives>('primitiveTargets');
  });

  for (const count of [2, 6, 16]) {
    it(`${count} threads`, async () => {
      const words = (n: number): Int32Array => new Int32Array(new SharedArrayBuffer(4 * n));
      const locks = [
        { lock: new lib.Lock(), cells: words(3), most: 1 },
        { lock: new lib.Lock({ fair: true }), cells: words(3), most: 1 },
        { lock: new lib.RLock(), cells: words(3), most: 1 },
        { lock: new lib.Semaphore(3), cells: words(3), most: 3 },
        { lock: new lib.BoundedSemaphore(2), cells: words(3), most: 2 },
        { lock: new lib.Condition({ lock: new lib.Lock() }), cells: words(3), most: 1 },
      ];
      const readWrite = { lock: new lib.RWLock(), cells: words(5) };
      const barrier = new lib.Barrier(count);
      const rounds = words(1);
      const threads = Array.from(
        { length: count },
        (_, i) => new lib.Thread(targets.stress, [locks as never, readWrite, barrier, rounds, TIMES, SEED + i * 7919]),
      );
      for (const thread of threads) thread.start();
      for (const thread of threads) await thread.joinAsync();
      for (const { cells } of locks) assert.deepEqual([...cells], [0, 0, count * TIMES * ROUNDS]);
      assert.deepEqual([...readWrite.cells.subarray(0, 3)], [0, 0, 0]);
      assert.equal(rounds[0], ROUNDS);
      assert.equal(barrier.nWaiting, 0);
      assert.equal(readWrite.lock.locked(), false);
      assert.deepEqual(
        locks.map(({ lock }) => lock.acquire({ blocking: false })),
        locks.map(() => true),
      );
    });
  }

  it('of 8 that wait for a condition, all wake, however many are notified at a time', () => {
    const condition = new lib.Condition();
    const cells = new Int32Array(new SharedArrayBuffer(8));
    const threads = Array.from({ length: 8 }, () => new lib.Thread(targets.waitOnce, [condition, cells, undefined]));
    for (const thread of threads) thread.start();
    while (Atomics.load(cells, 0) < 8) lib.sleep(1);
    for (const n of [3, 1, 4]) condition.with(() => condition.notify(n));
    for (const thread of threads) {
      assert.equal(thread.join(60_000), true);
      assert.equal(thread.result, true);
    }
  });
});

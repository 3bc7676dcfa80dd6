import assert from 'node:assert/strict';
import { loadFixture, loadLibrary, type Library } from './library.js';

type Primitives = typeof import('./fixture/primitiveTargets.js');

describe('semaphores', () => {
  let lib: Library;
  let targets: Primitives;

  before(() => {
    lib = loadLibrary();
    targets = loadFixture<Primitives>('primitiveTargets');
  });

  for (const kind of ['Semaphore', 'BoundedSemaphore'] as const) {
    describe(kind, () => {
      it('has as many permits as it was made with, one when it is not told', () => {
        assert.equal(new lib[kind]().value, 1);
        const semaphore = new lib[kind](2);
        assert.equal(semaphore.acquire(), true);
        assert.equal(semaphore.acquire({ timeout: 0 }), true);
        assert.equal(semaphore.acquire({ blocking: false }), false);
        assert.equal(semaphore.acquire({ timeout: 2 }), false);
        semaphore.release(2);
        assert.equal(semaphore.value, 2);
      });

      it('with, hold, and their twins', async () => {
        const semaphore = new lib[kind](1);
        assert.equal(
          semaphore.with(() => semaphore.value),
          0,
        );
        const held = semaphore.hold();
        assert.equal(await semaphore.acquireAsync({ timeout: 2 }), false);
        held[Symbol.dispose]();
        assert.equal(await semaphore.withAsync(async () => (await null) ?? semaphore.value), 0);
        assert.equal(semaphore.value, 1);
      });

      it('a release in another thread wakes a waiter', () => {
        const semaphore = new lib[kind](1);
        semaphore.acquire();
        const thread = new lib.Thread(targets.perform, [semaphore, 'release', []]);
        thread.start();
        assert.equal(semaphore.acquire(), true);
        thread.join();
      });

      it('never lets more in than it has permits', async () => {
        const semaphore = new lib[kind](2);
        const cells = new Int32Array(new SharedArrayBuffer(12));
        const threads = [3, 4, 5].map((seed) => new lib.Thread(targets.hammer, [semaphore, cells, 2, 150, seed]));
        for (const thread of threads) thread.start();
        for (const thread of threads) await thread.joinAsync();
        assert.deepEqual([...cells], [0, 0, 450]);
        assert.equal(semaphore.value, 2);
      });

      it('refuses what makes no sense', () => {
        assert.throws(() => new lib[kind](-1), {
          name: 'RangeError',
          message: `${kind}: permits must be a whole number, 0 or more, got -1`,
        });
        assert.throws(() => new lib[kind]('2' as never), {
          name: 'TypeError',
          message: `${kind}: permits must be a number, got '2'`,
        });
        assert.throws(() => new lib[kind](1, 'pool' as never), /options must be an object/);
        const semaphore = new lib[kind](1, { name: 'pool' });
        assert.throws(() => semaphore.release(0), {
          message: `${kind} "pool": n must be a whole number, 1 or more, got 0`,
        });
        assert.throws(() => semaphore.acquire({ timeout: NaN }), RangeError);
        assert.throws(() => lib[kind].from(new lib.Event()), /got the handle of an Event/);
      });
    });
  }

  it('a Semaphore may be given more than it had', () => {
    const semaphore = new lib.Semaphore(0);
    semaphore.release();
    semaphore.release(4);
    assert.equal(semaphore.value, 5);
  });

  it('a BoundedSemaphore may not', () => {
    const semaphore = new lib.BoundedSemaphore(2, { name: 'pool' });
    assert.throws(() => semaphore.release(), {
      name: 'RangeError',
      message: 'BoundedSemaphore "pool": release too often: it has 2 of at most 2 permits already',
    });
    semaphore.acquire();
    assert.throws(() => semaphore.release(2), /release\(2\) too often: it has 1 of at most 2/);
    semaphore.release();
    assert.equal(lib.BoundedSemaphore.from(structuredClone({ ...semaphore })).value, 2);
    assert.throws(() => lib.BoundedSemaphore.from(structuredClone({ ...semaphore })).release(), RangeError);
    assert.throws(() => lib.Semaphore.from(semaphore), /expected a Semaphore .* got the handle of a BoundedSemaphore/);
  });

  it('one release of many wakes as many', async () => {
    const semaphore = new lib.Semaphore(0);
    const threads = [1, 2, 3].map(() => new lib.Thread(targets.perform, [semaphore, 'acquire', []]));
    for (const thread of threads) thread.start();
    const mine = semaphore.acquireAsync();
    semaphore.release(4);
    assert.equal(await mine, true);
    for (const thread of threads) {
      await thread.joinAsync();
      assert.equal(thread.result, true);
    }
    assert.equal(semaphore.value, 0);
  });
});

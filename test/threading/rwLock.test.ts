import assert from 'node:assert/strict';
import { loadFixture, loadLibrary, type Library } from './library.js';

type Primitives = typeof import('./fixture/primitiveTargets.js');

describe('RWLock', () => {
  let lib: Library;
  let targets: Primitives;

  before(() => {
    lib = loadLibrary();
    targets = loadFixture<Primitives>('primitiveTargets');
  });

  it('lets many read, or one write', () => {
    const lock = new lib.RWLock();
    const now = { blocking: false };
    assert.equal(lock.acquireRead(), true);
    assert.equal(lock.acquireRead(now), true);
    assert.equal(lock.acquireWrite(now), false);
    assert.equal(lock.acquireWrite({ timeout: 2 }), false);
    lock.releaseRead();
    lock.releaseRead();
    assert.equal(lock.locked(), false);
    assert.equal(lock.acquireWrite(), true);
    assert.equal(lock.acquireRead(now), false);
    assert.equal(lock.acquireRead({ timeout: 2 }), false);
    assert.equal(lock.acquireWrite({ timeout: 0 }), false);
    lock.releaseWrite();
    assert.equal(lock.acquireRead(now), true);
  });

  it('with and hold, for both, and their twins', async () => {
    const lock = new lib.RWLock();
    assert.equal(
      lock.withRead(() => lock.acquireWrite({ blocking: false })),
      false,
    );
    assert.equal(
      lock.withWrite(() => lock.acquireRead({ blocking: false })),
      false,
    );
    assert.throws(
      () =>
        lock.withWrite(() => {
          throw new Error('inside');
        }),
      /inside/,
    );
    for (const held of [lock.holdRead(), await lock.holdReadAsync()]) held[Symbol.dispose]();
    lock.holdWrite().release();
    (await lock.holdWriteAsync()).release();
    assert.equal(await lock.withReadAsync(async () => (await null) ?? lock.locked()), true);
    assert.equal(await lock.withWriteAsync(() => lock.locked()), true);
    assert.equal(lock.locked(), false);
  });

  it('a waiting writer comes before readers that ask later; readers that wait together read together', async () => {
    const lock = new lib.RWLock();
    lock.acquireRead();
    const order: string[] = [];
    const note = (what: string, promise: Promise<boolean>): Promise<void> => promise.then(() => void order.push(what));
    const all = [
      note('write', lock.acquireWriteAsync()),
      note('read', lock.acquireReadAsync()),
      note('read', lock.acquireReadAsync()),
      note('write again', lock.acquireWriteAsync()),
    ];
    assert.equal(lock.acquireRead({ blocking: false }), false);
    lock.releaseRead();
    await all[0];
    lock.releaseWrite();
    await all[2];
    assert.deepEqual(order, ['write', 'read', 'read']);
    lock.releaseRead();
    lock.releaseRead();
    await all[3];
    lock.releaseWrite();
    assert.equal(lock.locked(), false);
  });

  it('a writer that gives up lets the readers behind it in', async () => {
    const lock = new lib.RWLock();
    lock.acquireRead();
    const writer = lock.acquireWriteAsync({ timeout: 3 });
    const reader = lock.acquireReadAsync();
    assert.equal(await writer, false);
    assert.equal(await reader, true);
    lock.releaseRead();
    lock.releaseRead();
    assert.equal(lock.acquireWrite({ blocking: false }), true);
  });

  it('a writer does not starve among readers', async () => {
    const lock = new lib.RWLock();
    const stop = new lib.Event();
    const reads = new Int32Array(new SharedArrayBuffer(4));
    const readers = [1, 2, 3].map(() => new lib.Thread(targets.readOn, [lock, stop, reads]));
    for (const reader of readers) reader.start();
    while (Atomics.load(reads, 0) < 10) lib.sleep(1);
    for (let i = 0; i < 10; i++) {
      const before = Atomics.load(reads, 0);
      assert.equal(lock.acquireWrite(), true);
      // Each reader may have begun one before the writer asked, and one more at that very moment.
      assert.ok(Atomics.load(reads, 0) - before <= 2 * readers.length, 'readers went first');
      lock.releaseWrite();
    }
    stop.set();
    for (const reader of readers) await reader.joinAsync();
  });

  it('keeps readers and writers of many threads apart', async () => {
    const lock = new lib.RWLock();
    const cells = new Int32Array(new SharedArrayBuffer(20));
    const threads = [1, 2, 3].map((seed) => new lib.Thread(targets.readAndWrite, [lock, cells, 300, seed]));
    for (const thread of threads) thread.start();
    for (const thread of threads) await thread.joinAsync();
    assert.deepEqual([...cells.subarray(0, 3)], [0, 0, 0]);
    assert.ok((cells[3] as number) > 0 && (cells[4] as number) > 0);
    assert.equal(lock.locked(), false);
  });

  it('refuses what makes no sense', async () => {
    const lock = new lib.RWLock({ name: 'data' });
    const message = (what: string, how: string): string =>
      `RWLock "data": ${what} of a lock that nobody holds for ${how}`;
    assert.throws(() => lock.releaseRead(), { message: message('releaseRead', 'reading') });
    assert.throws(() => lock.releaseWrite(), { message: message('releaseWrite', 'writing') });
    lock.acquireRead();
    assert.throws(() => lock.releaseWrite(), { message: message('releaseWrite', 'writing') });
    lock.releaseRead();
    lock.acquireWrite();
    assert.throws(() => lock.releaseRead(), { message: message('releaseRead', 'reading') });
    assert.throws(() => lock.acquireRead({ timeout: -1 }), RangeError);
    await assert.rejects(lock.acquireWriteAsync(7 as never), /options must be an object/);
    assert.throws(() => lib.RWLock.from(new lib.RLock()), /expected an RWLock or .*, got the handle of an RLock/);
  });
});

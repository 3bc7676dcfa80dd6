import assert from 'node:assert/strict';
import { loadFixture, loadLibrary, type Library } from './library.js';

type Tasks = typeof import('./fixture/poolTargets.js');

describe('Future', function () {
  let lib: Library;
  let tasks: Tasks;
  let pool: InstanceType<Library['ThreadPoolExecutor']>;

  before(() => {
    lib = loadLibrary();
    tasks = loadFixture<Tasks>('poolTargets');
    pool = new lib.ThreadPoolExecutor({ maxWorkers: 1, threadNamePrefix: 'f' });
  });

  after(() => pool.shutdown());

  /** Keeps the only thread busy until it is let go. */
  const occupy = (): { future: ReturnType<typeof pool.submit<number, never[]>>; letGo: () => void } => {
    const running = new lib.Event();
    const open = new lib.Event();
    const future = pool.submit(tasks.gate, running, open);
    running.wait();
    return { future: future as never, letGo: () => open.set() };
  };

  it('knows whether it waits, runs or is done', () => {
    const { future, letGo } = occupy();
    const next = pool.submit(tasks.add, 1, 1);
    assert.deepEqual([future.running(), future.done(), next.running(), next.done()], [true, false, false, false]);
    letGo();
    next.result();
    assert.deepEqual([future.running(), future.done(), next.running(), next.done()], [false, true, false, true]);
  });

  it('result and exception give up when the time is over', async () => {
    const { future, letGo } = occupy();
    const message = 'ThreadPoolExecutor "f": Future of gate: not done after 3 ms';
    for (const wait of [() => future.result(3), () => future.exception(3)]) {
      assert.throws(wait, { name: 'TimeoutError', message });
    }
    await assert.rejects(() => future.resultAsync(3), { name: 'TimeoutError', message });
    await assert.rejects(() => future.exceptionAsync(3), { name: 'TimeoutError', message });
    assert.throws(() => future.result(0), lib.TimeoutError);
    for (const timeout of [-1, NaN]) assert.throws(() => future.result(timeout), RangeError);
    assert.throws(() => future.result('5' as never), /Future of gate: timeout must be a number of milliseconds/);
    letGo();
    assert.equal(typeof future.result(), 'number');
    assert.equal(await future.exceptionAsync(), undefined);
  });

  it('is cancelled when nobody has begun it', async () => {
    const { future, letGo } = occupy();
    const next = pool.submit(tasks.add, 1, 1);
    const after = pool.submit(tasks.add, 2, 2);
    assert.deepEqual([next.cancel(), next.cancel(), next.cancelled(), next.done()], [true, true, true, true]);
    assert.equal(future.cancel(), false);
    const message = 'ThreadPoolExecutor "f": Future of add: cancelled';
    for (const look of [() => next.result(), () => next.exception()]) {
      assert.throws(look, { name: 'CancelledError', message });
    }
    await assert.rejects(() => next.resultAsync(), lib.CancelledError);
    letGo();
    assert.equal(after.result(), 4);
    assert.equal(after.cancel(), false);
    assert.equal(after.cancelled(), false);
  });

  it('can be awaited like a promise', async () => {
    const [one, two] = await Promise.all([pool.submit(tasks.add, 1, 1), pool.submit(tasks.later, 1)]);
    assert.deepEqual([one, two], [2, 1]);
    await assert.rejects(async () => await pool.submit(tasks.failWith, 'range'), RangeError);
    assert.equal(await pool.submit(tasks.add, 1, 1).then((n) => n + 1), 3);
    assert.equal(await pool.submit(tasks.failWith, 'text').then(null, (error) => error as string), 'just text');
  });

  it('calls back from the event loop, also when it is over already', async () => {
    const seen: unknown[] = [];
    const future = pool.submit(tasks.add, 1, 2);
    future.addDoneCallback((same) => seen.push(same === future, same.result()));
    future.result();
    assert.equal(seen.length, 0);
    await null;
    assert.deepEqual([...seen], [true, 3]);
    future.addDoneCallback(() => seen.push('again'));
    assert.equal(seen.length, 2);
    await null;
    assert.equal(seen.at(-1), 'again');
    const { future: held, letGo } = occupy();
    const cancelled = pool.submit(tasks.add, 1, 1);
    cancelled.addDoneCallback((one) => seen.push(one.cancelled()));
    cancelled.cancel();
    await null;
    assert.equal(seen.at(-1), true);
    letGo();
    held.result();
    assert.throws(() => future.addDoneCallback(5 as never), /addDoneCallback expects a function/);
  });

  describe('wait', () => {
    const sizes = ({ done, notDone }: { done: { size: number }; notDone: { size: number } }): number[] => [
      done.size,
      notDone.size,
    ];

    it('for all, for the first, for the first error, with a timeout', async () => {
      const { future, letGo } = occupy();
      const failing = pool.submit(tasks.failWith, 'text');
      const rest = pool.submit(tasks.nap, 5);
      const all = [future, failing, rest];
      assert.deepEqual(sizes(lib.wait(all, { timeout: 2 })), [0, 3]);
      assert.deepEqual(sizes(await lib.waitAsync(all, { timeout: 2 })), [0, 3]);
      letGo();
      const { done } = lib.wait(all, { returnWhen: 'firstCompleted' });
      assert.ok(done.has(future));
      assert.ok(lib.wait(all, { returnWhen: 'firstException' }).done.has(failing));
      assert.deepEqual(sizes(await lib.waitAsync(all)), [3, 0]);
      assert.deepEqual(sizes(lib.wait(all)), [3, 0]);
      assert.deepEqual(sizes(await lib.waitAsync(all, { returnWhen: 'firstCompleted' })), [3, 0]);
      assert.deepEqual(sizes(lib.wait([], { returnWhen: 'firstCompleted' })), [0, 0]);
      assert.equal(failing.exception(), 'just text');
    });

    it('of two executors', () => {
      const other = new lib.ThreadPoolExecutor({ maxWorkers: 1 });
      const futures = [pool.submit(tasks.nap, 3), other.submit(tasks.nap, 1)];
      assert.equal(lib.wait(futures).done.size, 2);
      assert.equal([...lib.asCompleted(futures)].length, 2);
      other.shutdown();
    });

    it('refuses what makes no sense', () => {
      assert.throws(() => lib.wait([5 as never]), /wait: expected a Future of this thread, got number/);
      assert.throws(
        () => lib.wait([], { returnWhen: 'FIRST_COMPLETED' as never }),
        /returnWhen must be one of firstComp/,
      );
      assert.throws(() => lib.wait([], { timeout: -1 }), RangeError);
      assert.throws(() => lib.wait([], 5 as never), /options must be an object/);
    });
  });

  describe('asCompleted', () => {
    it('gives the Futures as they are done', async () => {
      const two = new lib.ThreadPoolExecutor({ maxWorkers: 2 });
      const open = new lib.Event();
      const running = new lib.Event();
      const slow = two.submit(tasks.gate, running, open);
      running.wait();
      const quick = two.submit(tasks.add, 1, 1);
      const order: unknown[] = [];
      for (const future of lib.asCompleted([slow, quick, quick])) {
        order.push(future);
        open.set();
      }
      assert.ok(order.length === 2 && order[0] === quick && order[1] === slow);
      const again: unknown[] = [];
      for await (const future of lib.asCompleted([slow, quick])) again.push(future);
      assert.ok(again[0] === quick && again[1] === slow);
      await two.shutdownAsync();
    });

    it('gives up when the time is over', async () => {
      const { future, letGo } = occupy();
      const message = 'asCompleted: 1 of 1 Futures not done after 3 ms';
      assert.throws(() => [...lib.asCompleted([future], { timeout: 3 })], { name: 'TimeoutError', message });
      await assert.rejects(async () => {
        for await (const done of lib.asCompleted([future], { timeout: 3 })) assert.fail(String(done));
      }, lib.TimeoutError);
      letGo();
      future.result();
    });
  });
});

import assert from 'node:assert/strict';
import { loadFixture, loadLibrary, type Library } from './library.js';

type Primitives = typeof import('./fixture/primitiveTargets.js');

describe('Condition', () => {
  let lib: Library;
  let targets: Primitives;

  before(() => {
    lib = loadLibrary();
    targets = loadFixture<Primitives>('primitiveTargets');
  });

  const words = (count: number): Int32Array => new Int32Array(new SharedArrayBuffer(4 * count));

  it('has the lock that it was given, or an RLock of its own', () => {
    const lock = new lib.Lock({ name: 'mine' });
    const condition = new lib.Condition({ lock });
    assert.equal(condition.lock, lock);
    assert.ok(new lib.Condition().lock instanceof lib.RLock);
    condition.acquire();
    assert.equal(lock.locked(), true);
    condition.release();
    condition.with(() => assert.equal(lock.locked(), true));
    const held = condition.hold();
    held[Symbol.dispose]();
    assert.equal(lock.locked(), false);
  });

  it('wait and notify need the lock', async () => {
    const condition = new lib.Condition({ name: 'filled' });
    const message =
      /^Condition "filled": (wait|waitAsync|notify|notifyAll) needs its lock: acquire RLock "filled's lock" first, /;
    for (const method of ['wait', 'notify', 'notifyAll'] as const)
      assert.throws(() => condition[method](), { message });
    await assert.rejects(condition.waitAsync(), { message });
    condition.acquire();
    // Another thread holds it.
    const thread = new lib.Thread(targets.perform, [condition, 'notify', []]);
    thread.start();
    assert.throws(() => thread.join(), { message });
    condition.notify();
    condition.release();
  });

  it('refuses what makes no sense', async () => {
    const condition = new lib.Condition({ name: 'c' });
    condition.acquire();
    assert.throws(() => condition.wait(-1), {
      message: 'Condition "c": timeout must be 0 or more milliseconds, got -1',
    });
    assert.throws(() => condition.wait('1' as never), TypeError);
    assert.throws(() => condition.notify(0), { message: 'Condition "c": n must be a whole number, 1 or more, got 0' });
    assert.throws(() => condition.notify(1.5), RangeError);
    assert.throws(() => condition.notify('all' as never), {
      message: 'Condition "c": n must be a number, got \'all\'',
    });
    assert.throws(() => condition.waitFor(1 as never), {
      message: 'Condition "c": predicate must be a function, got 1',
    });
    await assert.rejects(condition.waitForAsync(null as never), TypeError);
    condition.release();
    assert.throws(() => new lib.Condition({ lock: new lib.Event() as never }), /lock must be a Lock or an RLock, got /);
    assert.throws(() => lib.Condition.from(new lib.Lock()), /expected a Condition or .*, got the handle of a Lock/);
  });

  it('wait gives the lock up at any depth and takes it back', async () => {
    const condition = new lib.Condition();
    for (const isAsync of [false, true]) {
      condition.acquire();
      condition.acquire();
      const thread = new lib.Thread(targets.notifyInside, [condition]);
      thread.start();
      assert.equal(isAsync ? await condition.waitAsync() : condition.wait(), true);
      condition.release();
      condition.release();
      assert.throws(() => condition.release(), /release of an unlocked lock/);
      thread.join();
    }
  });

  it('waitFor gives the last value of its predicate', async () => {
    const condition = new lib.Condition();
    const values = [0, '', 'yes'];
    assert.equal(
      condition.with(() => condition.waitFor(() => values[2])),
      'yes',
    );
    assert.equal(
      condition.with(() => condition.waitFor(() => 0, 2)),
      0,
    );
    assert.equal(await condition.withAsync(() => condition.waitForAsync(() => Promise.resolve(''), 2)), '');
  });

  it('a notify wakes as many as it says, those who wait longest, and nobody who comes later', async () => {
    const condition = new lib.Condition({ lock: new lib.Lock() });
    const woken: number[] = [];
    const waiter = (number: number): Promise<void> =>
      condition.withAsync(async () => {
        await condition.waitAsync();
        woken.push(number);
      });
    const turns = async (): Promise<void> => {
      for (let i = 0; i < 20; i++) await new Promise((done) => setImmediate(done));
    };
    const all = [0, 1, 2, 3].map(waiter);
    await turns();
    condition.with(() => condition.notify(2));
    const late = waiter(4);
    await turns();
    assert.deepEqual(woken, [0, 1]);
    condition.with(() => condition.notifyAll());
    await Promise.all([...all, late]);
    assert.deepEqual(woken, [0, 1, 2, 3, 4]);
    // Nothing is left over for one who comes now.
    assert.equal(await condition.withAsync(() => condition.waitAsync(3)), false);
  });

  it('a notify is not lost with a waiter that gave up', async () => {
    const condition = new lib.Condition({ lock: new lib.Lock() });
    const gaveUp = condition.withAsync(() => condition.waitAsync(1));
    const patient = condition.withAsync(() => condition.waitAsync());
    assert.equal(await gaveUp, false);
    condition.with(() => condition.notify());
    assert.equal(await patient, true);
  });

  it('exactly as many of many threads wake as were notified', () => {
    const condition = new lib.Condition();
    const cells = words(2);
    const threads = Array.from({ length: 5 }, () => new lib.Thread(targets.waitOnce, [condition, cells, undefined]));
    for (const thread of threads) thread.start();
    while (Atomics.load(cells, 0) < 5) lib.sleep(1);
    for (const n of [1, 2, 2]) {
      const before = Atomics.load(cells, 1);
      condition.with(() => condition.notify(n));
      while (Atomics.load(cells, 1) < before + n) lib.sleep(1);
      lib.sleep(5);
      assert.equal(Atomics.load(cells, 1), before + n);
    }
    for (const thread of threads) {
      thread.join();
      assert.equal(thread.result, true);
    }
  });

  for (const kind of ['Lock', 'RLock'] as const) {
    it(`producers and consumers over a ${kind}, blocking and not, lose nothing`, async function () {
      const condition = new lib.Condition({ lock: new lib[kind]() });
      const goods = words(2);
      const producers = [new lib.Thread(targets.putGoods, [condition, goods, 60, 3])];
      const consumers = [true, false, false].map(
        (isAsync) => new lib.Thread(targets.takeGoods, [condition, goods, 120, isAsync]),
      );
      for (const thread of [...producers, ...consumers]) thread.start();
      for (let i = 0; i < 60; i++) {
        await condition.withAsync(async () => {
          await condition.waitForAsync(() => (goods[0] as number) < 3);
          goods[0] = (goods[0] as number) + 1;
          condition.notifyAll();
        });
      }
      for (const thread of [...producers, ...consumers]) await thread.joinAsync();
      assert.deepEqual([...goods], [0, 120]);
      assert.equal(
        consumers.reduce((sum, { result }) => sum + (result as number), 0),
        120,
      );
    });
  }
});

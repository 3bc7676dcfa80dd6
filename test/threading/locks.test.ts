import assert from 'node:assert/strict';
import { join } from 'node:path';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { builtFolder, loadFixture, loadLibrary, loadTargets, type Library, type Targets } from './library.js';

type Primitives = typeof import('./fixture/primitiveTargets.js');

const THREADS = 4;
const TIMES = 5000;

describe('locks and events', () => {
  let lib: Library;
  let targets: Targets;
  let primitives: Primitives;

  before(() => {
    lib = loadLibrary();
    targets = loadTargets();
    primitives = loadFixture<Primitives>('primitiveTargets');
  });

  const runAll = (threads: { start(): void; join(): boolean }[]): void => {
    for (const thread of threads) thread.start();
    for (const thread of threads) thread.join();
  };
  const clone = (value: unknown): unknown => {
    const { port1, port2 } = new MessageChannel();
    port1.postMessage(value);
    const received = receiveMessageOnPort(port2) as { message: unknown };
    port1.close();
    return received.message;
  };

  for (const kind of ['Lock', 'RLock'] as const) {
    describe(kind, () => {
      it('keeps a counter of many threads right', function () {
        const lock = new lib[kind]();
        const cell = new Float64Array(new SharedArrayBuffer(8));
        const target = kind === 'RLock' ? targets.countDeep : targets.count;
        runAll(Array.from({ length: THREADS }, () => new lib.Thread(target as never, [lock, cell, TIMES] as never)));
        assert.equal(cell[0], THREADS * TIMES);
        assert.equal(lock.locked(), false);
      });

      it('release of an unlocked one is an error that names it', () => {
        assert.throws(() => new lib[kind]({ name: 'cache' }).release(), {
          message: `${kind} "cache": release of an unlocked lock`,
        });
        assert.throws(() => new lib[kind]().release(), { message: `${kind}: release of an unlocked lock` });
      });

      it('another thread cannot have it while it is held', () => {
        const lock = new lib[kind]();
        assert.equal(lock.acquire(), true);
        const first = new lib.Thread(targets.acquireAgain, [lock, 5]);
        runAll([first]);
        assert.equal(first.result, false);
        lock.release();
        const second = new lib.Thread(targets.acquireAgain, [lock, 5]);
        runAll([second]);
        assert.equal(second.result, true);
        assert.equal(lock.locked(), true);
        assert.equal(lock.acquire({ blocking: false }), false);
      });

      it('hold and with release, also after an error', async () => {
        const lock = new lib[kind]();
        const held = lock.hold();
        assert.equal(lock.locked(), true);
        held.release();
        held.release();
        assert.equal(lock.locked(), false);
        lock.hold()[Symbol.dispose]();
        assert.equal(lock.locked(), false);
        assert.equal(
          lock.with(() => 7),
          7,
        );
        assert.throws(
          () =>
            lock.with(() => {
              throw new Error('inside');
            }),
          /inside/,
        );
        assert.equal(lock.locked(), false);
        const later = lock.with(async () => {
          await null;
          return lock.locked();
        });
        assert.equal(lock.locked(), true);
        assert.equal(await later, true);
        assert.equal(lock.locked(), false);
      });

      it('asynchronously: at once when it is free, in order when it is not, or not in time', async () => {
        const lock = new lib[kind]();
        assert.equal(await lock.acquireAsync(), true);
        const other = new lib.Thread(targets.acquireAgain, [lock, 5]);
        runAll([other]);
        assert.equal(other.result, false);
        lock.release();

        const holder = new lib.Thread(primitives.takeAndLeave, [lock as never]);
        runAll([holder]);
        assert.equal(await lock.acquireAsync({ blocking: false }), false);
        const before = performance.now();
        assert.equal(await lock.acquireAsync({ timeout: 5 }), false);
        assert.ok(performance.now() - before >= 4.99, 'gave up too early');
        await assert.rejects(lock.acquireAsync({ timeout: NaN }), RangeError);
      });

      it('asynchronous and blocking waiters of many threads exclude each other', async () => {
        const lock = new lib[kind]();
        const cells = new Int32Array(new SharedArrayBuffer(12));
        const threads = [1, 2].map((seed) => new lib.Thread(primitives.hammer, [lock, cells, 1, 200, seed]));
        for (const thread of threads) thread.start();
        for (let i = 0; i < 200; i++) {
          await lock.withAsync(() => {
            if (Atomics.add(cells, 0, 1) !== 0) Atomics.add(cells, 1, 1);
            Atomics.sub(cells, 0, 1);
          });
        }
        await Promise.all(threads.map((thread) => thread.joinAsync()));
        assert.deepEqual([...cells], [0, 0, 400]);
      });

      it('knows that somebody sleeps, so that a release wakes him', async () => {
        const [state, contended] = [0, 2];
        const lock = new lib[kind]();
        const cells = new Int32Array(lock.threadlanes.memory);
        lock.acquire();
        const thread = new lib.Thread(targets.acquireAgain, [lock, 10_000]);
        thread.start();
        while (Atomics.load(cells, state) !== contended && thread.isAlive()) lib.sleep(1);
        lock.release();
        await thread.joinAsync();
        assert.equal(thread.result, true);
        // Another may have come to sleep meanwhile: who woke does not know better.
        assert.equal(Atomics.load(cells, state), contended);
      });

      it('stays locked when its owner has ended, and a timeout still ends the wait', async () => {
        const lock = new lib[kind]();
        runAll([new lib.Thread(primitives.takeAndLeave, [lock as never])]);
        assert.equal(lock.locked(), true);
        assert.equal(lock.acquire({ timeout: 3 }), false);
        assert.equal(await lock.acquireAsync({ timeout: 3 }), false);
      });

      it('a structured clone of it is a handle', () => {
        const lock = new lib[kind]({ name: 'shared' });
        const revived = lib[kind].from(clone(lock));
        assert.ok(revived instanceof lib[kind]);
        assert.equal(revived.name, 'shared');
        revived.acquire();
        assert.equal(lock.locked(), true);
        assert.equal(lib[kind].from(lock), lock);
        assert.throws(() => lib[kind].from({ name: 'x' }), {
          name: 'TypeError',
          message: `${kind}.from: expected ${kind === 'Lock' ? 'a' : 'an'} ${kind} or a structured clone of one, got { name: 'x' }`,
        });
        assert.throws(() => lib[kind].from(clone(new lib.Event())), /got the handle of an Event$/);
      });

      it('refuses senseless timeouts and names', () => {
        const lock = new lib[kind]({ name: 'cache' });
        assert.throws(() => lock.acquire({ timeout: -1 }), {
          name: 'RangeError',
          message: `${kind} "cache": timeout must be 0 or more milliseconds, got -1`,
        });
        assert.throws(() => lock.acquire({ timeout: NaN }), RangeError);
        assert.throws(() => lock.acquire({ timeout: '5' as never }), {
          name: 'TypeError',
          message: `${kind} "cache": timeout must be a number of milliseconds, got '5'`,
        });
        assert.throws(() => lock.acquire({ blocking: false, timeout: 1 }), TypeError);
        assert.throws(() => lock.acquire({ blocking: 0 as never }), /blocking must be true or false, got 0/);
        assert.throws(() => lock.acquire(false as never), {
          name: 'TypeError',
          message: `${kind} "cache": options must be an object such as { blocking: false }, got false`,
        });
        assert.throws(() => new lib[kind]({ name: 3 as never }), TypeError);
        assert.equal(lock.acquire({ timeout: Infinity }), true);
      });
    });
  }

  it('holdAsync and withAsync release, also after an error', async () => {
    const lock = new lib.Lock();
    const held = await lock.holdAsync();
    assert.equal(lock.locked(), true);
    held[Symbol.dispose]();
    held.release();
    assert.equal(lock.locked(), false);
    assert.equal(await lock.withAsync(() => 7), 7);
    assert.equal(await lock.withAsync(async () => (await null) ?? lock.locked()), true);
    assert.equal(lock.locked(), false);
    await assert.rejects(
      lock.withAsync(() => {
        throw new Error('inside');
      }),
      /inside/,
    );
    assert.equal(lock.locked(), false);
  });

  it('the asynchronous functions of a thread wait for a Lock in the order in which they asked', async () => {
    const lock = new lib.Lock();
    const order: string[] = [];
    lock.acquire();
    const all = ['a', 'b', 'c'].map((name) =>
      lock.withAsync(async () => {
        order.push(name);
        await new Promise((done) => setImmediate(done));
        order.push(name);
      }),
    );
    assert.deepEqual(order, []);
    lock.release();
    await Promise.all(all);
    assert.equal(order.join(''), 'aabbcc');
  });

  it('an RLock belongs to the thread: its asynchronous functions have it together', async () => {
    const lock = new lib.RLock();
    await lock.acquireAsync();
    assert.equal(await lock.acquireAsync({ blocking: false }), true);
    lock.release();
    assert.equal(lock.locked(), true);
    lock.release();
    assert.equal(lock.locked(), false);
  });

  it('a fair Lock is handed over in the order of those who wait', () => {
    const lock = new lib.Lock({ fair: true });
    const count = 3;
    const times = 8;
    const ready = new lib.Barrier(count);
    const turns = new Int32Array(new SharedArrayBuffer(4 * (1 + count * times)));
    runAll(
      Array.from({ length: count }, (_, i) => new lib.Thread(primitives.takeTurns, [lock, ready, turns, i, times])),
    );
    assert.equal(turns[0], count * times);
    // Whoever has just had it comes behind all who wait: once all wait, nobody has it twice before the others had it.
    const middle = [...turns.subarray(1 + count, 1 + count * (times - 1))];
    const twice = middle.filter((turn, i) => turn === middle[i - 1]).length;
    assert.ok(twice <= 2, `one after the other: ${middle.join('')}`);
  });

  it('a fair Lock: a waiter that gave up is not handed it, and a try does not overtake', async () => {
    const lock = new lib.Lock({ fair: true });
    lock.acquire();
    const late = lock.acquireAsync({ timeout: 2 });
    const patient = lock.acquireAsync();
    assert.equal(await late, false);
    lock.release();
    assert.equal(lock.acquire({ blocking: false }), false);
    assert.equal(await patient, true);
    lock.release();
    assert.equal(lock.locked(), false);
    assert.throws(() => lock.release(), { message: 'Lock: release of an unlocked lock' });
    assert.throws(() => new lib.Lock({ fair: 1 as never }), { message: 'Lock: fair must be true or false, got 1' });
  });

  it('a fair Lock goes on when a waiter was terminated', async function () {
    const lock = new lib.Lock({ fair: true });
    lock.acquire();
    const ready = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(
      `const { workerData: { path, lock, ready } } = require('node:worker_threads');
       const waiting = require(path).Lock.from(lock).acquireAsync();
       Atomics.store(ready, 0, 1);
       waiting.then(() => {});`,
      { eval: true, workerData: { path: join(builtFolder(), 'index.cjs'), lock, ready } },
    );
    while (Atomics.load(ready, 0) === 0) await new Promise((done) => setTimeout(done, 1));
    await worker.terminate();
    const mine = lock.acquireAsync();
    lock.release();
    assert.equal(await mine, true);
  });

  it('a Lock is not re-entrant, and another thread may release it', () => {
    const lock = new lib.Lock();
    lock.acquire();
    assert.equal(lock.acquire({ timeout: 2 }), false);
    runAll([new lib.Thread(targets.tryRelease, [lock])]);
    assert.equal(lock.locked(), false);
  });

  it('an RLock counts its owner in, and no other thread may release it', () => {
    const lock = new lib.RLock({ name: 'deep' });
    lock.acquire();
    assert.equal(lock.acquire({ blocking: false }), true);
    const other = new lib.Thread(targets.tryRelease, [lock]);
    other.start();
    assert.throws(() => other.join(), { message: 'RLock "deep": release by a thread that does not own it' });
    lock.release();
    assert.equal(lock.locked(), true);
    lock.release();
    assert.equal(lock.locked(), false);
    assert.throws(() => lock.release(), /release of an unlocked lock/);
  });

  it('an Event is level-triggered', () => {
    const event = new lib.Event();
    assert.equal(event.wait(1), false);
    assert.equal(event.wait(0), false);
    event.set();
    event.set();
    assert.equal(event.isSet(), true);
    assert.equal(event.wait(), true);
    assert.equal(event.wait(0), true);
    event.clear();
    event.clear();
    assert.equal(event.isSet(), false);
    assert.throws(() => event.wait(-5), /Event: timeout must be 0 or more milliseconds, got -5/);
    assert.equal(lib.Event.from(clone(event)).isSet(), false);
  });

  it('every waiter of an Event wakes, also when it is cleared at once', () => {
    const event = new lib.Event();
    const waiters = Array.from({ length: THREADS }, () => new lib.Thread(targets.waitFor, [event]));
    for (const waiter of waiters) waiter.start();
    while (waiters.some((waiter) => waiter.isAlive())) {
      event.set();
      event.clear();
      lib.sleep(5);
    }
    for (const waiter of waiters) {
      waiter.join();
      assert.equal(waiter.result, true);
    }
  });

  it('two threads hand over by Events without a lost wake-up', () => {
    const [go, gone] = [new lib.Event(), new lib.Event()];
    const times = 500;
    const partner = new lib.Thread(targets.pingPong, [go, gone, times]);
    partner.start();
    for (let i = 0; i < times; i++) {
      go.set();
      assert.equal(gone.wait(10_000), true);
      gone.clear();
    }
    partner.join();
  });

  it('sleep and print', () => {
    const before = performance.now();
    lib.sleep(3);
    assert.ok(performance.now() - before >= 2.9);
    for (const ms of [-1, NaN, Infinity, undefined]) assert.throws(() => lib.sleep(ms as number), RangeError);
  });
});

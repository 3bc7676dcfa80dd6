import assert from 'node:assert/strict';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { loadLibrary, loadTargets, type Library, type Targets } from './library.js';

const THREADS = 4;
const TIMES = 5000;

describe('locks and events', () => {
  let lib: Library;
  let targets: Targets;

  before(() => {
    lib = loadLibrary();
    targets = loadTargets();
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

      it('a structured clone of it is a handle', () => {
        const lock = new lib[kind]({ name: 'shared' });
        const revived = lib[kind].from(clone(lock));
        assert.ok(revived instanceof lib[kind]);
        assert.equal(revived.name, 'shared');
        revived.acquire();
        assert.equal(lock.locked(), true);
        assert.equal(lib[kind].from(lock), lock);
        assert.throws(() => lib[kind].from({}), /expected a R?Lock or a structured clone of one, got no handle/);
        assert.throws(() => lib[kind].from(clone(new lib.Event())), /got the handle of a Event/);
      });

      it('refuses senseless timeouts and names', () => {
        const lock = new lib[kind]({ name: 'cache' });
        assert.throws(() => lock.acquire({ timeout: -1 }), {
          name: 'RangeError',
          message: `${kind} "cache": timeout must be 0 or more milliseconds, got -1`,
        });
        assert.throws(() => lock.acquire({ timeout: NaN }), RangeError);
        assert.throws(() => lock.acquire({ blocking: false, timeout: 1 }), TypeError);
        assert.throws(() => lock.acquire(false as never), {
          name: 'TypeError',
          message: `${kind} "cache": options must be an object such as { timeout: 100 }, got false`,
        });
        assert.throws(() => new lib[kind]({ name: 3 as never }), TypeError);
        assert.equal(lock.acquire({ timeout: Infinity }), true);
      });
    });
  }

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

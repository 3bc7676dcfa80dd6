/** Options that JavaScript would let pass in silence. */
import assert from 'node:assert/strict';
import { loadFixture, loadLibrary, loadTargets, type Library, type Targets } from './library.js';

type Pools = typeof import('./fixture/poolTargets.js');

describe('options', () => {
  let lib: Library;
  let targets: Targets;
  let tasks: Pools;

  before(() => {
    lib = loadLibrary();
    targets = loadTargets();
    tasks = loadFixture<Pools>('poolTargets');
  });

  /** What TypeScript would refuse. */
  const js = <T>(value: unknown): T => value as T;

  const refused = (cases: [() => unknown, string][]): void => {
    for (const [call, message] of cases) assert.throws(call, { name: 'TypeError', message });
  };

  it('of constructors: an unknown name is told with the names that there are', () => {
    const { Thread } = lib;
    refused([
      [() => new lib.Lock(js({ nam: 'x' })), 'Lock: unknown option "nam"; there are name, fair'],
      [() => new lib.RLock(js({ fair: true })), 'RLock: unknown option "fair"; there is only name'],
      [() => new lib.RWLock(js({ nam: 'x' })), 'RWLock: unknown option "nam"; there is only name'],
      [() => new lib.Event(js({ nam: 'x' })), 'Event: unknown option "nam"; there is only name'],
      [() => new lib.Condition(js({ lok: 1 })), 'Condition: unknown option "lok"; there are name, lock'],
      [() => new lib.Semaphore(1, js({ nam: 'x' })), 'Semaphore: unknown option "nam"; there is only name'],
      [
        () => new lib.Barrier(1, js({ timout: 5 })),
        'Barrier: unknown option "timout"; there are name, action, timeout',
      ],
      [() => new lib.Queue(1, js({ priority: () => 1 })), 'Queue: unknown option "priority"; there is only name'],
      [
        () => new lib.PriorityQueue(1, js<object>({ prio: () => 1 })),
        'PriorityQueue: unknown option "prio"; there are name, priority',
      ],
      [() => new lib.Local(() => 1, js({ nam: 'x' })), 'Local: unknown option "nam"; there is only name'],
      [
        () => new Thread(targets.add, [1, 2], js({ deamon: true })),
        'Thread: unknown option "deamon"; there are name, daemon',
      ],
      [
        () => new lib.ThreadPoolExecutor(js<object>({ workers: 2 })),
        'ThreadPoolExecutor: unknown option "workers"; there are maxWorkers, threadNamePrefix, initializer, initArgs',
      ],
    ]);
  });

  it('of constructors: what is no object, and flags that are none', () => {
    refused([
      [() => new lib.Lock(js('x')), "Lock: options must be an object such as { name: … }, got 'x'"],
      [() => new lib.Event(js(null)), 'Event: options must be an object such as { name: … }, got null'],
      [() => new lib.Lock(js({ fair: 'yes' })), "Lock: fair must be true or false, got 'yes'"],
      [
        () => new lib.Thread(targets.add, [1, 2], js('x')),
        "Thread: options must be an object such as { name: … }, got 'x'",
      ],
      [
        () => new lib.Thread(targets.add, [1, 2], js({ name: 'w', daemon: 'yes' })),
        'Thread "w": daemon must be true or false, got \'yes\'',
      ],
      [
        () => (new lib.Thread(targets.add, [1, 2], { name: 'w' }).daemon = js(1)),
        'Thread "w": daemon must be true or false, got 1',
      ],
    ]);
  });

  it('of operations', async () => {
    const lock = new lib.Lock({ name: 'cache' });
    const queue = new lib.Queue<number>(0, { name: 'jobs' });
    const orders = new lib.PriorityQueue<number>();
    refused([
      [() => lock.acquire(js({ timout: 5 })), 'Lock "cache": unknown option "timout"; there are blocking, timeout'],
      [() => queue.put(1, js({ timout: 5 })), 'Queue "jobs": unknown option "timout"; there are block, timeout'],
      [() => queue.put(1, js({ priority: 5 })), 'Queue "jobs": unknown option "priority"; there are block, timeout'],
      [() => queue.get(js({ blocking: false })), 'Queue "jobs": unknown option "blocking"; there are block, timeout'],
      [
        () => orders.put(1, js({ prio: 5 })),
        'PriorityQueue: unknown option "prio"; there are block, timeout, priority',
      ],
      [() => orders.get(js({ priority: 5 })), 'PriorityQueue: unknown option "priority"; there are block, timeout'],
      [() => queue.close(js({ now: true })), 'Queue "jobs": unknown option "now"; there is only immediate'],
      [() => lib.wait([], js({ when: 1 })), 'wait: unknown option "when"; there are timeout, returnWhen'],
      [
        () => lib.asCompleted([], js({ returnWhen: 1 })),
        'asCompleted: unknown option "returnWhen"; there is only timeout',
      ],
    ]);
    await assert.rejects(queue.getAsync(js({ timout: 5 })), /unknown option "timout"/);
    orders.put(1, { priority: 5, block: false });
    assert.deepEqual([queue.qsize(), orders.qsize(), lock.locked()], [0, 1, false]);
  });

  it('of executors', async () => {
    const pool = new lib.ThreadPoolExecutor({ threadNamePrefix: 'p', maxWorkers: 1 });
    const who = 'ThreadPoolExecutor "p"';
    refused([
      [() => pool.shutdown(js({ wait: 0 })), `${who}: shutdown: wait must be true or false, got 0`],
      [() => pool.shutdown(js({ cancel: 'no' })), `${who}: shutdown: cancel must be true or false, got 'no'`],
      [
        () => pool.shutdown(js({ cancelFutures: true })),
        `${who}: shutdown: unknown option "cancelFutures"; there are wait, cancel`,
      ],
      [
        () => pool.map(tasks.later, [1], js({ timout: 5 })),
        `${who}: map: unknown option "timout"; there is only timeout`,
      ],
    ]);
    // Nothing was closed by what was refused.
    assert.equal(await pool.submit(tasks.add, 1, 2), 3);
    pool.shutdown();
  });
});

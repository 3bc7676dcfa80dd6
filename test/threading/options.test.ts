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
      [() => new lib.Event(js(null)), "Event: options must be an object such as { name: 'cache' }, got null"],
      [() => new lib.Lock(js({ fair: 'yes' })), "Lock: fair must be true or false, got 'yes'"],
      [
        () => new lib.Thread(targets.add, [1, 2], js('x')),
        "Thread: options must be an object such as { name: 'cache' }, got 'x'",
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

  it('what is given in their place is told by the option that it may be meant for', () => {
    const action = (): void => {};
    const { ThreadPoolExecutor } = lib;
    const queue = new lib.Queue<number>();
    const such = (example: string, got: string): string =>
      `options must be an object such as { ${example} }, got ${got}`;
    refused([
      [() => new lib.Lock(js('x')), `Lock: ${such("name: 'cache'", "'x'")}`],
      [() => new lib.Lock(js(true)), `Lock: ${such('fair: true', 'true')}`],
      [() => new lib.Lock().acquire(js(false)), `Lock: ${such('blocking: false', 'false')}`],
      [() => new lib.Lock().acquire(js(5)), `Lock: ${such('timeout: 100', '5')}`],
      [() => new lib.Barrier(3, js(action)), `Barrier: ${such('action: () => { … }', '[Function: action]')}`],
      [() => new lib.Barrier(3, js(5)), `Barrier: ${such('timeout: 100', '5')}`],
      [() => new lib.Queue(3, js('x')), `Queue: ${such("name: 'cache'", "'x'")}`],
      [() => new lib.Queue(3, js(5)), `Queue: ${such("name: 'cache'", '5')}`],
      [
        () => new lib.PriorityQueue(0, js<object>(action)),
        `PriorityQueue: ${such('priority: (item) => …', '[Function: action]')}`,
      ],
      [() => queue.put(1, js(false)), `Queue: ${such('block: false', 'false')}`],
      [() => queue.get(js(5)), `Queue: ${such('timeout: 100', '5')}`],
      [() => queue.close(js(true)), `Queue: ${such('immediate: true', 'true')}`],
      [() => new ThreadPoolExecutor(js<object>(4)), `ThreadPoolExecutor: ${such('maxWorkers: 4', '4')}`],
      [
        () => new ThreadPoolExecutor(js<object>('w')),
        `ThreadPoolExecutor: ${such("threadNamePrefix: 'worker'", "'w'")}`,
      ],
      [() => new lib.Condition(js([])), `Condition: ${such('lock: lock', '[]')}`],
      [() => new lib.Event(js(new lib.Lock())), `Event: ${such("name: 'cache'", 'Lock (free)')}`],
      [() => new lib.Semaphore(js(new lib.Event())), `Semaphore: ${such("name: 'cache'", 'Event (not set)')}`],
    ]);
  });

  it('Python’s form of Condition, and options before what comes first', () => {
    const lock = new lib.Lock({ name: 'mine' });
    const condition = new lib.Condition(lock, { name: 'filled' });
    assert.deepEqual([condition.lock, condition.name], [lock, 'filled']);
    assert.equal(new lib.Condition(new lib.RLock()).name, undefined);
    const handle = structuredClone({ ...lock });
    refused([
      [
        () => new lib.Condition(lock, js('x')),
        "Condition: options must be an object such as { name: 'cache' }, got 'x'",
      ],
      [
        () => new lib.Condition({ lock: js(handle) }),
        'Condition: lock must be a Lock or an RLock, got the handle of a Lock (Lock.from makes one of it)',
      ],
      [
        () => new lib.Semaphore(js({ name: 'x' })),
        "Semaphore: permits comes first and must be a number, got { name: 'x' }; options come second",
      ],
      [
        () => new lib.Barrier(js({ parties: 3 })),
        'Barrier: parties comes first and must be a number, got { parties: 3 }; options come second',
      ],
    ]);
  });

  it('of what is to be called with a lock held', async () => {
    const lock = new lib.Lock({ name: 'cache' });
    const rwlock = new lib.RWLock({ name: 'data' });
    const body = (): void => {};
    refused([
      [() => lock.with(js(undefined)), 'Lock "cache": with needs a function: with(() => { … }), got undefined'],
      [() => rwlock.withRead(js(1)), 'RWLock "data": withRead needs a function: withRead(() => { … }), got 1'],
      [() => rwlock.withWrite(js(1)), 'RWLock "data": withWrite needs a function: withWrite(() => { … }), got 1'],
      [
        () => js<(given: unknown) => void>(lock.hold.bind(lock))(body),
        'Lock "cache": hold takes nothing, got [Function: body]: that is with(() => { … })',
      ],
      [
        () => js<(given: unknown) => void>(rwlock.holdRead.bind(rwlock))({ timeout: 5 }),
        'RWLock "data": holdRead takes nothing, got { timeout: 5 }: that is acquireRead({ timeout: 100 })',
      ],
    ]);
    for (const call of [
      () => lock.withAsync(js(undefined)),
      () => rwlock.withReadAsync(js(undefined)),
      () => rwlock.withWriteAsync(js(undefined)),
      () => js<(given: unknown) => Promise<void>>(lock.holdAsync.bind(lock))(5),
      () => js<(given: unknown) => Promise<void>>(rwlock.holdWriteAsync.bind(rwlock))(body),
    ])
      await assert.rejects(call, { name: 'TypeError', message: /(needs a function|takes nothing)/ });
    assert.deepEqual([lock.locked(), rwlock.locked()], [false, false]);
  });

  it('behind what is to be called with a lock held', async () => {
    const body = (): void => assert.fail();
    type Loose = (body: () => void, surplus: unknown) => unknown;
    const rwlock = new lib.RWLock();
    for (const lock of [new lib.Lock(), new lib.RLock(), new lib.Condition(), new lib.Semaphore()]) {
      assert.throws(() => js<Loose>(lock.with.bind(lock))(body, { timeout: 5 }), {
        name: 'TypeError',
        message:
          `${lock.constructor.name}: with takes a function only, got { timeout: 5 } as well: ` +
          'to wait no longer than some time there is acquire({ timeout: 100 })',
      });
      await assert.rejects(
        async () => js<Loose>(lock.withAsync.bind(lock))(body, 5),
        /there is acquireAsync\(\{ timeout/,
      );
    }
    assert.throws(() => js<Loose>(rwlock.withRead.bind(rwlock))(body, 5), /there is acquireRead\(\{ timeout/);
    assert.throws(() => js<Loose>(rwlock.withWrite.bind(rwlock))(body, 5), /there is acquireWrite\(\{ timeout/);
    for (const call of [rwlock.withReadAsync.bind(rwlock), rwlock.withWriteAsync.bind(rwlock)]) {
      await assert.rejects(async () => js<Loose>(call)(body, 5), /takes a function only, got 5 as well/);
    }
  });

  it('of signals: a flag or a number that would do nothing', () => {
    const event = new lib.Event({ name: 'go' });
    const condition = new lib.Condition();
    const call = (method: (this: void) => void, given: unknown): void => js<(given: unknown) => void>(method)(given);
    refused([
      [
        () => call(event.set.bind(event), false),
        'Event "go": set takes nothing, got false: set() sets it and clear() unsets it',
      ],
      [
        () => call(event.clear.bind(event), true),
        'Event "go": clear takes nothing, got true: set() sets it and clear() unsets it',
      ],
      [
        () => call(condition.notifyAll.bind(condition), 2),
        'Condition: notifyAll takes nothing, got 2: that is notify(2)',
      ],
    ]);
    assert.equal(event.isSet(), false);
    // As it comes from `process.on('SIGINT', …)`.
    call(event.set.bind(event), 'SIGINT');
    assert.equal(event.isSet(), true);
  });

  it('of what goes over Futures or items: something to go over', async () => {
    const pool = new lib.ThreadPoolExecutor({ threadNamePrefix: 'p', maxWorkers: 1 });
    const future = pool.submit(tasks.add, 1, 2);
    const map = 'ThreadPoolExecutor "p": map takes an iterable of items: map(later, [1, 2])';
    refused([
      [() => pool.map(tasks.later, js(5)), `${map}, got 5`],
      [() => pool.map(tasks.later, js({ a: 1 })), `${map}, got { a: 1 }`],
      [() => pool.map(tasks.later, js({ length: 1 })), `${map}, got { length: 1 }`],
      [() => pool.map(tasks.later, js(undefined)), `${map}, got undefined`],
      [() => lib.wait(js<never>(5)), 'wait takes an iterable of Futures: wait([future]), got 5'],
      [() => lib.asCompleted(js<never>(5)), 'asCompleted takes an iterable of Futures: asCompleted([future]), got 5'],
    ]);
    assert.throws(
      () => lib.wait(js<never>(future)),
      /^TypeError: wait takes an iterable of Futures: wait\(\[future\]\), got /,
    );
    await assert.rejects(
      lib.waitAsync(js<never>(null)),
      /^TypeError: waitAsync takes an iterable of Futures: .* got null$/,
    );
    pool.shutdown();
  });

  it('of threads', () => {
    const { Thread } = lib;
    class Work extends Thread {}
    const says = (start: string, call: () => unknown): void =>
      assert.throws(call, (error: Error) => error.name === 'TypeError' && error.message.startsWith(start));
    says('Thread: its arguments must be an array such as [a, b], got 1', () => new Thread(targets.add, js(1)));
    says('Thread: needs a target first: new Thread(work, [a, b], { name })', () => new Thread(js({ target: 1 })));
    says('Work: a thread class has to be exported and made known: export const Work = threadClass', () => new Work());
    says(
      "A thread's target needs the name that its module exports it by: import.meta.url, 'work'; got [Function",
      () => {
        new Thread('/a.js', js(targets.add));
      },
    );
    says('threadFunction: takes the module, the name of its export and the function: (import.meta.url, ', () =>
      lib.threadFunction(
        js(() => 1),
        js(undefined),
        js(undefined),
      ),
    );
    says('threadClass: takes the module, the name of its export and the class: (import.meta.url, ', () =>
      lib.threadClass('/a.js', js(Work), js(undefined)),
    );
    says(
      'threadClass: Work has to be a subclass of Thread: class extends Thread { run() { … } }; got [class Plain',
      () => lib.threadClass('/a.js', 'Work', js(class Plain {})),
    );
    says('threadClass: Work has to be a subclass of Thread', () => lib.threadClass('/a.js', 'Work', js(lib.Thread)));
    const start = 'Thread "w": start takes nothing, got [ 1 ]: arguments are those of new Thread(work, [a, b])';
    const thread = new Thread(targets.add, [1, 2], { name: 'w' });
    says(start, () => js<(given: unknown) => void>(thread.start.bind(thread))([1]));
    assert.equal(thread.ident, null);
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

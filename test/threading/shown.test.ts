/** What primitives look like: in `console.log`, in errors and in stacks. */
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { loadLibrary, loadTargets, type Library, type Targets } from './library.js';

describe('primitives in console.log', () => {
  let lib: Library;
  let targets: Targets;

  before(() => {
    lib = loadLibrary();
    targets = loadTargets();
  });

  it('say their class, their name and how they are', () => {
    const lock = new lib.Lock({ name: 'cache' });
    assert.equal(inspect(lock), 'Lock "cache" (free)');
    lock.acquire();
    assert.equal(inspect(lock), 'Lock "cache" (locked)');
    const rlock = new lib.RLock();
    assert.equal(inspect(rlock), 'RLock (free)');
    assert.equal(inspect(new lib.Condition({ lock })), 'Condition (its lock is locked)');
    const rwlock = new lib.RWLock();
    rwlock.acquireRead();
    assert.equal(inspect(rwlock), 'RWLock (1 reading)');
    rwlock.releaseRead();
    assert.equal(inspect(rwlock), 'RWLock (free)');
    rwlock.acquireWrite();
    assert.equal(inspect(rwlock), 'RWLock (writing)');
    assert.equal(inspect(new lib.Semaphore(2)), 'Semaphore (2 permits)');
    assert.equal(inspect(new lib.BoundedSemaphore()), 'BoundedSemaphore (1 permit)');
    const event = new lib.Event();
    assert.equal(inspect(event), 'Event (not set)');
    event.set();
    assert.equal(inspect(event), 'Event (set)');
    const barrier = new lib.Barrier(3);
    assert.equal(inspect(barrier), 'Barrier (0 of 3 waiting)');
    barrier.abort();
    assert.equal(inspect(barrier), 'Barrier (broken)');
  });

  it('what is held says of what', () => {
    const held = new lib.RWLock({ name: 'table' }).holdWrite();
    assert.equal(inspect(held), 'Held (RWLock "table")');
    const { release } = held;
    release();
    assert.equal(inspect(held), 'Held (RWLock "table", released)');
    held.release();
  });

  it('queues say how many items wait', () => {
    const queue = new lib.Queue<number>(10, { name: 'jobs' });
    for (const item of [1, 2, 3]) queue.put(item);
    assert.equal(inspect(queue), 'Queue "jobs" (3 of 10)');
    queue.close();
    assert.equal(inspect(queue), 'Queue "jobs" (3 of 10, closed)');
    const stack = new lib.LifoQueue<number>();
    stack.put(1);
    assert.equal(inspect(stack), 'LifoQueue (1)');
    assert.equal(inspect(new lib.PriorityQueue()), 'PriorityQueue (0)');
  });

  it('are the same as text', () => {
    const lock = new lib.Lock({ name: 'cache' });
    assert.equal(
      `${String(lock)}, ${String(new lib.Thread(targets.add, [1, 2], { name: 't' }))}`,
      'Lock "cache" (free), Thread "t" (not started)',
    );
  });

  it('threads say whether they run', () => {
    const event = new lib.Event();
    const thread = new lib.Thread(targets.waitFor, [event], { name: 'worker' });
    assert.equal(inspect(thread), 'Thread "worker" (not started)');
    thread.start();
    assert.equal(inspect(thread), 'Thread "worker" (running)');
    event.set();
    thread.join();
    assert.equal(inspect(thread), 'Thread "worker" (ended)');
    const failing = new lib.Thread(targets.throwRange, ['no'], { name: 'f' });
    failing.start();
    assert.throws(() => failing.join());
    assert.equal(inspect(failing), 'Thread "f" (failed)');
    assert.equal(inspect(lib.mainThread()), 'Thread "main" (running)');
  });

  it('a Local says the value of this thread, and asks for none', () => {
    let asked = 0;
    const local = new lib.Local(() => ++asked);
    assert.equal(inspect(local), 'Local (no value yet)');
    assert.equal(asked, 0);
    local.value = 5;
    assert.equal(inspect(local), 'Local (5)');
  });

  it('a subclass shows its own properties, also itself', () => {
    class Pipeline extends lib.Queue<number> {
      readonly label = 'p';
      readonly deep = { a: { b: { c: { d: 1 } } } };
      readonly self: Pipeline = this;
    }
    assert.match(inspect(new targets.LengthGetter('abc')), /^LengthGetter "get abc" \(not started\) \{ url: 'abc' \}$/);
    const shown = inspect(new Pipeline(), { depth: null });
    assert.match(
      shown,
      /^Pipeline \(0\) \{\s+label: 'p',\s+deep: \{ a: \{ b: \[Object\] \} \},\s+self: Pipeline \(0\)/,
    );
  });

  it('a subclass is called by its name in errors too, and by that of the library where it is not there', () => {
    class Pipeline extends lib.Queue<number> {}
    class Gate extends lib.Lock {}
    assert.throws(() => new Pipeline(0, { name: 'in' }).taskDone(), /Pipeline "in": /);
    assert.throws(() => new Gate().release(), { message: 'Gate: release of an unlocked lock' });
    const clone = structuredClone({ ...new Gate({ name: 'g' }) });
    assert.throws(() => lib.Lock.from(clone).release(), { message: 'Lock "g": release of an unlocked lock' });
    assert.equal(inspect(lib.Queue.from(structuredClone({ ...new Pipeline() }))), 'Queue (0)');
    assert.equal(inspect(Pipeline.from(structuredClone({ ...new Pipeline() }))), 'Pipeline (0)');
    assert.equal(inspect(new (class extends lib.Event {})()), 'Event (not set)');
  });

  it('does not wait for the lock of a queue', () => {
    const queue = new lib.Queue();
    const cells = new Int32Array(queue.threadlanes.memory);
    cells[0] = 1;
    assert.equal(inspect(queue), 'Queue (0)');
  });

  it('all classes have their own names, in stacks too', () => {
    for (const [name, value] of Object.entries(lib)) {
      if (typeof value === 'function') assert.equal(value.name, name);
    }
    const lock = new lib.Lock();
    try {
      lock.release();
      assert.fail();
    } catch (error) {
      assert.match((error as Error).stack as string, / at Lock\.release /);
    }
  });

  it('`from` needs no class before it', () => {
    class Pipeline extends lib.LifoQueue<number> {}
    class Orders extends lib.PriorityQueue<number> {}
    const made: readonly (readonly [{ from(handle: unknown): unknown }, object])[] = [
      [lib.Lock, new lib.Lock()],
      [lib.RLock, new lib.RLock()],
      [lib.RWLock, new lib.RWLock()],
      [lib.Condition, new lib.Condition()],
      [lib.Semaphore, new lib.Semaphore()],
      [lib.BoundedSemaphore, new lib.BoundedSemaphore()],
      [lib.Event, new lib.Event()],
      [lib.Barrier, new lib.Barrier(1)],
      [lib.Local, new lib.Local()],
      [lib.Thread, new lib.Thread(targets.add, [1, 2])],
      [lib.Queue, new lib.Queue()],
      [lib.LifoQueue, new lib.LifoQueue()],
      [lib.PriorityQueue, new lib.PriorityQueue()],
      [Pipeline, new Pipeline()],
      [Orders, new Orders()],
    ];
    for (const [type, one] of made) {
      const from = type.from as (this: void, handle: unknown) => object;
      assert.equal(from(structuredClone({ ...one })).constructor, type);
    }
    const handles = [1, 2].map(() => structuredClone({ ...new lib.Queue<number>() }));
    assert.deepEqual(
      handles.map(lib.Queue.from).map((queue) => queue.qsize()),
      [0, 0],
    );
  });
});

/** What a recorder is told, in which order, and before or after what becomes visible. */
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { PROBE, type Probe } from '../../src/probe/probe.js';
import { ASYNC_ATTEMPTS, LOCK_MODES, NO_TIMEOUT, opSpec, type AsyncAttemptName } from '../../src/trace/ops.js';
import { builtFolder, loadTargets, type Library } from './library.js';

interface Seen {
  readonly op: string;
  readonly object: number;
  readonly operands: readonly (number | undefined)[];
}

describe('recording', () => {
  const seen: Seen[] = [];
  const defined: unknown[] = [];
  let onRecord: (event: Seen) => void = () => {};
  let lib: Library;
  let strings = 0;

  const probe: Probe = {
    raw: Atomics,
    thread: 0,
    record(op, object, ...operands) {
      const event = { op: opSpec(op)?.name ?? 'unknown', object, operands };
      seen.push(event);
      onRecord(event);
    },
    define: (definition) => defined.push(definition),
    string: () => ++strings,
    ownFile: (path) => assert.match(path, /^data:/, 'a bundle elsewhere is the user’s own file'),
  };

  before(() => {
    const folder = builtFolder();
    const copy = join(folder, 'recorded.cjs');
    copyFileSync(join(folder, 'index.cjs'), copy);
    Object.defineProperty(globalThis, PROBE, { value: probe, configurable: true });
    lib = createRequire(__filename)(copy) as Library;
    Reflect.deleteProperty(globalThis, PROBE);
  });

  beforeEach(() => {
    seen.length = 0;
    onRecord = () => {};
  });

  const ops = (): string[] => seen.map(({ op, operands }) => [op, ...operands.map((x) => x ?? '-')].join(' '));
  const word = (primitive: { threadlanes: { memory: SharedArrayBuffer } }): number =>
    new Int32Array(primitive.threadlanes.memory)[0] as number;

  it('a loop over a queue is its gets; console.log of a primitive is nothing', () => {
    const queue = new lib.Queue<number>();
    queue.put(1);
    queue.close();
    seen.length = 0;
    for (const item of queue) assert.equal(item, 1);
    assert.deepEqual(ops(), ['queue.getDone 0', 'queue.refused 4']);
    const barrier = new lib.Barrier(2);
    const all = [queue, new lib.Lock(), new lib.Event(), new lib.Semaphore(), new lib.Condition(), barrier];
    seen.length = 0;
    assert.match(inspect(all), /Queue \(0, closed\),\s+Lock \(free\)/);
    assert.deepEqual(ops(), []);
  });

  it('Lock: attempts only when it is taken; release before, acquired after it shows', () => {
    const lock = new lib.Lock({ name: 'cache' });
    assert.deepEqual(defined.at(-1), { kind: 'lock', name: 'cache' });
    const states: number[] = [];
    onRecord = () => states.push(word(lock));
    lock.acquire();
    lock.acquire({ blocking: false });
    lock.acquire({ timeout: 1.5 });
    lock.release();
    assert.deepEqual(ops(), [
      'lock.acquired 1 0',
      'lock.refused 1',
      'lock.acquire 0 2',
      'lock.refused 2',
      'lock.release 0',
    ]);
    assert.ok(states.every((state) => state !== 0));
    assert.throws(() => lock.release());
    assert.equal(seen.length, 5);
    assert.ok(seen.every(({ object }) => object === defined.length));
  });

  it('Lock and RLock: whoever would not have waited without end says so', () => {
    for (const lock of [new lib.Lock(), new lib.RLock()]) {
      lock.acquire({ blocking: false });
      lock.release();
      lock.acquire({ timeout: 5 });
      lock.release();
    }
    const mode = LOCK_MODES.indexOf('bounded');
    const each = [`lock.acquired 1 ${mode}`, 'lock.release 0'];
    assert.deepEqual(ops(), [...each, ...each, ...each, ...each]);
  });

  it('RLock: depth', () => {
    const lock = new lib.RLock();
    lock.with(() => lock.with(() => {}));
    assert.deepEqual(ops(), ['lock.acquired 1 0', 'lock.acquired 2 0', 'lock.release 1', 'lock.release 0']);
  });

  it('Event: set before it shows', () => {
    const event = new lib.Event();
    event.wait(1);
    onRecord = ({ op }) => op === 'event.set' && assert.equal(word(event), 0);
    event.set();
    onRecord = () => {};
    event.wait();
    event.isSet();
    event.clear();
    assert.deepEqual(ops(), [
      'event.wait - 1',
      'event.timeout',
      'event.set',
      'event.woken',
      'event.test 1',
      'event.clear',
    ]);
  });

  it('Condition: a wait names its lock; who is woken says so before it takes the lock back', async () => {
    const lock = new lib.Lock({ name: 'cache' });
    const id = defined.length;
    const condition = new lib.Condition({ lock, name: 'filled' });
    assert.deepEqual(defined.at(-1), { kind: 'condition', name: 'filled' });
    lock.acquire();
    onRecord = ({ op }) => {
      if (op === 'condition.wait') assert.notEqual(word(lock), 0);
    };
    condition.wait(1);
    condition.notify();
    const wait = condition.waitAsync();
    lock.acquire();
    condition.notify(3);
    lock.release();
    assert.equal(await wait, true);
    const op = ASYNC_ATTEMPTS.indexOf('condition.wait');
    assert.deepEqual(ops(), [
      'lock.acquired 1 0',
      `condition.wait ${id} 1`,
      'condition.timeout',
      'lock.acquired 1 0',
      'condition.notify 0',
      `async.wait ${op} ${NO_TIMEOUT}`,
      'lock.release 0',
      'lock.acquired 1 0',
      'condition.notify 1',
      'lock.release 0',
      `async.end ${op} 0`,
      'condition.woken',
      'lock.acquired 1 0',
    ]);
  });

  it('semaphores: how many permits there are, and each release before it shows', () => {
    const semaphore = new lib.Semaphore(1, { name: 'places' });
    assert.deepEqual(defined.at(-1), { kind: 'semaphore', name: 'places', capacity: 1 });
    onRecord = ({ op }) => {
      if (op === 'semaphore.release') assert.equal(semaphore.value, 0);
    };
    semaphore.acquire();
    semaphore.acquire({ blocking: false });
    semaphore.acquire({ timeout: 1 });
    semaphore.release(2);
    assert.throws(() => new lib.BoundedSemaphore(1).release());
    assert.deepEqual(ops(), [
      'semaphore.acquired',
      'semaphore.refused 1',
      'semaphore.acquire - 1',
      'semaphore.refused 2',
      'semaphore.release 2',
    ]);
  });

  it('Barrier: whoever comes last passes first', async () => {
    const barrier = new lib.Barrier(2, { name: 'meeting' });
    assert.deepEqual(defined.at(-1), { kind: 'barrier', name: 'meeting', capacity: 2 });
    const first = barrier.waitAsync();
    barrier.wait();
    await first;
    assert.throws(() => barrier.wait(1));
    barrier.reset();
    barrier.abort();
    assert.throws(() => barrier.wait());
    const op = ASYNC_ATTEMPTS.indexOf('barrier.wait');
    assert.deepEqual(ops(), [
      `async.wait ${op} ${NO_TIMEOUT}`,
      'barrier.passed 1',
      `async.end ${op} 0`,
      'barrier.passed 0',
      'barrier.wait - 1',
      'barrier.timeout',
      'barrier.reset',
      'barrier.abort',
      'barrier.broken',
    ]);
  });

  it('RWLock: in which mode', () => {
    const lock = new lib.RWLock({ name: 'data' });
    assert.deepEqual(defined.at(-1), { kind: 'rwlock', name: 'data' });
    lock.acquireRead();
    lock.acquireRead({ timeout: 5 });
    lock.acquireWrite({ timeout: 1 });
    lock.releaseRead();
    lock.releaseRead();
    lock.acquireWrite();
    lock.acquireRead({ blocking: false });
    lock.acquireRead({ timeout: 1 });
    lock.releaseWrite();
    const [shared, boundedShared] = [LOCK_MODES.indexOf('shared'), LOCK_MODES.indexOf('boundedShared')];
    assert.deepEqual(ops(), [
      `lock.acquired 1 ${shared}`,
      `lock.acquired 1 ${boundedShared}`,
      'lock.acquire 0 1',
      'lock.refused 2',
      'lock.release 0',
      'lock.release 0',
      'lock.acquired 1 0',
      'lock.refused 1',
      `lock.acquire ${shared} 1`,
      'lock.refused 2',
      'lock.release 0',
    ]);
  });

  it('asynchronous waits: begun once, ended right before the outcome, which one says its place', async () => {
    const lock = new lib.Lock();
    const op = ASYNC_ATTEMPTS.indexOf('lock.acquire');
    lock.acquire();
    const [first, late] = [lock.acquireAsync(), lock.acquireAsync({ timeout: 1.5 })];
    assert.equal(await late, false);
    lock.release();
    await first;
    lock.release();
    assert.equal(await lock.acquireAsync({ timeout: 5 }), true);
    assert.deepEqual(ops(), [
      'lock.acquired 1 0',
      `async.wait ${op} ${NO_TIMEOUT}`,
      `async.wait ${op} 2`,
      `async.end ${op} 1`,
      'lock.refused 2',
      'lock.release 0',
      `async.end ${op} 0`,
      'lock.acquired 1 0',
      'lock.release 0',
      `lock.acquired 1 ${LOCK_MODES.indexOf('bounded')}`,
    ]);
  });

  it('Queue: items are numbered in the order of puts', () => {
    const queue = new lib.Queue(2, { name: 'jobs' });
    assert.deepEqual(defined.at(-1), { kind: 'queue', name: 'jobs', capacity: 2 });
    queue.put('a');
    queue.put('b');
    assert.throws(() => queue.putNowait('c'));
    assert.throws(() => queue.put('c', { timeout: 1 }));
    queue.get();
    queue.get();
    assert.throws(() => queue.getNowait());
    assert.throws(() => queue.get({ timeout: 1 }));
    queue.qsize();
    queue.join(1);
    queue.taskDone();
    queue.taskDone();
    queue.join();
    queue.close();
    assert.throws(() => queue.get());
    assert.deepEqual(ops(), [
      'queue.putDone 0',
      'queue.putDone 1',
      'queue.refused 1',
      'queue.put - 1',
      'queue.refused 3',
      'queue.getDone 0',
      'queue.getDone 1',
      'queue.refused 2',
      'queue.get - 1',
      'queue.refused 3',
      'queue.test 0',
      'queue.join - 1',
      'queue.refused 3',
      'queue.taskDone',
      'queue.taskDone',
      'queue.joined',
      'queue.close',
      'queue.refused 4',
    ]);
  });

  it('LifoQueue and PriorityQueue: queues whose gets say which item it was', () => {
    const stack = new lib.LifoQueue(0, { name: 'stack' });
    assert.deepEqual(defined.at(-1), { kind: 'queue', name: 'stack', capacity: 0 });
    for (const item of ['a', new SharedArrayBuffer(8)]) stack.put(item);
    stack.get();
    stack.get();
    const queue = new lib.PriorityQueue(0, { name: 'urgent' });
    for (const item of [5, 1, 5]) queue.put(item);
    queue.get();
    queue.get();
    assert.deepEqual(ops(), [
      'queue.putDone 0',
      'queue.putDone 1',
      'queue.getDone 1',
      'queue.getDone 0',
      'queue.putDone 0',
      'queue.putDone 1',
      'queue.putDone 2',
      'queue.getDone 1',
      'queue.getDone 0',
    ]);
    seen.length = 0;
    queue.close({ immediate: true });
    assert.deepEqual(ops(), ['queue.close', 'queue.getDone 2', 'queue.taskDone']);
  });

  it('Queue without blocking: the wait ends right before its outcome', async () => {
    const queue = new lib.Queue<number>(1);
    const got = queue.getAsync();
    await queue.putAsync(1);
    await got;
    await queue.putAsync(2);
    await assert.rejects(queue.putAsync(3, { timeout: 1 }));
    queue.taskDone();
    const joined = queue.joinAsync();
    queue.taskDone();
    await joined;
    const number = (name: AsyncAttemptName): number => ASYNC_ATTEMPTS.indexOf(name);
    assert.deepEqual(ops(), [
      `async.wait ${number('queue.get')} ${NO_TIMEOUT}`,
      'queue.putDone 0',
      `async.end ${number('queue.get')} 0`,
      'queue.getDone 0',
      'queue.putDone 1',
      `async.wait ${number('queue.put')} 1`,
      `async.end ${number('queue.put')} 0`,
      'queue.refused 3',
      'queue.taskDone',
      `async.wait ${number('queue.join')} ${NO_TIMEOUT}`,
      'queue.taskDone',
      `async.end ${number('queue.join')} 0`,
      'queue.joined',
    ]);
  });

  it('Thread: join is an attempt until it has ended, then one outcome', () => {
    const thread = new lib.Thread(loadTargets().add, [1, 2]);
    thread.start();
    thread.join();
    thread.join();
    assert.deepEqual(ops(), [`thread.join - ${NO_TIMEOUT}`, 'thread.joined', 'thread.joined']);
    assert.ok(seen.every(({ object }) => object === thread.ident));
  });

  it('sleep, mark and span', () => {
    lib.sleep(1);
    lib.mark('here');
    const step = lib.span('step');
    step.end();
    step.end();
    assert.deepEqual(ops(), ['sleep.begin 1', 'sleep.end', 'mark 1', 'span.begin 2', 'span.end 3']);
  });

  it('an object made unrecorded is defined once, by the first recorded thread that meets it', () => {
    const unrecorded = createRequire(__filename)(join(builtFolder(), 'index.cjs')) as Library;
    const handle = structuredClone({ ...new unrecorded.Lock({ name: 'early' }) });
    const before = defined.length;
    lib.Lock.from(handle).acquire();
    lib.Lock.from(handle).release();
    assert.equal(defined.length, before + 1);
    assert.deepEqual(
      seen.map(({ object }) => object),
      [before + 1, before + 1],
    );
  });
});

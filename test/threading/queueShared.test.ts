/** Items that hold shared memory: primitives, Threads, SharedArrayBuffers. */
import assert from 'node:assert/strict';
import { setTimeout as later } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { join } from 'node:path';
import { builtFolder, loadLibrary, loadTargets, type Library, type Targets } from './library.js';

describe('shared memory in queues', () => {
  let lib: Library;
  let targets: Targets;

  before(() => {
    lib = loadLibrary();
    targets = loadTargets();
  });

  it('comes back as itself, in the thread that put it', () => {
    for (const queue of [new lib.Queue<unknown>(), new lib.LifoQueue<unknown>(), new lib.PriorityQueue<unknown>()]) {
      const words = new Int32Array(new SharedArrayBuffer(16), 4, 2);
      const lock = new lib.Lock({ name: 'cache' });
      queue.put([1, { words, inside: new Map([['lock', lock]]), list: [lock], queue }]);
      const [, { words: same, inside, list, queue: self }] = queue.get() as [
        number,
        {
          words: Int32Array;
          inside: Map<string, InstanceType<Library['Lock']>>;
          list: InstanceType<Library['Lock']>[];
          queue: typeof queue;
        },
      ];
      Atomics.store(same, 0, 7);
      assert.deepEqual([words[0], same.byteOffset, same.length], [7, 4, 2]);
      assert.ok(list[0] instanceof lib.Lock);
      assert.equal(inside.get('lock'), list[0], 'one that comes twice stays one');
      list[0].acquire();
      assert.equal(lock.locked(), true);
      assert.equal(self.constructor, queue.constructor);
      self.put(5);
      assert.equal(queue.get(), 5);
    }
  });

  it('is a copy beside what is shared', () => {
    const queue = new lib.Queue<{ words: Int32Array; list: number[] }>();
    const item = { words: new Int32Array(new SharedArrayBuffer(4)), list: [1] };
    queue.put(item);
    item.list.push(2);
    assert.deepEqual(queue.get().list, [1]);
    const bad = { words: item.words, f: () => 1 };
    assert.throws(() => queue.put(bad as never), /^TypeError: Queue: .*could not be cloned.*; functions, ports/);
    assert.equal(queue.qsize(), 0);
  });

  it('crosses to threads that were there, and to threads that come later', () => {
    const queue = new lib.Queue<unknown>();
    const count = 40;
    const lock = new lib.Lock();
    const words = new Int32Array(new SharedArrayBuffer(4));
    const here = new SharedArrayBuffer(4);
    const put = (): void => queue.put({ lock, words, places: new Map([['here', here]]) });
    for (let i = 0; i < count; i++) put();
    const threads = Array.from({ length: 3 }, () => new lib.Thread(targets.raiseWords, [queue as never]));
    for (const thread of threads) {
      thread.start();
      for (let i = 0; i < count; i++) put();
    }
    assert.equal(queue.join(), true);
    queue.close();
    for (const thread of threads) thread.join();
    assert.equal(words[0], 4 * count);
    assert.equal(new Int32Array(here)[0], 4 * count);
    assert.equal(
      threads.reduce((sum, { result }) => sum + (result as number), 0),
      4 * count,
    );
  });

  it('stays when the thread that put it has ended, for those that come later too', () => {
    const queue = new lib.Queue<Int32Array>();
    const [putters, each] = [3, 30];
    const seen = new Int32Array(new SharedArrayBuffer(4 * putters * each));
    const putting = Array.from(
      { length: putters },
      (_, i) => new lib.Thread(targets.putWords, [queue, i * each, (i + 1) * each]),
    );
    const getting = [0, 60].map((delay) => new lib.Thread(targets.noteWords, [queue, seen, delay]));
    for (const thread of [...putting, getting[0]]) thread?.start();
    for (const thread of putting) thread.join();
    getting[1]?.start();
    queue.close();
    for (const thread of getting) thread.join();
    const rest = new lib.Thread(targets.noteWords, [queue, seen, 0]);
    rest.start();
    rest.join();
    assert.ok(seen.every((times) => times === 1));
  });

  it('reaches a thread that was starting while its starter only waits for it', () => {
    const queue = new lib.Queue<Int32Array>();
    const thread = new lib.Thread(targets.getOne, [queue]);
    thread.start();
    for (const number of [17, 18]) queue.put(new Int32Array(new SharedArrayBuffer(4)).fill(number));
    assert.equal(thread.join(20_000), true);
    assert.equal(thread.result, 17);
    assert.equal(queue.get()[0], 18);
  });

  it('a thread is joined by one that did not start it', () => {
    const queue = new lib.Queue<InstanceType<Library['Thread']>>(3);
    const joiner = new lib.Thread(targets.joinAll, [queue as never]);
    joiner.start();
    for (let i = 0; i < 5; i++) {
      const thread = new lib.Thread(targets.add, [i, 10]);
      thread.start();
      queue.put(thread as never);
    }
    queue.close();
    joiner.join();
    assert.equal(joiner.result, 60);
  });

  it('goes with a queue to a worker that the library did not start', async () => {
    const queue = new lib.Queue<unknown>();
    const event = new lib.Event();
    queue.put({ event });
    const worker = new Worker(
      `const { workerData } = require('node:worker_threads');
       const { Queue } = require(workerData.library);
       Queue.from(workerData.queue).get().event.set();`,
      { eval: true, workerData: { library: join(builtFolder(), 'index.cjs'), queue } },
    );
    const exited = new Promise((resolve) => worker.on('exit', resolve));
    assert.equal(await event.waitAsync(20_000), true);
    await exited;
    assert.equal(queue.empty(), true);
  });

  it('is asked for where the loop turns, by a get that must not block as well', async () => {
    const queue = new lib.Queue<unknown>();
    const ready = new lib.Event();
    const done = new lib.Event();
    // The queue is sent before the item is put, and arrives after that.
    const worker = new Worker(
      `const { parentPort, workerData } = require('node:worker_threads');
       const lib = require(workerData.library);
       parentPort.once('message', async ({ queue, ready, done }) => {
         lib.Event.from(ready).wait();
         const mine = lib.Queue.from(queue);
         const first = mine.getNowait();
         const second = await mine.getAsync();
         Atomics.store(first, 0, second[0]);
         lib.Event.from(done).set();
       });`,
      { eval: true, workerData: { library: join(builtFolder(), 'index.cjs') } },
    );
    const exited = new Promise((resolve) => worker.on('exit', resolve));
    worker.postMessage({ queue, ready, done });
    await later(1);
    const words = new Int32Array(new SharedArrayBuffer(4));
    queue.put(words);
    queue.put(new Int32Array(new SharedArrayBuffer(4)).fill(9));
    ready.set();
    assert.equal(await done.waitAsync(20_000), true);
    assert.equal(words[0], 9);
    await exited;
  });

  it('a put that is refused leaves nothing behind', () => {
    const queue = new lib.Queue<unknown>(1);
    queue.put(1);
    assert.throws(() => queue.putNowait(new SharedArrayBuffer(4)), lib.Full);
    assert.deepEqual(structuredClone({ ...queue }).threadlanes.items, []);
    queue.get();
    queue.put(new SharedArrayBuffer(4));
    assert.equal(structuredClone({ ...queue }).threadlanes.items?.length, 1);
    queue.close({ immediate: true });
    assert.deepEqual(structuredClone({ ...queue }).threadlanes.items, []);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { THREAD_WORD } from '../../src/threading/threadMemory.js';
import { loadLibrary, loadTargets, type Library, type Targets } from './library.js';
import { createRequire } from 'node:module';
import { setTimeout as later } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';

describe('Queue', () => {
  let lib: Library;
  let targets: Targets;

  before(() => {
    lib = loadLibrary();
    targets = loadTargets();
  });

  it('gives back what was put, in order, as structuredClone would', () => {
    const queue = new lib.Queue();
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    const items = [
      1,
      -0,
      NaN,
      'text',
      '',
      '\ud800 lone',
      null,
      undefined,
      true,
      12n,
      new Uint8Array([1, 2]),
      new Float32Array([1.5]),
      new Date(5),
      new Map([[1, new Set(['a'])]]),
      [1, , 3],
      cyclic,
      new RangeError('kept'),
      { a: { b: [{}] } },
    ];
    for (const item of items) queue.put(item);
    assert.equal(queue.qsize(), items.length);
    for (const item of items) assert.deepStrictEqual(queue.get(), structuredClone(item));
    assert.equal(queue.empty(), true);
    queue.put(Buffer.from('ab'));
    assert.deepStrictEqual(queue.get(), new Uint8Array([97, 98]));
  });

  it('is a list with any sequence of puts and gets, of any sizes', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(3000), { freq: 3 }), { maxLength: 120 }), (steps) => {
        const queue = new lib.Queue<string | number>();
        const list: (string | number)[] = [];
        for (const step of steps) {
          if (step === null) {
            if (list.length > 0) assert.equal(queue.get(), list.shift());
            else assert.throws(() => queue.getNowait(), lib.Empty);
          } else {
            const item = step % 3 === 0 ? step : String(step).repeat(step / 4);
            queue.put(item);
            list.push(item);
          }
          assert.equal(queue.qsize(), list.length);
        }
        while (list.length > 0) assert.equal(queue.get(), list.shift());
      }),
      { numRuns: 60 },
    );
  });

  it('refuses what cannot be copied, names the way out, and stays whole', () => {
    const queue = new lib.Queue<unknown>(0, { name: 'jobs' });
    for (const item of [() => 1, { f: () => 1 }, new MessageChannel().port1, Symbol('s')]) {
      assert.throws(() => queue.put(item), /^TypeError: Queue "jobs": .*could not be cloned.*; .*use postMessage$/);
    }
    for (const item of [new SharedArrayBuffer(8), { lock: new lib.Lock() }, new lib.Thread(targets.add, [1, 2])]) {
      assert.throws(() => queue.put(item), /^TypeError: Queue "jobs": .*give them to the thread as arguments/);
    }
    assert.equal(queue.qsize(), 0);
    queue.put(1);
    assert.equal(queue.get(), 1);
  });

  it('full and empty: at once, or after a time', () => {
    const queue = new lib.Queue<number>(2, { name: 'small' });
    assert.equal(queue.maxSize, 2);
    queue.put(1);
    assert.equal(queue.full(), false);
    queue.put(2);
    assert.equal(queue.full(), true);
    const isFull = (error: Error): boolean => error instanceof lib.Full && error.message === 'Queue "small": full';
    assert.throws(() => queue.putNowait(3), isFull);
    assert.throws(() => queue.put(3, { timeout: 2 }), isFull);
    assert.deepEqual([queue.get(), queue.getNowait()], [1, 2]);
    assert.throws(() => queue.getNowait(), { name: 'Empty', message: 'Queue "small": empty' });
    assert.throws(() => queue.get({ timeout: 2 }), lib.Empty);
    assert.throws(() => queue.get({ timeout: -2 }), /Queue "small": timeout must be 0 or more milliseconds, got -2/);
    assert.throws(() => queue.get({ block: false, timeout: 1 }), TypeError);
    for (const size of [-1, 1.5, NaN]) assert.throws(() => new lib.Queue(size), RangeError);
  });

  it('taskDone and join', () => {
    const queue = new lib.Queue<number>(0, { name: 'jobs' });
    assert.equal(queue.join(), true);
    queue.put(1);
    assert.equal(queue.join(1), false);
    queue.get();
    queue.taskDone();
    assert.equal(queue.join(), true);
    assert.throws(() => queue.taskDone(), { message: 'Queue "jobs": taskDone called more often than items were put' });
  });

  it('close refuses puts, lets gets drain, and wakes who waits', () => {
    const queue = new lib.Queue<{ producer: number; i: number; text: string }>();
    const consumer = new lib.Thread(targets.consume, [queue]);
    consumer.start();
    queue.put({ producer: 1, i: 0, text: '' });
    queue.join();
    queue.close();
    consumer.join();
    assert.deepEqual(consumer.result, [[1, 0]]);
    assert.throws(() => queue.put({ producer: 0, i: 0, text: '' }), { name: 'Closed', message: 'Queue: closed' });
  });

  for (const maxSize of [0, 3]) {
    it(`every item arrives once, in order of its producer (maxSize ${maxSize})`, () => {
      const [producers, consumers, each] = [3, 3, 1500];
      const queue = new lib.Queue<{ producer: number; i: number; text: string }>(maxSize);
      const making = Array.from({ length: producers }, (_, p) => new lib.Thread(targets.produce, [queue, p, each]));
      const taking = Array.from({ length: consumers }, () => new lib.Thread(targets.consume, [queue]));
      for (const thread of [...making, ...taking]) thread.start();
      for (const thread of making) thread.join();
      assert.equal(queue.join(), true);
      queue.close();
      const seen = new Set<string>();
      for (const thread of taking) {
        thread.join();
        const last = new Array<number>(producers).fill(-1);
        for (const [producer, i] of thread.result as [number, number][]) {
          assert.ok(i > (last[producer] as number), 'later items of a producer come later');
          last[producer] = i;
          seen.add(`${producer} ${i}`);
        }
      }
      assert.equal(seen.size, producers * each);
      assert.equal(
        taking.reduce((n, thread) => n + (thread.result as unknown[]).length, 0),
        producers * each,
      );
    });
  }

  it('a consumer that is terminated loses at most the item it was taking', async () => {
    const count = 60_000;
    const queue = new lib.Queue<number>(8);
    const seen = new Int32Array(new SharedArrayBuffer(count * 4));
    // The library asks Node for `Worker` at each start: here, to terminate what it started.
    const workers: Worker[] = [];
    const threads = createRequire(__filename)('node:worker_threads') as { Worker: typeof Worker };
    const Original = threads.Worker;
    threads.Worker = class extends Original {
      constructor(...args: ConstructorParameters<typeof Worker>) {
        super(...args);
        workers.push(this);
      }
    };
    const producer = new lib.Thread(targets.putMany, [queue, 0, count]);
    const survivor = new lib.Thread(targets.noteNumbers, [queue, seen]);
    producer.start();
    survivor.start();
    let killed = 0;
    try {
      for (; producer.isAlive() && killed < 100; killed++) {
        const victim = new lib.Thread(targets.noteNumbers, [queue, seen]);
        victim.start();
        await later(60 + Math.random() * 20);
        // As if somebody had joined it: else it is told on stderr.
        new Int32Array(victim.threadlanes.memory)[THREAD_WORD.TOLD] = 1;
        await workers.at(-1)?.terminate();
        if (victim.isAlive()) assert.fail('the end of a terminated thread is known');
        assert.throws(() => victim.join(), /died with exit code \d before its target ended/);
      }
    } finally {
      threads.Worker = Original;
    }
    producer.join();
    queue.close();
    survivor.join();
    assert.ok(seen.every((times) => times <= 1));
    const lost = seen.filter((times) => times === 0).length;
    assert.ok(lost <= killed, `${lost} lost by ${killed}`);
  });
});

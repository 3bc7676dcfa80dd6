/**
 * Many threads at one queue: no item is lost, none comes twice, everybody who waits is woken. `STRESS_ROUNDS` makes it
 * longer, `STRESS_SEED` repeats a run.
 */
import assert from 'node:assert/strict';
import { setTimeout as later } from 'node:timers/promises';
import type { Queue } from '../../src/index.js';
import { loadLibrary, loadTargets, type Library, type Targets } from './library.js';
import { startForTermination } from './terminations.js';

const ROUNDS = Number(process.env['STRESS_ROUNDS'] ?? 1);
const SEED = Number(process.env['STRESS_SEED'] ?? Date.now() % 1e6);

describe(`stress of queues (seed ${SEED})`, function () {
  this.timeout(60_000 * ROUNDS);
  let lib: Library;
  let targets: Targets;
  let random = SEED;
  const below = (n: number): number => {
    random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
    return Math.floor((random / 2 ** 32) * n);
  };

  before(() => {
    lib = loadLibrary();
    targets = loadTargets();
  });

  const kinds: Readonly<Record<string, (maxSize: number) => Queue<number>>> = {
    Queue: (maxSize) => new lib.Queue(maxSize),
    LifoQueue: (maxSize) => new lib.LifoQueue(maxSize),
    PriorityQueue: (maxSize) => new lib.PriorityQueue(maxSize),
  };

  for (const [name, make] of Object.entries(kinds)) {
    it(`${name}: every item arrives once, and everybody ends`, () => {
      for (let round = 0; round < ROUNDS; round++) {
        const [putters, takers] = [1 + below(ROUNDS > 1 ? 8 : 3), 1 + below(ROUNDS > 1 ? 8 : 3)];
        const each = 300 + below(1200);
        const queue = make(below(3) === 0 ? 0 : 1 + below(6));
        const seen = new Int32Array(new SharedArrayBuffer(4 * putters * each));
        const putting = Array.from(
          { length: putters },
          (_, i) => new lib.Thread(targets.putNumbers, [queue, i * each, (i + 1) * each]),
        );
        const taking = Array.from({ length: takers }, () => new lib.Thread(targets.takeNumbers, [queue, seen, true]));
        for (const thread of [...taking, ...putting]) thread.start();
        for (const thread of putting) thread.join();
        assert.equal(queue.join(), true);
        queue.close();
        for (const thread of taking) assert.equal(thread.join(20_000), true);
        assert.ok(seen.every((times) => times === 1));
      }
    });

    it(`${name}: threads that are terminated at any moment lose no more than what was in their hands`, async () => {
      const pairs = 5 * ROUNDS;
      const begun = new lib.Semaphore(0);
      const queue = new lib[name as 'PriorityQueue']<[number, string]>(4);
      const put = new Int32Array(new SharedArrayBuffer(4));
      const got = new Int32Array(new SharedArrayBuffer(4 * 8e6));
      const survivor = new lib.Thread(targets.churn, [queue, put, got, begun, below(1e6)]);
      survivor.start();
      await begun.acquireAsync();
      for (let i = 0; i < pairs; i++) {
        const pair = [0, 1].map(() => {
          const thread = new lib.Thread(targets.churn, [queue, put, got, begun, below(1e6)]);
          return { thread, worker: startForTermination(thread) };
        });
        for (let n = 0; n < pair.length; n++) await begun.acquireAsync();
        await later(below(10));
        for (const { worker } of pair) await worker.terminate();
        assert.ok(pair.every(({ thread }) => !thread.isAlive()));
        // What the victims have put and not got would fill the queue up.
        while (queue.qsize() > 1) Atomics.add(got, queue.get()[0], 1);
      }
      const before = Atomics.load(put, 0);
      // Within a second, when a victim was terminated between its change and the wake-up for it.
      for (let i = 0; i < 200 && Atomics.load(put, 0) === before; i++) await later(50);
      assert.ok(Atomics.load(put, 0) > before, 'the others go on');
      queue.close();
      await survivor.joinAsync();
      let left = 0;
      for (; !queue.empty(); left++) Atomics.add(got, queue.get()[0], 1);
      const numbers = got.subarray(1, 1 + Atomics.load(put, 0));
      assert.ok(
        numbers.every((times) => times <= 1),
        'none comes twice',
      );
      const lost = numbers.filter((times) => times === 0).length;
      // A victim may hold a number that is not put yet and an item that is not noted yet; the last one is refused.
      assert.ok(lost <= 2 * 2 * pairs + 1, `${lost} lost by ${2 * pairs}`);
      assert.ok(left <= 4);
    });
  }

  it('everybody who waits is woken by close, and nobody waits longer than his time', () => {
    const queue = new lib.Queue<number>();
    const seen = new Int32Array(new SharedArrayBuffer(4));
    const waiting = Array.from({ length: 4 }, () => new lib.Thread(targets.takeNumbers, [queue, seen, true]));
    for (const thread of waiting) thread.start();
    assert.throws(() => queue.get({ timeout: 30 }), lib.Empty);
    queue.close();
    for (const thread of waiting) assert.equal(thread.join(20_000), true);
  });
});

/**
 * The lost update again, with `Atomics.load` and `Atomics.store`. Each of them is atomic, the two together are not: what
 * another thread writes between them is overwritten. Two threads add up to 20, and the sum is less.
 *
 * Picture: two lanes with the same rhythm: both meet at `together`, then both sleep, each between its load and its store.
 * So each stores what it has made of a value that is older than the other's store.
 * Verdict: lost-update, with the three lines: who read, who wrote in between, who overwrote it. It needs `--memory`, which
 * records what `Atomics.load` reads.
 */
import { isMainThread } from 'node:worker_threads';
import { Barrier, print, sleep, Thread, threadFunction } from 'threadlanes';

const TIMES = 10;

export const count = threadFunction(import.meta.url, 'count', (counter: Int32Array, together: Barrier) => {
  for (let i = 0; i < TIMES; i++) {
    // Both at once, so that it goes wrong in every run, and not only in one out of a thousand.
    together.wait();
    const before = Atomics.load(counter, 0);
    sleep(2);
    Atomics.store(counter, 0, before + 1);
  }
});

if (isMainThread) {
  const counter = new Int32Array(new SharedArrayBuffer(4));
  const together = new Barrier(2);
  const threads = [1, 2].map((number) => new Thread(count, [counter, together], { name: `counter ${number}` }));
  for (const thread of threads) thread.start();
  for (const thread of threads) thread.join();
  print(`counted to ${Atomics.load(counter, 0)}, it should be ${2 * TIMES}`);
}

/**
 * Threads with names and with delays of their own. The one that was started first ends last: the order of the starts says
 * nothing about the order of the ends. `currentThread().name` tells a function which thread it runs in.
 *
 * Picture: the lanes "slow", "middling" and "quick" sleep three times each, in pieces of different length. Main waits in
 * its first join, which is for "slow", for the longest time, and "quick" has ended by then.
 * Verdict: nothing to report.
 */
import { isMainThread } from 'node:worker_threads';
import { currentThread, print, sleep, Thread, threadFunction } from 'threadlanes';

export const countDown = threadFunction(import.meta.url, 'countDown', (delay: number) => {
  for (let left = 3; left > 0; left--) {
    sleep(delay);
    print(`${currentThread().name}: ${left}`);
  }
});

if (isMainThread) {
  const threads = [
    new Thread(countDown, [40], { name: 'slow' }),
    new Thread(countDown, [20], { name: 'middling' }),
    new Thread(countDown, [5], { name: 'quick' }),
  ];
  for (const thread of threads) thread.start();
  for (const thread of threads) {
    thread.join();
    print(`main: ${thread.name} has ended`);
  }
}

/**
 * Threads with names and with delays of their own. The one that was started first ends last: the order of the starts says
 * nothing about the order of the ends. `currentThread().name` tells a function which thread it runs in.
 *
 * Picture: the lanes "slow", "middling" and "quick" begin at about the same time and sleep in pieces of different length.
 * Main's first join is for "slow" and is the longest; by then the other two have ended.
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

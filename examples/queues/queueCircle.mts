/**
 * Two threads and two queues in a circle: what one puts into `there`, the other takes, adds one and puts into `back`. Both
 * ask `empty()` again and again and sleep in between, as beginners do. Each number lies waiting until somebody happens to
 * look. queues/inAndOut.mts waits in `get` instead.
 *
 * Picture: both lanes are full of little sleeps, also while there is something to take, and have no wait in get at all.
 * Verdict: nothing to report.
 */
import { isMainThread } from 'node:worker_threads';
import { print, Queue, sleep, Thread, threadFunction } from 'threadlanes';

const ROUNDS = 5;

export const pass = threadFunction(import.meta.url, 'pass', (from: Queue<number>, to: Queue<number>) => {
  let last = 0;
  for (let round = 0; round < ROUNDS; round++) {
    while (from.empty()) sleep(10);
    last = from.get();
    to.put(last + 1);
  }
  return last;
});

if (isMainThread) {
  const there = new Queue<number>();
  const back = new Queue<number>();
  const threads = [
    new Thread(pass, [back, there], { name: 'ping' }),
    new Thread(pass, [there, back], { name: 'pong' }),
  ];
  const begin = performance.now();
  for (const thread of threads) thread.start();
  back.put(0);
  for (const thread of threads) thread.join();
  print(`${back.get()} steps in ${Math.round(performance.now() - begin)} ms`);
}

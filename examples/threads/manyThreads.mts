/**
 * Starting several threads in a loop, and joining them in a second loop. In one loop (start, join, start, join, …) they
 * would run one after the other, and nothing would be won.
 *
 * Picture: five lanes that begin one below the other and sleep once each. Main has five joins, of which the first takes the
 * longest: the others are for threads that have ended meanwhile, or soon will.
 * Verdict: nothing to report.
 */
import { isMainThread } from 'node:worker_threads';
import { print, sleep, Thread, threadFunction } from 'threadlanes';

export const work = threadFunction(import.meta.url, 'work', (number: number) => {
  print(`thread ${number} begins`);
  sleep(40);
  print(`thread ${number} ends`);
});

if (isMainThread) {
  const begin = performance.now();
  const threads = [1, 2, 3, 4, 5].map((number) => new Thread(work, [number]));
  for (const thread of threads) thread.start();
  for (const thread of threads) thread.join();
  print(`five times 40 ms of sleep took ${Math.round(performance.now() - begin)} ms, the starts included`);
}

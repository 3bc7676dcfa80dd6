/**
 * A pool of threads, and `map`: the same function for many items, at most three at a time, results in the order of the
 * items. The pool starts and joins its threads by itself.
 *
 * Picture: the lanes "square_0" to "square_2" sleep task after task; main waits for the next result, in order, though a
 * later one may be there already.
 * Verdict: nothing to report.
 */
import { isMainThread } from 'node:worker_threads';
import { print, sleep, ThreadPoolExecutor, threadFunction } from 'threadlanes';

export const square = threadFunction(import.meta.url, 'square', (number: number) => {
  sleep(20);
  return number * number;
});

if (isMainThread) {
  const pool = new ThreadPoolExecutor({ maxWorkers: 3, threadNamePrefix: 'square' });
  for (const result of pool.map(square, [1, 2, 3, 4, 5, 6, 7])) print(result);
  pool.shutdown();
}

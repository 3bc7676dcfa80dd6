/**
 * `submit` gives a Future at once: a promise of a result. `result()` blocks until it is there, `await` waits for it without
 * blocking, and `asCompleted` gives the futures in the order in which they are done.
 *
 * Picture: a lane of the pool sleeps for each order. Main waits for the result of `water` first, and then for the others,
 * in the order in which they are done.
 * Verdict: nothing to report.
 */
import { isMainThread } from 'node:worker_threads';
import { asCompleted, print, sleep, ThreadPoolExecutor, threadFunction } from 'threadlanes';

export const brew = threadFunction(import.meta.url, 'brew', (drink: string, time: number) => {
  sleep(time);
  return `${drink} after ${time} ms`;
});

if (isMainThread) {
  const kitchen = new ThreadPoolExecutor({ maxWorkers: 3, threadNamePrefix: 'cook' });
  const water = kitchen.submit(brew, 'water', 10);
  print(water.result());

  const orders = [kitchen.submit(brew, 'coffee', 100), kitchen.submit(brew, 'tea', 30)];
  for (const order of asCompleted(orders)) print(order.result());

  print(await kitchen.submit(brew, 'soup', 20));
  kitchen.shutdown();
}

/**
 * Last in, first out: a LifoQueue is a stack. What was put first may stay at the bottom for long.
 *
 * Picture: main fills `plates`, then "washer" empties it: the arrows from the puts to the gets cross each other.
 * Verdict: nothing to report.
 */
import { isMainThread } from 'node:worker_threads';
import { LifoQueue, print, Thread, threadFunction } from 'threadlanes';

export const wash = threadFunction(import.meta.url, 'wash', (plates: LifoQueue<string>) => {
  while (!plates.empty()) print(`washed the ${plates.get()} plate`);
});

if (isMainThread) {
  const plates = new LifoQueue<string>();
  for (const which of ['first', 'second', 'third', 'last']) plates.put(which);
  const washer = new Thread(wash, [plates], { name: 'washer' });
  washer.start();
  washer.join();
}

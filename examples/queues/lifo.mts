/**
 * Last in, first out: a LifoQueue is a stack. What was put first may stay at the bottom for long.
 *
 * Picture: main has filled `plates` before it waits in join; "washer" empties it in one go. Neither waits for the other in
 * a put or a get.
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

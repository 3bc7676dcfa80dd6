/**
 * Three ways not to wait for ever in `get`: `block: false` takes what is there now, `timeout` waits a while, and both throw
 * `Empty` when there is nothing. The third is to be told: a `close` makes every get throw `Closed` once the queue is empty.
 *
 * Picture: main asks three times in vain: the first takes no time, the second and the third are waits that end by
 * themselves. The fourth ends where "baker" wakes and puts.
 * Verdict: nothing to report.
 */
import { isMainThread } from 'node:worker_threads';
import { Closed, Empty, print, Queue, sleep, Thread, threadFunction } from 'threadlanes';
import type { QueueWaitOptions } from 'threadlanes';

export const bake = threadFunction(import.meta.url, 'bake', (bread: Queue<string>) => {
  sleep(300);
  bread.put('a loaf');
  bread.close();
});

function ask(bread: Queue<string>, options?: QueueWaitOptions): void {
  const how = options === undefined ? 'waiting' : JSON.stringify(options);
  try {
    print(`${how}: ${bread.get(options)}`);
  } catch (error) {
    if (error instanceof Empty) print(`${how}: nothing yet`);
    else if (error instanceof Closed) print(`${how}: nothing more will come`);
    else throw error;
  }
}

if (isMainThread) {
  const bread = new Queue<string>();
  const baker = new Thread(bake, [bread], { name: 'baker' });
  baker.start();
  ask(bread, { block: false });
  ask(bread, { timeout: 10 });
  ask(bread, { timeout: 20 });
  ask(bread);
  ask(bread);
  baker.join();
}

/**
 * Waiting for a thread, but not for ever: `join(timeout)` returns false when the thread is still alive after so many
 * milliseconds. The thread does not notice: nobody can stop it from outside, and it is joined again later.
 *
 * Picture: "worker" sleeps for long. Main has three short joins that time out, and a fourth that ends with the thread.
 * Verdict: nothing to report. A wait with a timeout can go on by itself.
 */
import { isMainThread } from 'node:worker_threads';
import { print, sleep, Thread, threadFunction } from 'threadlanes';

export const work = threadFunction(import.meta.url, 'work', () => {
  sleep(300);
  return 'the answer';
});

if (isMainThread) {
  const worker = new Thread(work, [], { name: 'worker' });
  worker.start();
  for (let asked = 1; asked <= 3; asked++) {
    const hasEnded = worker.join(20);
    print(hasEnded ? 'it has ended' : `not yet: is it alive? ${worker.isAlive()}`);
  }
  worker.join();
  print(`now it has: ${worker.result}`);
}

/**
 * The counterpart of submitting a method of an object. In Python `submit(database.update, 1)` works, since all threads see
 * the same objects. Here objects are copied to the thread: a method would change a copy. So the function gets what the
 * object is made of: the shared memory, and the lock that guards it.
 *
 * Picture: each task holds `lock` while it sleeps, one task after the other, on whichever lane of the pool has taken it.
 * Main waits for both results.
 * Verdict: nothing to report.
 */
import { isMainThread } from 'node:worker_threads';
import { Lock, print, sleep, ThreadPoolExecutor, threadFunction } from 'threadlanes';

/** Plain data, shared memory and a primitive: all of it crosses to another thread. */
class Database {
  readonly value = new Int32Array(new SharedArrayBuffer(4));
  readonly lock = new Lock();
}

export const update = threadFunction(import.meta.url, 'update', ({ value, lock }: Database, by: number) => {
  lock.with(() => {
    const copy = value[0]! + by;
    sleep(60);
    value[0] = copy;
  });
});

if (isMainThread) {
  const database = new Database();
  const pool = new ThreadPoolExecutor({ maxWorkers: 2, threadNamePrefix: 'update' });
  const futures = [pool.submit(update, { ...database }, 1), pool.submit(update, { ...database }, 10)];
  for (const future of futures) future.result();
  pool.shutdown();
  print(`the value is ${database.value[0]}`);
}

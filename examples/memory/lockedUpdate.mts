/**
 * The lost update mended with a lock: who reads holds the lock until he has written, so nobody can write in between.
 *
 * Picture: short holds of the lock below the two lanes, never at the same time; while one thread holds it, the other is
 * blocked or sleeps. No load and store of one thread stand around a store of the other.
 * Verdict: nothing to report, also with `--memory`.
 */
import { isMainThread } from 'node:worker_threads';
import { Lock, print, sleep, Thread, threadFunction } from 'threadlanes';

const TIMES = 10;

export const count = threadFunction(import.meta.url, 'count', (counter: Int32Array, lock: Lock) => {
  for (let i = 0; i < TIMES; i++) {
    sleep(2);
    lock.with(() => {
      const before = Atomics.load(counter, 0);
      Atomics.store(counter, 0, before + 1);
    });
  }
});

if (isMainThread) {
  const counter = new Int32Array(new SharedArrayBuffer(4));
  const lock = new Lock();
  const threads = [1, 2].map((number) => new Thread(count, [counter, lock], { name: `counter ${number}` }));
  for (const thread of threads) thread.start();
  for (const thread of threads) thread.join();
  print(`counted to ${Atomics.load(counter, 0)}, it should be ${2 * TIMES}`);
}

/**
 * The race of locks/fakeDatabase.mts with a lock around reading, working and writing: the second thread reads when the first
 * has written. What the lock costs is seen too: the two sleep one after the other.
 *
 * Picture: a hold of `lock` below one lane, then below the other, each for a sleep. Who comes while the other sleeps is
 * blocked.
 * Verdict: nothing to report, also with `--memory`.
 */
import { isMainThread } from 'node:worker_threads';
import { currentThread, Lock, print, sleep, Thread, threadFunction } from 'threadlanes';

export const update = threadFunction(import.meta.url, 'update', (value: Int32Array, lock: Lock) => {
  const { name } = currentThread();
  print(`${name}: wants the lock`);
  lock.with(() => {
    print(`${name}: has the lock`);
    const copy = Atomics.load(value, 0) + 1;
    sleep(20);
    Atomics.store(value, 0, copy);
  });
  print(`${name}: has released it`);
});

if (isMainThread) {
  const value = new Int32Array(new SharedArrayBuffer(4));
  const lock = new Lock();
  const threads = [1, 2].map((number) => new Thread(update, [value, lock], { name: `update ${number}` }));
  for (const thread of threads) thread.start();
  for (const thread of threads) thread.join();
  print(`after two updates the value is ${Atomics.load(value, 0)}`);
}

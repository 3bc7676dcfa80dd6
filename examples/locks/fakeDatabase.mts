/**
 * A race in slow motion. An update reads a value, works for a while on its own copy, and writes it back. One after the
 * other they do well. Of two at once both read the same and write the same: one of them is lost.
 * locks/fakeDatabaseLocked.mts takes a lock around the three steps.
 *
 * Picture: "update 1" and "update 2" sleep at the same time, each between its load and its store.
 * Verdict: lost-update, with `--memory`.
 */
import { isMainThread } from 'node:worker_threads';
import { Barrier, currentThread, print, sleep, Thread, threadFunction } from 'threadlanes';

function update(value: Int32Array): void {
  const { name } = currentThread();
  print(`${name}: reads`);
  const copy = Atomics.load(value, 0) + 1;
  sleep(100);
  Atomics.store(value, 0, copy);
  print(`${name}: has written ${copy}`);
}

export const updateTogether = threadFunction(import.meta.url, 'updateTogether', (value: Int32Array, begin: Barrier) => {
  begin.wait();
  update(value);
});

if (isMainThread) {
  const value = new Int32Array(new SharedArrayBuffer(4));
  const begin = new Barrier(2);
  update(value);
  const threads = [1, 2].map((number) => new Thread(updateTogether, [value, begin], { name: `update ${number}` }));
  for (const thread of threads) thread.start();
  for (const thread of threads) thread.join();
  print(`after three updates the value is ${Atomics.load(value, 0)}`);
}

/**
 * The lost update mended without a lock: `Atomics.add` reads, adds and writes in one step that no other thread can get
 * into. It is the shortest way where one word of memory is all there is to guard.
 *
 * Picture: two lanes that run, and never wait for each other.
 * Verdict: nothing to report, also with `--memory`.
 */
import { isMainThread } from 'node:worker_threads';
import { print, Thread, threadFunction } from 'threadlanes';

const TIMES = 100;

export const count = threadFunction(import.meta.url, 'count', (counter: Int32Array) => {
  for (let i = 0; i < TIMES; i++) Atomics.add(counter, 0, 1);
});

if (isMainThread) {
  const counter = new Int32Array(new SharedArrayBuffer(4));
  const threads = [1, 2].map((number) => new Thread(count, [counter], { name: `counter ${number}` }));
  for (const thread of threads) thread.start();
  for (const thread of threads) thread.join();
  print(`counted to ${Atomics.load(counter, 0)}, it should be ${2 * TIMES}`);
}

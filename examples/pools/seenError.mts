/**
 * The error of pools/hiddenError.mts, seen: `result()` throws what the task threw, with the stack of the pool's thread.
 *
 * Picture: the same pool; main waits for the results of its tasks.
 * Verdict: nothing to report. Somebody has looked.
 */
import { isMainThread } from 'node:worker_threads';
import { print, ThreadPoolExecutor, threadFunction } from 'threadlanes';

export const add = threadFunction(import.meta.url, 'add', (sum: Int32Array, text: string) => {
  const number = Number(text);
  if (Number.isNaN(number)) throw new TypeError(`"${text}" is no number`);
  Atomics.add(sum, 0, number);
});

if (isMainThread) {
  const sum = new Int32Array(new SharedArrayBuffer(4));
  const pool = new ThreadPoolExecutor({ maxWorkers: 1, threadNamePrefix: 'adder' });
  const futures = ['1', 'two', '3'].map((text) => pool.submit(add, sum, text));
  for (const future of futures) {
    try {
      future.result();
    } catch (error) {
      print(`left out: ${(error as Error).message}`);
    }
  }
  pool.shutdown();
  print(`one and three are ${sum[0]}`);
}

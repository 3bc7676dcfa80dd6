/**
 * The error that a pool hides. The second task fails. Its error is kept in its future, for whoever asks; nobody asks, so
 * the program ends as if all had gone well, with a wrong sum. pools/seenError.mts asks.
 *
 * Picture: the pool's only lane runs and ends, and main runs on and never waits for a result. The error is nowhere to be
 * seen in the lanes: it stands in the line above them.
 * Verdict: unobserved-error, with the line that submitted the task and the thread that ran it.
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
  for (const text of ['1', 'two', '3']) pool.submit(add, sum, text);
  pool.shutdown();
  print(`one and two and three are ${sum[0]}`);
}

/**
 * The lost update. Two threads change the same number in shared memory, one by `+= 1`, the other by `/= 1.1`. Each of
 * these is three steps: read, compute, write. When the other thread writes between the read and the write, what it wrote
 * is lost. The result differs from run to run, and is never what a thread after the other would have given.
 *
 * Picture: two lanes that run, and nothing between them. Reading and writing an element of an array is no call: nobody but
 * the processor sees it.
 * Verdict: nothing to report, though the program is wrong. The recorder sees calls only, so it cannot see plain accesses.
 * memory/lostUpdate.mts has the same mistake in a form that can be seen.
 */
import { isMainThread } from 'node:worker_threads';
import { print, Thread, threadFunction } from 'threadlanes';

const TIMES = 1_000_000;

export const increase = threadFunction(import.meta.url, 'increase', (numbers: Float64Array, at: number) => {
  for (let i = 0; i < TIMES; i++) numbers[at]! += 1;
});

export const shrink = threadFunction(import.meta.url, 'shrink', (numbers: Float64Array, at: number) => {
  for (let i = 0; i < TIMES; i++) numbers[at]! /= 1.1;
});

if (isMainThread) {
  // A SharedArrayBuffer is the one kind of memory that threads of JavaScript share; all else is copied.
  const numbers = new Float64Array(new SharedArrayBuffer(8));
  const threads = [
    new Thread(increase, [numbers, 0], { name: 'increase' }),
    new Thread(shrink, [numbers, 0], { name: 'shrink' }),
  ];
  for (const thread of threads) thread.start();
  for (const thread of threads) thread.join();
  print(`the number is ${numbers[0]}`);
}

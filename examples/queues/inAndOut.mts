/**
 * One queue in, one queue out, and no polling: `get` sleeps until there is something, and is woken at once. Each worker
 * also measures how long it waits, which is what the picture shows without any measuring.
 *
 * Picture: main sleeps before each number that it puts. A worker that has started in time waits in get for the next one;
 * main takes the squares out of `squares`, and waits for those that are not there yet.
 * Verdict: nothing to report.
 */
import { isMainThread } from 'node:worker_threads';
import { currentThread, print, Queue, sleep, Thread, threadFunction } from 'threadlanes';

const COUNT = 10;

export const square = threadFunction(
  import.meta.url,
  'square',
  (numbers: Queue<number | null>, squares: Queue<number>) => {
    let waited = 0;
    for (;;) {
      const begin = performance.now();
      const number = numbers.get();
      waited += performance.now() - begin;
      if (number === null) break;
      squares.put(number * number);
    }
    print(`${currentThread().name} has waited ${Math.round(waited)} ms`);
  },
);

if (isMainThread) {
  const numbers = new Queue<number | null>();
  const squares = new Queue<number>();
  const threads = [1, 2].map((number) => new Thread(square, [numbers, squares], { name: `worker ${number}` }));
  for (const thread of threads) thread.start();
  for (let number = 1; number <= COUNT; number++) {
    sleep(40);
    numbers.put(number);
  }
  threads.forEach(() => numbers.put(null));
  let sum = 0;
  for (let taken = 0; taken < COUNT; taken++) sum += squares.get();
  for (const thread of threads) thread.join();
  print(`the sum of the squares is ${sum}`);
}

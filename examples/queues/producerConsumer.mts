/**
 * One thread makes numbers, two threads add them up, through a queue in which at most ten may wait. `null` says that there
 * are no more: one for each consumer.
 *
 * Picture: the three lanes wait again and again: where the queue is full the producer in put, where it is empty a consumer
 * in get; nobody for long.
 * Verdict: nothing to report.
 */
import { isMainThread } from 'node:worker_threads';
import { print, Queue, Thread, threadFunction } from 'threadlanes';

const COUNT = 1000;
const CONSUMERS = 2;

export const produce = threadFunction(import.meta.url, 'produce', (numbers: Queue<number | null>) => {
  for (let i = 1; i <= COUNT; i++) numbers.put(i);
  for (let i = 0; i < CONSUMERS; i++) numbers.put(null);
});

export const consume = threadFunction(import.meta.url, 'consume', (numbers: Queue<number | null>) => {
  let sum = 0;
  for (let number = numbers.get(); number !== null; number = numbers.get()) sum += number;
  return sum;
});

if (isMainThread) {
  const numbers = new Queue<number | null>(10);
  const producer = new Thread(produce, [numbers], { name: 'producer' });
  const consumers = Array.from(
    { length: CONSUMERS },
    (_, i) => new Thread(consume, [numbers], { name: `consumer ${i + 1}` }),
  );
  for (const thread of [producer, ...consumers]) thread.start();
  for (const thread of [producer, ...consumers]) thread.join();
  const total = consumers.reduce((sum, consumer) => sum + (consumer.result ?? 0), 0);
  print(`the sum of 1 to ${COUNT} is ${total}`);
}

/**
 * The producer that is left hanging on a full queue. The consumer stops as soon as it is told to; the producer still has
 * much to send. Nobody will ever take anything out again, so it waits in put for ever, and main waits for it. The way out:
 * the consumer drains the queue before it stops and the producer looks at the Event, too, as in queues/pipelineQueue.mts.
 *
 * Picture: "consumer" ends. From there on "producer" waits in put, in red, and main waits behind it in join.
 * Verdict: blocked-forever, with the line of the put and the end of the only consumer.
 */
import { isMainThread } from 'node:worker_threads';
import { Event, print, Queue, sleep, Thread, threadFunction } from 'threadlanes';

export const produce = threadFunction(import.meta.url, 'produce', (pipeline: Queue<number>) => {
  for (let number = 1; number <= 1000; number++) pipeline.put(number);
});

export const consume = threadFunction(import.meta.url, 'consume', (pipeline: Queue<number>, stop: Event) => {
  do {
    print(`got ${pipeline.get()}`);
    sleep(10);
  } while (!stop.isSet());
});

if (isMainThread) {
  const pipeline = new Queue<number>(2);
  const stop = new Event();
  const producer = new Thread(produce, [pipeline], { name: 'producer' });
  const consumer = new Thread(consume, [pipeline, stop], { name: 'consumer' });
  producer.start();
  consumer.start();
  while (!pipeline.full()) sleep(10);
  stop.set();
  consumer.join();
  print('main: the consumer has ended');
  producer.join();
}

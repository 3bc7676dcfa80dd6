/**
 * The same pipeline with a queue, and an Event that ends it. Two things are easy to get wrong. The consumer must not stop
 * as soon as the Event is set: there may be messages left, so it stops when the Event is set _and_ the queue is empty. And
 * it must not wait in `get` without a timeout: after the last message nobody would wake it.
 *
 * Picture: the producer is quicker and waits in put whenever the queue is full, while the consumer sleeps over each
 * message. Main sets the Event and waits in join; the producer ends, and the consumer sleeps some more times, for what was
 * left in the queue, before it ends, too.
 * Verdict: nothing to report.
 */
import { isMainThread } from 'node:worker_threads';
import { Empty, Event, print, Queue, sleep, Thread, threadFunction } from 'threadlanes';

/** A queue that says what it does. */
class Pipeline extends Queue<number> {
  send(message: number): void {
    this.put(message);
    print(`in: ${message}`);
  }

  /** Undefined when there is nothing for 20 ms. */
  receive(): number | undefined {
    try {
      return this.get({ timeout: 20 });
    } catch (error) {
      if (error instanceof Empty) return undefined;
      throw error;
    }
  }
}

export const produce = threadFunction(import.meta.url, 'produce', (queue: Queue<number>, stop: Event) => {
  // What crosses to another thread arrives as a plain Queue.
  const pipeline = Pipeline.from(queue);
  let sent = 0;
  while (!stop.isSet()) pipeline.send(++sent);
  return sent;
});

export const consume = threadFunction(import.meta.url, 'consume', (queue: Queue<number>, stop: Event) => {
  const pipeline = Pipeline.from(queue);
  let received = 0;
  while (!stop.isSet() || !pipeline.empty()) {
    if (pipeline.receive() === undefined) continue;
    received++;
    sleep(10);
  }
  return received;
});

if (isMainThread) {
  const pipeline = new Pipeline(3);
  const stop = new Event();
  const producer = new Thread(produce, [pipeline, stop], { name: 'producer' });
  const consumer = new Thread(consume, [pipeline, stop], { name: 'consumer' });
  producer.start();
  consumer.start();
  while (!pipeline.full()) sleep(10);
  print('main: stop');
  stop.set();
  producer.join();
  consumer.join();
  print(`nothing is lost: ${producer.result === consumer.result}`);
}

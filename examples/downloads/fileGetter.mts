/**
 * A thread for each file, and a queue of threads that is meant to limit them: the producer starts a getter and puts it into
 * `Queue(3)`; the consumer takes one and joins it, though it did not start it. So at most three getters at a time? No: three
 * are in the queue, the consumer has a fourth, and the producer has started a fifth before it waits in put. Five are alive.
 *
 * Picture: five getters are alive one below the other, and each that ends makes room for one more. The producer waits in
 * put, since three are in the queue; the consumer waits in join for threads that the producer has started.
 * Verdict: nothing to report. downloads/getterPool.mts keeps the number of threads at three.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isMainThread } from 'node:worker_threads';
import { print, Queue, Thread, threadClass, threadFunction } from 'threadlanes';

export const FileGetter = threadClass(
  import.meta.url,
  'FileGetter',
  class extends Thread<number> {
    readonly address: string;

    constructor(address: string) {
      super({ name: `getter of ${new URL(address).pathname}` });
      this.address = address;
    }

    override async run(): Promise<number> {
      const response = await fetch(this.address);
      return (await response.text()).length;
    }
  },
);

export const produce = threadFunction(import.meta.url, 'produce', (running: Queue<Thread<number>>, files: string[]) => {
  for (const file of files) {
    const getter = new FileGetter(file);
    getter.start();
    running.put(getter);
  }
});

export const consume = threadFunction(import.meta.url, 'consume', (running: Queue<Thread<number>>, count: number) => {
  let length = 0;
  for (let joined = 0; joined < count; joined++) {
    const getter = running.get();
    getter.join();
    length += getter.result ?? 0;
  }
  return length;
});

if (isMainThread) {
  const server = createServer((request, response) => {
    setTimeout(() => response.end(`this is ${request.url}`), 300);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const files = [1, 2, 3, 4, 5, 6, 7, 8].map((number) => `http://127.0.0.1:${port}/file${number}`);

  const running = new Queue<Thread<number>>(3);
  const producer = new Thread(produce, [running, files], { name: 'producer' });
  const consumer = new Thread(consume, [running, files.length], { name: 'consumer' });
  producer.start();
  consumer.start();
  await producer.joinAsync();
  await consumer.joinAsync();
  print(`all files together have ${consumer.result} characters`);
  server.close();
  server.closeAllConnections();
}

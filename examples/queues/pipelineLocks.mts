/**
 * A pipeline with room for one message, made of two locks that are not used as locks: the producer acquires `mayWrite` and
 * releases `mayRead`, the consumer acquires `mayRead` and releases `mayWrite`. Each lock is acquired by one thread and
 * released by the other: a signal. It works, and is hard to read; queues/pipelineQueue.mts does it with a queue.
 *
 * Picture: the two lanes take turns: while one goes on, the other is blocked. The rows of the locks below them show that
 * each hold begins in one lane and ends when the other releases it.
 * Verdict: nothing to report. A lock that others release is a signal, and waiting for it is what it is for.
 */
import { isMainThread } from 'node:worker_threads';
import { Lock, print, Thread, threadFunction } from 'threadlanes';

const COUNT = 10;
const END = -1;

export const produce = threadFunction(
  import.meta.url,
  'produce',
  (message: Int32Array, mayWrite: Lock, mayRead: Lock) => {
    for (let number = 1; number <= COUNT + 1; number++) {
      mayWrite.acquire();
      message[0] = number <= COUNT ? number : END;
      mayRead.release();
    }
  },
);

export const consume = threadFunction(
  import.meta.url,
  'consume',
  (message: Int32Array, mayWrite: Lock, mayRead: Lock) => {
    for (;;) {
      mayRead.acquire();
      const number = message[0]!;
      mayWrite.release();
      if (number === END) return;
      print(`got ${number}`);
    }
  },
);

if (isMainThread) {
  const message = new Int32Array(new SharedArrayBuffer(4));
  const mayWrite = new Lock();
  const mayRead = new Lock();
  mayRead.acquire(); // there is no message yet
  const threads = [
    new Thread(produce, [message, mayWrite, mayRead], { name: 'producer' }),
    new Thread(consume, [message, mayWrite, mayRead], { name: 'consumer' }),
  ];
  for (const thread of threads) thread.start();
  for (const thread of threads) thread.join();
}

/**
 * A Condition: waiting until something is so, and not until somebody says so. The kitchen cooks orders in any sequence and
 * says "look again"; each guest looks, under the lock, whether it is his order that is ready, and waits on when it is not.
 * `waitFor` does the looking; it gives the lock up while it waits.
 *
 * Picture: guests who come early wait at `counter`, in pieces: each notify of "kitchen", after a sleep, ends a piece of all
 * of them. Whose order is ready goes on, the others wait again.
 * Verdict: nothing to report.
 */
import { isMainThread } from 'node:worker_threads';
import { Condition, currentThread, print, sleep, Thread, threadFunction } from 'threadlanes';

export const cook = threadFunction(import.meta.url, 'cook', (isReady: Int32Array, counter: Condition) => {
  for (const order of [2, 0, 1]) {
    sleep(100);
    counter.with(() => {
      isReady[order] = 1;
      counter.notifyAll();
    });
  }
});

export const eat = threadFunction(import.meta.url, 'eat', (isReady: Int32Array, counter: Condition, order: number) => {
  counter.with(() => {
    counter.waitFor(() => isReady[order] === 1);
    print(`${currentThread().name} eats`);
  });
});

if (isMainThread) {
  const isReady = new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT));
  const counter = new Condition();
  const guests = [0, 1, 2].map((order) => new Thread(eat, [isReady, counter, order], { name: `guest ${order}` }));
  const kitchen = new Thread(cook, [isReady, counter], { name: 'kitchen' });
  for (const thread of [...guests, kitchen]) thread.start();
  for (const thread of [...guests, kitchen]) thread.join();
}

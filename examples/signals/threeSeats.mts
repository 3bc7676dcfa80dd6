/**
 * A Semaphore: not one at a time, as with a lock, but three. Six guests want one of three seats; whoever gets up makes room
 * for the next. The BoundedSemaphore also says when somebody gets up who never sat down.
 *
 * Picture: guests sleep on their seats, never more than three at a time. Who finds none free waits for `seats`, and goes on
 * where another has slept.
 * Verdict: nothing to report.
 */
import { isMainThread } from 'node:worker_threads';
import { BoundedSemaphore, currentThread, print, sleep, Thread, threadFunction } from 'threadlanes';

export const sit = threadFunction(import.meta.url, 'sit', (seats: BoundedSemaphore) => {
  seats.with(() => {
    print(`${currentThread().name} sits`);
    sleep(150);
  });
});

if (isMainThread) {
  const seats = new BoundedSemaphore(3);
  const guests = [1, 2, 3, 4, 5, 6].map((number) => new Thread(sit, [seats], { name: `guest ${number}` }));
  for (const guest of guests) guest.start();
  for (const guest of guests) guest.join();
  try {
    seats.release();
  } catch (error) {
    print((error as Error).message);
  }
}

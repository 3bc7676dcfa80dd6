/**
 * A lock for many readers or one writer. Readers do not disturb each other, so they read together; a writer needs to be
 * alone. A writer who waits is next: readers who come later wait behind it, however many there are.
 *
 * Picture: "reader 1" and "reader 2" hold `book` at the same time. "writer" is blocked until both have let go, and holds it
 * alone; "reader 3", who came last, is blocked until the writer has let go.
 * Verdict: nothing to report.
 */
import { isMainThread } from 'node:worker_threads';
import { Barrier, currentThread, print, RWLock, sleep, Thread, threadFunction } from 'threadlanes';

export const read = threadFunction(import.meta.url, 'read', (book: RWLock, begin: Barrier, delay: number) => {
  begin.wait();
  sleep(delay);
  book.withRead(() => {
    print(`${currentThread().name} reads`);
    sleep(12);
  });
});

export const write = threadFunction(import.meta.url, 'write', (book: RWLock, begin: Barrier, delay: number) => {
  begin.wait();
  sleep(delay);
  book.withWrite(() => print(`${currentThread().name} writes`));
});

if (isMainThread) {
  const book = new RWLock();
  const begin = new Barrier(4);
  const threads = [
    new Thread(read, [book, begin, 0], { name: 'reader 1' }),
    new Thread(read, [book, begin, 0], { name: 'reader 2' }),
    new Thread(write, [book, begin, 4], { name: 'writer' }),
    new Thread(read, [book, begin, 8], { name: 'reader 3' }),
  ];
  for (const thread of threads) thread.start();
  for (const thread of threads) thread.join();
}

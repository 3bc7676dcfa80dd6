/**
 * Waiting until there is data. The reader must not read before the writer has written; asking again and again whether it
 * has would keep a processor busy. An Event lets it sleep until it is told.
 *
 * Picture: "reader" waits for `isThere` while "writer" sleeps over its work; the wait ends where the writer wakes and sets
 * the event.
 * Verdict: nothing to report.
 */
import { isMainThread } from 'node:worker_threads';
import { Event, print, sleep, Thread, threadFunction } from 'threadlanes';

export const write = threadFunction(import.meta.url, 'write', (data: Int32Array, isThere: Event) => {
  sleep(50);
  data.set([3, 1, 4, 1, 5]);
  print('writer: the data is there');
  isThere.set();
});

export const read = threadFunction(import.meta.url, 'read', (data: Int32Array, isThere: Event) => {
  print('reader: waiting');
  isThere.wait();
  print(`reader: ${data.join(' ')}`);
});

if (isMainThread) {
  const data = new Int32Array(new SharedArrayBuffer(5 * Int32Array.BYTES_PER_ELEMENT));
  const isThere = new Event();
  const threads = [
    new Thread(read, [data, isThere], { name: 'reader' }),
    new Thread(write, [data, isThere], { name: 'writer' }),
  ];
  for (const thread of threads) thread.start();
  for (const thread of threads) thread.join();
}

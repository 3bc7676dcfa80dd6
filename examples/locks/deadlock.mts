/**
 * Two threads that take two locks in opposite orders, and never finish: "writer" takes the cache, then the index, and
 * "reader" the index, then the cache. Each waits until the other has its first lock, so that it hangs every time and not
 * only once in a thousand runs. The way out: both take the locks in the same order.
 *
 * Picture: each thread holds one lock and is blocked at the other's, in red, to the end. A loop between the two lanes
 * closes the circle; main waits behind them in join.
 * Verdict: deadlock, with the four lines that take the locks, and which order to change.
 */
import { isMainThread } from 'node:worker_threads';
import { Event, Lock, print, Thread, threadFunction } from 'threadlanes';

export const writePage = threadFunction(
  import.meta.url,
  'writePage',
  (cache: Lock, index: Lock, hasCache: Event, hasIndex: Event) => {
    cache.acquire();
    print('writer has the cache, and wants the index');
    hasCache.set();
    hasIndex.wait();
    index.acquire(); // reader has it
    print('never printed');
    index.release();
    cache.release();
  },
);

export const findPage = threadFunction(
  import.meta.url,
  'findPage',
  (cache: Lock, index: Lock, hasCache: Event, hasIndex: Event) => {
    index.acquire();
    print('reader has the index, and wants the cache');
    hasIndex.set();
    hasCache.wait();
    cache.acquire(); // writer has it
    print('never printed');
    cache.release();
    index.release();
  },
);

if (isMainThread) {
  const cache = new Lock();
  const index = new Lock();
  const hasCache = new Event();
  const hasIndex = new Event();

  const writer = new Thread(writePage, [cache, index, hasCache, hasIndex], { name: 'writer' });
  const reader = new Thread(findPage, [cache, index, hasCache, hasIndex], { name: 'reader' });
  writer.start();
  reader.start();
  writer.join();
  reader.join();
}

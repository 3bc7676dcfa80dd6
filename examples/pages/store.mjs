import { sleep, threadFunction } from 'threadlanes';
import { work } from './work.mjs';

/** Writes pages back: the cache first, then where they are. */
export const flush = threadFunction(import.meta.url, 'flush', (cache, index) => {
  for (let page = 0; ; page++) {
    work(6);
    cache.acquire();
    work(5);
    index.acquire();
    work(2);
    index.release();
    cache.release();
    sleep(4 + (page % 3));
  }
});

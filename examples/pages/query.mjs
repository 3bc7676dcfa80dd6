import { sleep, threadFunction } from 'threadlanes';
import { work } from './work.mjs';

/** Finds pages: where they are first, then the cache. */
export const lookUp = threadFunction(import.meta.url, 'lookUp', (cache, index, tasks) => {
  for (let page = 0; ; page++) {
    sleep(7);
    index.acquire();
    work(2);
    // Most pages are not in the cache: only now and then both locks are wanted.
    if (page % 4 === 3) {
      cache.acquire();
      work(3);
      cache.release();
    }
    index.release();
    tasks.put(page);
  }
});

import { threadFunction } from 'threadlanes';
import { work } from './work.mjs';

/** Renders the pages that were found. */
export const render = threadFunction(import.meta.url, 'render', (cache, tasks) => {
  for (;;) {
    tasks.get();
    work(9);
    cache.with(() => work(1));
  }
});

/**
 * A page store with a writer, a reader and two renderers, over two locks. It works for a while: the writer takes `cache`
 * before `index`, the reader the other way round, and one day both hold their first lock at the same moment.
 */
import { Lock, Queue, Thread } from 'threadlanes';
import { render } from './render.mjs';
import { lookUp } from './query.mjs';
import { flush } from './store.mjs';

const cache = new Lock();
const index = new Lock();
const tasks = new Queue(8);

const threads = [
  new Thread(flush, [cache, index], { name: 'writer' }),
  new Thread(lookUp, [cache, index, tasks], { name: 'reader' }),
  new Thread(render, [cache, tasks], { name: 'render-1' }),
  new Thread(render, [cache, tasks], { name: 'render-2' }),
];
for (const thread of threads) thread.start();
for (const thread of threads) thread.join();

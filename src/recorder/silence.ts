/** Node publishes each new worker while its constructor runs: the collector is nobody's news. */
import type * as diagnosticsChannel from 'node:diagnostics_channel';
import { load } from './raw.js';

/** Runs `construct` while the channel `worker_threads` publishes nothing. */
export function withoutPublishing<T>(construct: () => T): T {
  const { channel } = load('node:diagnostics_channel') as typeof diagnosticsChannel;
  const news = channel('worker_threads');
  const own = Object.getOwnPropertyDescriptor(news, 'publish');
  Object.defineProperty(news, 'publish', { value: () => {}, configurable: true });
  try {
    return construct();
  } finally {
    if (own) Object.defineProperty(news, 'publish', own);
    else delete (news as { publish?: unknown }).publish;
  }
}

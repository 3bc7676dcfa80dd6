/** Threadlanes' public API: what Python's `threading` and `queue` give, on worker threads and shared memory. */
import './threading/threadEntry.js';

export { Event } from './threading/event.js';
export type { Handle, PrimitiveOptions } from './threading/handle.js';
export type { Held } from './threading/held.js';
export { Lock } from './threading/lock.js';
export type { AcquireOptions } from './threading/lockOptions.js';
export { print } from './threading/print.js';
export { Queue } from './threading/queue.js';
export type { QueueWaitOptions } from './threading/queue.js';
export { Closed, Empty, Full } from './threading/queueErrors.js';
export { RLock } from './threading/rlock.js';
export { sleep } from './threading/sleep.js';
export { mark, span } from './threading/span.js';
export type { Span } from './threading/span.js';
export { getIdent, Thread } from './threading/thread.js';
export type { ThreadOptions } from './threading/threadArguments.js';
export { threadClass, threadFunction } from './threading/threadTarget.js';
export { activeCount, currentThread, enumerate, mainThread } from './threading/threads.js';

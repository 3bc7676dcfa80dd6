/** Threadlanes' public API: what Python's `threading` and `queue` give, on worker threads and shared memory. */
import './threading/threads/threadEntry.js';

export { Barrier, BrokenBarrierError } from './threading/signals/barrier.js';
export type { BarrierOptions } from './threading/signals/barrier.js';
export { Condition } from './threading/signals/condition.js';
export type { ConditionOptions } from './threading/signals/condition.js';
export { Event } from './threading/signals/event.js';
export { ThreadPoolExecutor } from './threading/pools/executor.js';
export type { ExecutorOptions, MapOptions, ShutdownOptions } from './threading/pools/executor.js';
export { Future } from './threading/pools/future.js';
export { BrokenThreadPool, CancelledError, TimeoutError, WorkerDied } from './threading/pools/futureErrors.js';
export { asCompleted, wait, waitAsync } from './threading/pools/futures.js';
export type { ReturnWhen, WaitOptions, WaitResult } from './threading/pools/futures.js';
export type { Handle, HandleData, HandleKind, PrimitiveOptions } from './threading/crossing/handle.js';
export type { Held } from './threading/locks/held.js';
export { Local } from './threading/threads/local.js';
export { Lock } from './threading/locks/lock.js';
export type { LockOptions } from './threading/locks/lock.js';
export type { AcquireOptions } from './threading/locks/lockOptions.js';
export { print } from './threading/print.js';
export { LifoQueue } from './threading/queues/lifoQueue.js';
export { PriorityQueue } from './threading/queues/priorityQueue.js';
export { Queue } from './threading/queues/queue.js';
export type {
  CloseOptions,
  Priority,
  PriorityQueueOptions,
  PutOptions,
  QueueWaitOptions,
} from './threading/queues/queueOptions.js';
export { Closed, Empty, Full } from './threading/queues/queueErrors.js';
export { RLock } from './threading/locks/rlock.js';
export { RWLock } from './threading/locks/rwLock.js';
export { BoundedSemaphore, Semaphore } from './threading/signals/semaphore.js';
export { sleep, sleepAsync } from './threading/sleep.js';
export { mark, span } from './threading/span.js';
export type { Span } from './threading/span.js';
export { getIdent } from './threading/threads/thread.js';
export type { ThreadOptions } from './threading/threads/threadArguments.js';
export { Thread } from './threading/threads/typedThread.js';
export type { ThreadConstructor, ThreadRest, ThreadResult } from './threading/threads/typedThread.js';
export { threadClass } from './threading/threads/threadClass.js';
export { threadFunction } from './threading/threads/threadTarget.js';
export type { MadeByThreadFunction, ThreadFunction } from './threading/threads/threadTarget.js';
export type { TaskResults } from './threading/pools/taskResults.js';
export { activeCount, currentThread, enumerate, mainThread } from './threading/threads/threads.js';

/** Shows thread ids as if the collector were not there. */
/* eslint-disable @typescript-eslint/unbound-method -- functions are replaced here, and called with the program's own `this` */
import { apply, realThreadId, threads, workerPrototype } from '../raw.js';
import { visibleId } from '../threadIds.js';
import { disguise } from './replacement.js';
import type { Worker } from 'node:worker_threads';

type WorkerGetter = (this: Worker) => number;

const descriptor = Object.getOwnPropertyDescriptor(workerPrototype, 'threadId') as PropertyDescriptor;
const readRealId = descriptor.get as WorkerGetter;

export const realIdOf = (worker: Worker): number => apply(readRealId, worker, []);

/**
 * Node's own constructor asks each new worker for its id once it has one and before the thread starts.
 * @param asked is told of every worker whose id somebody reads
 */
export function patchThreadIds(asked: (worker: Worker, realId: number) => void): void {
  const getter = Object.getOwnPropertyDescriptor(
    {
      get threadId(): number {
        const worker = this as unknown as Worker;
        const realId = realIdOf(worker);
        asked(worker, realId);
        return visibleId(realId);
      },
    },
    'threadId',
  )?.get;
  Object.defineProperty(workerPrototype, 'threadId', {
    ...descriptor,
    get: disguise(getter as WorkerGetter, readRealId),
  });
}

/** The calling thread's own id, for `require('worker_threads').threadId`. */
export function hideOwnId(): void {
  threads.threadId = visibleId(realThreadId);
}

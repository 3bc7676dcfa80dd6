/** Workers of the library's threads, to terminate them at any moment: as a crash would. */
import { createRequire } from 'node:module';
import type { Worker } from 'node:worker_threads';
import type { Thread } from '../../src/index.js';
import { THREAD_WORD } from '../../src/threading/threads/threadMemory.js';

const threads = createRequire(__filename)('node:worker_threads') as { Worker: typeof Worker };

/** Starts a thread and gives its worker. The library asks Node for `Worker` at each start. */
export function startForTermination(thread: Thread): Worker {
  const Original = threads.Worker;
  let made: Worker | undefined;
  threads.Worker = class extends Original {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      super(...args);
      made = this as Worker;
    }
  };
  try {
    thread.start();
  } finally {
    threads.Worker = Original;
  }
  // As if somebody had joined it: else its death is told on stderr.
  new Int32Array(thread.threadlanes.memory)[THREAD_WORD.TOLD] = 1;
  return made as Worker;
}

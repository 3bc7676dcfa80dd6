/** What goes wrong with a Future, other than its task's own error. */

/** A Future that was cancelled has no result. Python: `concurrent.futures.CancelledError`. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
}

/** The time ran out before the result was there. Python: `TimeoutError`. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/** The executor cannot run tasks any more: its `initializer` failed, which is the `cause`. Python: `BrokenThreadPool`. */
export class BrokenThreadPool extends Error {
  override readonly name = 'BrokenThreadPool';
}

/**
 * The thread that ran the task is gone: `process.exit`, an error that nothing caught, out of memory. The executor goes on
 * with another thread. Python has it for processes only, where it breaks the pool (`BrokenProcessPool`).
 */
export class WorkerDied extends Error {
  override readonly name = 'WorkerDied';
}

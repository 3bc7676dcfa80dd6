import { TimeoutError, CancelledError } from './futureErrors.js';
import { blockUntil } from './completions.js';
import { startTimer } from '../waiting/longTimer.js';
import { printError } from '../print.js';
import { placed, stackOf } from '../threads/threadError.js';
import { stayHere } from '../crossing/stayHere.js';
import { loseTask, type TaskState } from './taskState.js';
import { checkTimeout, recordedTimeout } from '../waiting/timeout.js';

/** Beside the object: what waits for a task must not keep its Future alive. */
const states = new WeakMap<object, TaskState>();
const futures = new FinalizationRegistry<TaskState>(loseTask);

/** The task of a Future; throws a TypeError for anything else. */
export function stateOf(future: unknown, who: string): TaskState {
  const state = typeof future === 'object' && future !== null ? states.get(future) : undefined;
  if (state === undefined) throw new TypeError(`${who}: expected a Future of this thread, got ${typeof future}`);
  return state;
}

/** Cancels it if nobody has begun it, and looks at it no more: so ends a `map` that is not read to its end. */
export function letGo(future: Future<unknown>): void {
  future.cancel();
  stateOf(future, 'Future').letGo();
}

export function newFuture<R>(state: TaskState): Future<R> {
  return new Future<R>(state);
}

/**
 * What will become of a task that was submitted to a {@link ThreadPoolExecutor}. It belongs to the thread that submitted.
 * It can be awaited, as a promise can. An error that nobody looks at (by `result`, `exception`, `await` or a callback) is
 * told on standard error when nobody can any more. Python: `concurrent.futures.Future`.
 *
 * @example
 * const future = pool.submit(add, 1, 2);
 * future.result();   // blocks
 * await future;      // does not
 */
export class Future<R> implements PromiseLike<R> {
  /** @internal */
  constructor(state: TaskState) {
    states.set(this, state);
    futures.register(this, state);
    stayHere(this, 'future', () => `Future { ${state.label}: ${state.status} }`);
  }

  /**
   * Blocks until the task is over, at most `timeout` milliseconds, and gives what it returned; what it threw is thrown,
   * with the stack of its thread. Throws a {@link TimeoutError} when the time ran out, a {@link CancelledError} when it
   * was cancelled. The event loop stands still meanwhile. Python: `Future.result`.
   */
  result(timeout?: number): R {
    return outcomeOf(awaited(this, timeout)) as R;
  }

  /** {@link result} without blocking. A promise that only {@link TimeoutError} ends early leaves the task running. */
  async resultAsync(timeout?: number): Promise<R> {
    return outcomeOf(await settled(this, timeout)) as R;
  }

  /**
   * Blocks as {@link result} does; gives what the task threw, `undefined` when it threw nothing. Throws a
   * {@link CancelledError} when it was cancelled. Python: `Future.exception`.
   */
  exception(timeout?: number): unknown {
    return exceptionOf(awaited(this, timeout));
  }

  /** {@link exception} without blocking. */
  async exceptionAsync(timeout?: number): Promise<unknown> {
    return exceptionOf(await settled(this, timeout));
  }

  /** The task is over: it returned, threw or was cancelled. Python: `Future.done`. */
  done(): boolean {
    return look(this).isOver;
  }

  /** A thread has begun it, and it is not over. Python: `Future.running`. */
  running(): boolean {
    const state = look(this);
    return !state.isOver && state.runner.isRunning(state);
  }

  /** Python: `Future.cancelled`. */
  cancelled(): boolean {
    return look(this).status === 'cancelled';
  }

  /** Keeps it from being run. False when it was begun already, or is over. Python: `Future.cancel`. */
  cancel(): boolean {
    const state = look(this);
    return state.status === 'cancelled' || (!state.isOver && state.runner.cancel(state));
  }

  /**
   * Calls `callback` with this Future when the task is over, from the event loop of the thread that submitted it; soon when
   * it is over already. What it throws is told on standard error. Python: `Future.add_done_callback`.
   */
  addDoneCallback(callback: (future: this) => void): void {
    if (typeof callback !== 'function') throw new TypeError('Future: addDoneCallback expects a function');
    stateOf(this, 'Future').onceOver(() => {
      try {
        callback(this);
      } catch (error) {
        printError(`${nameOf(stateOf(this, 'Future'))}: a done callback failed: ${stackOf(error)}`);
      }
    });
  }

  /** What `await` uses. */
  then<T = R, E = never>(
    onResult?: ((value: R) => T | PromiseLike<T>) | null,
    onError?: ((error: unknown) => E | PromiseLike<E>) | null,
  ): Promise<T | E> {
    return this.resultAsync().then(onResult, onError);
  }
}

const nameOf = ({ owner, label }: TaskState): string => `${owner}: Future of ${label}`;

/** What is known by now. */
function look(future: Future<unknown>): TaskState {
  const state = stateOf(future, 'Future');
  if (!state.isOver) state.runner.collect();
  return state;
}

function awaited(future: Future<unknown>, timeout: number | undefined): TaskState {
  const state = stateOf(future, 'Future');
  const limit = checkTimeout(timeout, nameOf(state));
  if (!state.isOver) {
    state.runner.collect();
    if (!state.isOver) {
      state.recordWait(recordedTimeout(limit));
      const isOver = blockUntil(() => state.isOver, limit);
      if (!isOver) {
        state.recordOutcome(false);
        throw timedOut(state, limit);
      }
    }
  }
  state.recordOutcome(true);
  return state;
}

function settled(future: Future<unknown>, timeout: number | undefined): Promise<TaskState> {
  const state = stateOf(future, 'Future');
  const limit = checkTimeout(timeout, nameOf(state));
  return new Promise((resolve, reject) => {
    const stop = startTimer(limit, () => {
      state.removeListener(over);
      reject(timedOut(state, limit));
    });
    // It keeps the Future: as long as somebody awaits it, its error is not lost.
    const over = (): void => {
      stop();
      state.recordOutcome(true);
      resolve(stateOf(future, 'Future'));
    };
    state.onceOver(over);
  });
}

const timedOut = (state: TaskState, limit: number): TimeoutError =>
  new TimeoutError(`${nameOf(state)}: not done after ${limit} ms`);

function checkCancelled(state: TaskState): void {
  if (state.status === 'cancelled') throw new CancelledError(`${nameOf(state)}: cancelled`);
}

function outcomeOf(state: TaskState): unknown {
  checkCancelled(state);
  if (state.status === 'done') return state.value;
  state.markSeen();
  throw placed(state.error, outcomeOf);
}

function exceptionOf(state: TaskState): unknown {
  checkCancelled(state);
  state.markSeen();
  return state.error;
}

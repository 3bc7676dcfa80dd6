/** Waiting for several Futures at once. Python: `concurrent.futures.wait`, `as_completed`. */
import { blockUntil } from './completions.js';
import { stateOf, type Future } from './future.js';
import { TimeoutError } from './futureErrors.js';
import { checkIterable, checkOptions } from '../crossing/handle.js';
import { startTimer } from '../waiting/longTimer.js';
import type { TaskState } from './taskState.js';
import { checkTimeout, deadlineOf, recordedTimeout, remaining } from '../waiting/timeout.js';

/** Python: `FIRST_COMPLETED`, `FIRST_EXCEPTION`, `ALL_COMPLETED`. */
export type ReturnWhen = 'firstCompleted' | 'firstException' | 'allCompleted';

export interface WaitOptions {
  /** Milliseconds; none: as long as it takes. */
  readonly timeout?: number;
  /**
   * `firstCompleted`: one is over. `firstException`: one has thrown, or all are over. `allCompleted`, the default: all are
   * over.
   */
  readonly returnWhen?: ReturnWhen;
}

/** What {@link wait} found. */
export interface WaitResult<R> {
  readonly done: ReadonlySet<Future<R>>;
  readonly notDone: ReadonlySet<Future<R>>;
}

type Rule = (states: readonly TaskState[]) => boolean;

const allOver: Rule = (states) => states.every(({ isOver }) => isOver);

const RULES: Readonly<Record<ReturnWhen, Rule>> = {
  firstCompleted: (states) => states.length === 0 || states.some(({ isOver }) => isOver),
  firstException: (states) => states.some(({ status }) => status === 'failed') || allOver(states),
  allCompleted: allOver,
};

interface Wanted<R> {
  readonly futures: readonly Future<R>[];
  readonly states: readonly TaskState[];
  readonly isEnough: () => boolean;
  readonly timeout: number;
}

const WAIT_OPTIONS: readonly string[] = ['timeout', 'returnWhen'];
const TIMEOUT_ONLY: readonly string[] = ['timeout'];

function read<R>(given: Iterable<Future<R>>, options: WaitOptions, who: string, known = WAIT_OPTIONS): Wanted<R> {
  checkOptions(options, who, known);
  const { timeout, returnWhen = 'allCompleted' } = options;
  if (!Object.hasOwn(RULES, returnWhen)) {
    throw new TypeError(
      `${who}: returnWhen must be one of ${Object.keys(RULES).join(', ')}, got ${String(returnWhen)}`,
    );
  }
  checkIterable(given, `${who} takes an iterable of Futures: ${who}([future])`);
  const futures = [...new Set(given)];
  const states = futures.map((future) => stateOf(future, who));
  return { futures, states, isEnough: () => RULES[returnWhen](states), timeout: checkTimeout(timeout, who) };
}

function sorted<R>({ futures }: Wanted<R>): WaitResult<R> {
  const done = new Set(futures.filter((future) => future.done()));
  return { done, notDone: new Set(futures.filter((future) => !done.has(future))) };
}

/** One that is not over stands for all. */
function blockFor(states: readonly TaskState[], isEnough: () => boolean, timeout: number): boolean {
  if (blockUntil(isEnough, 0)) return true;
  const waiting = states.find(({ isOver }) => !isOver);
  waiting?.recordWait(recordedTimeout(timeout));
  const isDone = blockUntil(isEnough, timeout);
  waiting?.recordOutcome(isDone);
  return isDone;
}

/**
 * Blocks until the Futures are over, as `returnWhen` says, at most `timeout` milliseconds. It never throws because of the
 * time: what is not over is in `notDone`. Python: `concurrent.futures.wait`.
 */
export function wait<R>(futures: Iterable<Future<R>>, options: WaitOptions = {}): WaitResult<R> {
  const wanted = read(futures, options, 'wait');
  blockFor(wanted.states, wanted.isEnough, wanted.timeout);
  return sorted(wanted);
}

/** {@link wait} without blocking the thread. */
export async function waitAsync<R>(futures: Iterable<Future<R>>, options: WaitOptions = {}): Promise<WaitResult<R>> {
  const wanted = read(futures, options, 'waitAsync');
  await untilEnough(wanted.states, wanted.isEnough, wanted.timeout);
  return sorted(wanted);
}

function untilEnough(states: readonly TaskState[], isEnough: () => boolean, timeout: number): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (isDone: boolean): void => {
      stop();
      for (const state of states) state.removeListener(look);
      resolve(isDone);
    };
    const look = (): void => {
      if (isEnough()) end(true);
    };
    for (const { runner } of states) runner.collect();
    if (isEnough()) {
      resolve(true);
      return;
    }
    for (const state of states) if (!state.isOver) state.onceOver(look);
    const stop = startTimer(timeout, () => end(false));
  });
}

/**
 * The Futures as they are done, each once: `for (const future of asCompleted(futures))` blocks for the next one,
 * `for await` does not. Throws a {@link TimeoutError} when not all are over `timeout` milliseconds after the call.
 * Python: `concurrent.futures.as_completed`.
 */
export function asCompleted<R>(
  futures: Iterable<Future<R>>,
  options: Pick<WaitOptions, 'timeout'> = {},
): Iterable<Future<R>> & AsyncIterable<Future<R>> {
  const { futures: all, timeout } = read(futures, options, 'asCompleted', TIMEOUT_ONLY);
  const deadline = deadlineOf(timeout);
  let left = all.map((future) => ({ future, state: stateOf(future, 'asCompleted') }));
  let ready: typeof left = [];
  const take = (): Future<R> | undefined => {
    if (ready.length === 0) {
      ready = left.filter(({ state }) => state.isOver).sort((a, b) => a.state.place - b.state.place);
      left = left.filter(({ state }) => !state.isOver);
    }
    return ready.shift()?.future;
  };
  const states = (): TaskState[] => left.map(({ state }) => state);
  const someOver = (waiting: readonly TaskState[]) => (): boolean => waiting.some(({ isOver }) => isOver);
  const timedOut = (): TimeoutError =>
    new TimeoutError(`asCompleted: ${left.length} of ${all.length} Futures not done after ${timeout} ms`);
  return {
    *[Symbol.iterator]() {
      for (;;) {
        for (let future = take(); future !== undefined; future = take()) yield future;
        if (left.length === 0) return;
        const waiting = states();
        if (!blockFor(waiting, someOver(waiting), remaining(deadline))) throw timedOut();
      }
    },
    // By hand: an async generator would await the Futures that it yields.
    [Symbol.asyncIterator]: () => ({
      async next() {
        for (;;) {
          const future = take();
          if (future !== undefined) return { done: false, value: future };
          if (left.length === 0) return { done: true, value: undefined };
          const waiting = states();
          if (!(await untilEnough(waiting, someOver(waiting), remaining(deadline)))) throw timedOut();
        }
      },
      return: () => Promise.resolve({ done: true, value: undefined }),
    }),
  };
}

import { NO_TIMEOUT } from '../../trace/ops.js';
import { checkFlag, describe, shown, type Named } from '../crossing/handle.js';

const MAX_RECORDED_MILLIS = 2 ** 31 - 1;

/**
 * A sleep never lasts longer than this before its condition is looked at again. A thread that is terminated just after
 * it was woken takes the wake-up with it; whoever else waits must not be stranded by that.
 */
export const RECHECK_MILLIS = 1000;

/** A timeout in milliseconds as a number that can be waited for; `undefined` and `Infinity` wait for ever. */
export function checkTimeout(timeout: number | undefined, who: Named): number {
  if (timeout === undefined) return Infinity;
  if (typeof timeout !== 'number') {
    throw new TypeError(`${describe(who)}: timeout must be a number of milliseconds, got ${shown(timeout)}`);
  }
  if (!(timeout >= 0)) throw new RangeError(`${describe(who)}: timeout must be 0 or more milliseconds, got ${timeout}`);
  return timeout;
}

/**
 * The milliseconds that an operation may wait at most; `undefined`: it must not wait.
 * @param option what the option is called that says so when it is false
 */
export function checkBlocking(
  option: string,
  isBlocking: boolean | undefined,
  timeout: number | undefined,
  who: Named,
): number | undefined {
  const limit = checkTimeout(timeout, who);
  if (isBlocking === undefined || checkFlag(isBlocking, option, who)) return limit;
  if (timeout !== undefined) throw new TypeError(`${describe(who)}: a timeout makes no sense with ${option}: false`);
  return undefined;
}

/** How a timeout is written into an event: whole milliseconds, rounded up. */
export function recordedTimeout(timeout: number): number {
  return timeout === Infinity ? NO_TIMEOUT : Math.min(Math.ceil(timeout), MAX_RECORDED_MILLIS);
}

/** The point of `performance.now()` at which a wait gives up. */
export function deadlineOf(timeout: number): number {
  return timeout === Infinity ? Infinity : performance.now() + timeout;
}

let task: (() => void) | undefined;

/** What a thread that waits does for others, each time it looks how long it may still wait. */
export function whileWaiting(serve: () => void): void {
  task = serve;
}

/** The milliseconds until a deadline, not below 0. */
export function remaining(deadline: number): number {
  task?.();
  return deadline === Infinity ? Infinity : Math.max(0, deadline - performance.now());
}

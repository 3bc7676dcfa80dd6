import { LOCK_MODES, LOCK_REFUSALS } from '../../trace/ops.js';
import { checkOptions, type Named } from '../crossing/handle.js';
import { checkBlocking } from '../waiting/timeout.js';

export interface AcquireOptions {
  /** False: take it at once or not at all. Default true. */
  readonly blocking?: boolean;
  /** Milliseconds to wait at most; default: for ever. Must not be given with `blocking: false`. */
  readonly timeout?: number;
}

const ACQUIRE_OPTIONS = ['blocking', 'timeout'];

/** How locks and semaphores write a refusal. */
export const REFUSED_AS = { busy: LOCK_REFUSALS.indexOf('busy'), timeout: LOCK_REFUSALS.indexOf('timeout') } as const;

const BOUNDED = LOCK_MODES.indexOf('bounded');

/** The milliseconds to wait at most; `undefined`: do not block. */
export function checkAcquire(options: AcquireOptions | undefined, who: Named): number | undefined {
  if (options === undefined) return Infinity;
  checkOptions(options, who, ACQUIRE_OPTIONS);
  return checkBlocking('blocking', options.blocking, options.timeout, who);
}

/** The mode of an exclusive lock that was taken at once by one who would have waited so long. */
export function modeOf(timeout: number | undefined): number {
  return timeout === Infinity ? 0 : BOUNDED;
}

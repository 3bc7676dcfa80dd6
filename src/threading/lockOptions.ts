import { describe, type Named } from './handle.js';
import { checkOptions, checkTimeout } from './timeout.js';

export interface AcquireOptions {
  /** False: take it at once or not at all. Default true. */
  readonly blocking?: boolean;
  /** Milliseconds to wait at most; default: for ever. Must not be given with `blocking: false`. */
  readonly timeout?: number;
}

/** The milliseconds to wait at most; `undefined`: do not block. */
export function checkAcquire(options: AcquireOptions | undefined, who: Named): number | undefined {
  if (options === undefined) return Infinity;
  checkOptions(options, who);
  const timeout = checkTimeout(options.timeout, who);
  if (options.blocking !== false) return timeout;
  if (options.timeout !== undefined)
    throw new TypeError(`${describe(who)}: a timeout makes no sense with blocking: false`);
  return undefined;
}

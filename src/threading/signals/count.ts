import { describe, shown, type Named } from '../crossing/handle.js';

/** Counts live in 32-bit words. */
export const MAX_COUNT = 2 ** 30;

/** Throws unless it is a whole number from `least` on that fits a word. */
export function checkCount(count: unknown, what: string, who: Named, least = 1): number {
  if (typeof count !== 'number') throw new TypeError(`${describe(who)}: ${what} must be a number, got ${shown(count)}`);
  if (Number.isInteger(count) && count >= least && count <= MAX_COUNT) return count;
  throw new RangeError(`${describe(who)}: ${what} must be a whole number, ${least} or more, got ${count}`);
}

/** The same of a constructor's first argument, before which options may have come. */
export function checkFirst(count: unknown, what: string, who: Named, least = 1): number {
  if (typeof count !== 'object' || count === null) return checkCount(count, what, who, least);
  throw new TypeError(
    `${describe(who)}: ${what} comes first and must be a number, got ${shown(count)}; options come second`,
  );
}

/**
 * Drepper's mutex ("Futexes are tricky", mutex 3) in one word of shared memory: taking and giving back a free one is one
 * atomic operation each, and a release wakes somebody only if somebody may be asleep.
 */
import { raw } from './recording.js';
import { RECHECK_MILLIS, remaining } from './timeout.js';

const FREE = 0;
const HELD = 1;
/** Held, and somebody may be asleep. */
const CONTENDED = 2;

export function tryLock(cells: Int32Array, slot: number): boolean {
  return raw.compareExchange(cells, slot, FREE, HELD) === FREE;
}

/** Sleeps until the lock is the caller's; false when the deadline passed first. */
export function lockBefore(cells: Int32Array, slot: number, deadline: number): boolean {
  while (raw.exchange(cells, slot, CONTENDED) !== FREE) {
    const left = remaining(deadline);
    if (left === 0) return false;
    raw.wait(cells, slot, CONTENDED, Math.min(left, RECHECK_MILLIS));
  }
  return true;
}

/** False when it was not locked. */
export function unlock(cells: Int32Array, slot: number): boolean {
  const before = raw.exchange(cells, slot, FREE);
  if (before === CONTENDED) raw.notify(cells, slot, 1);
  return before !== FREE;
}

export function isLocked(cells: Int32Array, slot: number): boolean {
  return raw.load(cells, slot) !== FREE;
}

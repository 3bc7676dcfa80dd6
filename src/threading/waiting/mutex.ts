/**
 * Drepper's mutex ("Futexes are tricky", mutex 3) in one word of shared memory: taking and giving back a free one is one
 * atomic operation each, and a release wakes somebody only if somebody may be asleep.
 */
import { wakeAsync } from './asyncWait.js';
import { raw } from '../recording.js';
import { RECHECK_MILLIS, remaining } from './timeout.js';

/** Names and numbers of their own: each look-up counts where a lock is free. */
const { compareExchange, exchange } = raw;

/** The bundler writes the numbers of an enum where they are used. */
export const enum STATE {
  FREE,
  HELD,
  /** Held, and somebody may be asleep. */
  CONTENDED,
}

export function tryLock(cells: Int32Array, slot: number): boolean {
  return (compareExchange(cells, slot, STATE.FREE, STATE.HELD) as STATE) === STATE.FREE;
}

/** Takes it if it is free; if not, its release wakes whoever sleeps. */
export function lockOrMark(cells: Int32Array, slot: number): boolean {
  return (exchange(cells, slot, STATE.CONTENDED) as STATE) === STATE.FREE;
}

/** Sleeps until the lock is the caller's; false when the deadline passed first. */
export function lockBefore(cells: Int32Array, slot: number, deadline: number): boolean {
  while (!lockOrMark(cells, slot)) {
    const left = remaining(deadline);
    if (left === 0) return false;
    raw.wait(cells, slot, STATE.CONTENDED, Math.min(left, RECHECK_MILLIS));
  }
  return true;
}

/** The state before; when that was contended, {@link wakeNext} has to follow. */
export function unlock(cells: Int32Array, slot: number): STATE {
  return exchange(cells, slot, STATE.FREE);
}

/** @param asyncSlot the word that is awaited */
export function wakeNext(cells: Int32Array, slot: number, asyncSlot: number): void {
  raw.notify(cells, slot, 1);
  wakeAsync(cells, asyncSlot);
}

export function isLocked(cells: Int32Array, slot: number): boolean {
  return (raw.load(cells, slot) as STATE) !== STATE.FREE;
}

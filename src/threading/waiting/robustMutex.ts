/**
 * The lock inside a queue or a line of waiters, held for a few instructions only. Its word names the holder, so that a
 * waiter can take it over from a thread that was terminated inside; what it guards must be whole then, or be repaired by
 * whoever takes over. The word: 0 is free, else the holder's token times two, plus one when somebody may be asleep.
 *
 * Whether a worker that `new Worker` started has died nobody can know for certain. One that is terminated inside leaves the
 * lock held; whoever needs it then gets an error after a while, since taking it from a thread that lives would tear what
 * it guards.
 */
import { raw } from '../recording.js';
import { isDead, isTracked, ownToken } from '../threads/registry.js';

/** Names of their own: each look-up counts where a lock is free. */
const { compareExchange, exchange } = raw;

const FREE = 0;
const CONTENDED = 1;
const MINE = ownToken * 2;

/** The holder is about to leave: looking again a few times is cheaper than sleeping. */
const LOOKS = 50;
const HOLDER_CHECK_MILLIS = 50;
/** Waits in which nobody left: no thread that lives needs as long. Waits and not time, since a process may be suspended. */
const PATIENCE = 10_000 / HOLDER_CHECK_MILLIS;

/** True when it was taken over from a thread that had died inside. */
export function enter(cells: Int32Array, slot: number): boolean {
  return compareExchange(cells, slot, FREE, MINE) !== FREE && enterSlowly(cells, slot);
}

function enterSlowly(cells: Int32Array, slot: number): boolean {
  for (let i = 0; i < LOOKS; i++) {
    if (raw.load(cells, slot) === FREE && compareExchange(cells, slot, FREE, MINE) === FREE) return false;
  }
  let holder = 0;
  let waits = 0;
  for (;;) {
    const seen = raw.load(cells, slot);
    // Others may sleep as well, so whoever slept leaves the mark.
    if (seen === FREE || isDead(seen >> 1)) {
      if (compareExchange(cells, slot, seen, MINE | CONTENDED) === seen) return seen !== FREE;
      continue;
    }
    if (seen >> 1 !== holder) [holder, waits] = [seen >> 1, 0];
    else if (!isTracked(holder) && waits > PATIENCE) throw heldTooLong();
    const marked = seen | CONTENDED;
    if (seen !== marked && compareExchange(cells, slot, seen, marked) !== seen) continue;
    // Somebody left: whoever holds it next is as good as another, also when it is the same one again.
    waits = raw.wait(cells, slot, marked, HOLDER_CHECK_MILLIS) === 'timed-out' ? waits + 1 : 0;
  }
}

function heldTooLong(): Error {
  return new Error(
    'a worker that was not started by Thread was terminated in the middle of an operation on this queue, condition, ' +
      'barrier or lock, which cannot be used any more: end workers by a flag or a message, or start them by Thread',
  );
}

export function leave(cells: Int32Array, slot: number): void {
  if ((exchange(cells, slot, FREE) & CONTENDED) !== 0) raw.notify(cells, slot, 1);
}

/**
 * The lock inside a queue, held for a few instructions only. Its word names the holder, so that a waiter can take it
 * over from a thread that was terminated inside; what it guards must be whole then, or be repaired by whoever takes over.
 * The word: 0 is free, else the holder's token times two, plus one when somebody may be asleep.
 */
import { raw } from '../recording.js';
import { isDead, ownToken } from '../threads/registry.js';

const FREE = 0;
const CONTENDED = 1;
const MINE = ownToken * 2;

/** The holder is about to leave: looking again a few times is cheaper than sleeping. */
const LOOKS = 50;
const HOLDER_CHECK_MILLIS = 50;

/** True when it was taken over from a thread that had died inside. */
export function enter(cells: Int32Array, slot: number): boolean {
  return raw.compareExchange(cells, slot, FREE, MINE) !== FREE && enterSlowly(cells, slot);
}

function enterSlowly(cells: Int32Array, slot: number): boolean {
  for (let i = 0; i < LOOKS; i++) {
    if (raw.load(cells, slot) === FREE && raw.compareExchange(cells, slot, FREE, MINE) === FREE) return false;
  }
  for (;;) {
    const seen = raw.load(cells, slot);
    // Others may sleep as well, so whoever slept leaves the mark.
    if (seen === FREE || isDead(seen >> 1)) {
      if (raw.compareExchange(cells, slot, seen, MINE | CONTENDED) === seen) return seen !== FREE;
      continue;
    }
    const marked = seen | CONTENDED;
    if (seen !== marked && raw.compareExchange(cells, slot, seen, marked) !== seen) continue;
    raw.wait(cells, slot, marked, HOLDER_CHECK_MILLIS);
  }
}

export function leave(cells: Int32Array, slot: number): void {
  if ((raw.exchange(cells, slot, FREE) & CONTENDED) !== 0) raw.notify(cells, slot, 1);
}

/**
 * Who waits at a queue for what, and how they are woken. Those that sleep share one word, their bell: how often it was rung,
 * and how many have to be woken still. Whoever rings takes one off that count: waking somebody costs as much as many puts,
 * and the next put would come before the thread that this one woke has got up.
 */
import { AWAITED, wakeAsync } from '../waiting/asyncWait.js';
import { HEADER_BYTES, WORD } from './queueMemory.js';
import { raw } from '../recording.js';

/** What a waiter sleeps on or waits for without sleeping, and the event that says so. */
export const WAITS = {
  put: { bell: WORD.ROOM, async: WORD.ROOM_ASYNC, op: 'queue.put' },
  get: { bell: WORD.ITEMS, async: WORD.ITEMS_ASYNC, op: 'queue.get' },
  join: { bell: WORD.DONE, async: WORD.DONE_ASYNC, op: 'queue.join' },
} as const;
export type WaitKind = keyof typeof WAITS;

/**
 * The lower half of a bell. It is never less than how many may sleep, and may be more: a thread that is terminated asleep
 * stays counted until it is rung for, and so does one that left by itself while another one was rung for.
 */
const SLEEPERS = 0xffff;
/** More than there can be threads. Those that are gone are dropped here, while the count cannot run over into the rings. */
const MOST_SLEEPERS = SLEEPERS >> 1;
const RINGS = ~SLEEPERS;
const ONE_RING = SLEEPERS + 1;

/** Inside a lock, where a plain read will do: whoever waits said so before it last met all that were inside. */
export function isAwaited(cells: Int32Array, { bell, async }: (typeof WAITS)[WaitKind]): boolean {
  return ((cells[bell] as number) & SLEEPERS) !== 0 || ((cells[async] as number) & AWAITED) !== 0;
}

/** From now on this thread is woken when the bell rings. What it gives tells later whether it was. */
export function listenTo(cells: Int32Array, bell: number): number {
  for (;;) {
    const before = raw.add(cells, bell, 1);
    if ((before & SLEEPERS) < MOST_SLEEPERS) return before & RINGS;
    ring(cells, bell, true);
  }
}

/** Sleeps until the bell has rung since {@link listenTo}. */
export function sleepAt(cells: Int32Array, bell: number, heard: number, millis: number): void {
  const before = raw.load(cells, bell);
  if ((before & RINGS) === heard) raw.wait(cells, bell, before, millis);
}

export function stopListening(cells: Int32Array, bell: number, heard: number): void {
  for (;;) {
    const before = raw.load(cells, bell);
    // Whoever rang has taken this thread off, or another one in its place, which had heard it too.
    if ((before & RINGS) !== heard || (before & SLEEPERS) === 0) return;
    if (raw.compareExchange(cells, bell, before, before - 1) === before) return;
  }
}

/** Wakes one or all of those that may sleep, and all that wait in their event loop. */
export function ringBell(cells: Int32Array, kind: WaitKind, isForAll = false): void {
  const { bell, async } = WAITS[kind];
  ring(cells, bell, isForAll);
  wakeAsync(cells, async);
}

function ring(cells: Int32Array, bell: number, isForAll: boolean): void {
  for (;;) {
    const before = raw.load(cells, bell);
    const sleepers = before & SLEEPERS;
    if (sleepers === 0) return;
    const after = (((before & RINGS) + ONE_RING) | 0) + (isForAll ? 0 : sleepers - 1);
    if (raw.compareExchange(cells, bell, before, after) !== before) continue;
    raw.notify(cells, bell, isForAll ? Infinity : 1);
    return;
  }
}

/** Everybody who waits at the queue of this memory looks again. */
export function ringAll(memory: SharedArrayBuffer): void {
  const cells = new Int32Array(memory, 0, HEADER_BYTES / 4);
  for (const kind of Object.keys(WAITS) as WaitKind[]) ringBell(cells, kind, true);
}

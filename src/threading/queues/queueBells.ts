/** Who waits at a queue for what, and how they are woken. */
import { wakeAsync } from '../waiting/asyncWait.js';
import { HEADER_BYTES, WORD } from './queueMemory.js';
import { raw } from '../recording.js';

/** Where a waiter counts itself, what it sleeps on or waits for without sleeping, and the event that says so. */
export const WAITS = {
  put: { sleepers: WORD.PUTTERS, bell: WORD.ROOM, async: WORD.ROOM_ASYNC, op: 'queue.put' },
  get: { sleepers: WORD.GETTERS, bell: WORD.ITEMS, async: WORD.ITEMS_ASYNC, op: 'queue.get' },
  join: { sleepers: WORD.JOINERS, bell: WORD.DONE, async: WORD.DONE_ASYNC, op: 'queue.join' },
} as const;
export type WaitKind = keyof typeof WAITS;

/** Wakes up to `count` of those that may sleep, and all that wait in their event loop. */
export function ringBell(cells: Int32Array, kind: WaitKind, count: number): void {
  const { sleepers, bell, async } = WAITS[kind];
  if (raw.load(cells, sleepers) !== 0) {
    raw.add(cells, bell, 1);
    raw.notify(cells, bell, count);
  }
  wakeAsync(cells, async);
}

/** Everybody who waits at the queue of this memory looks again. */
export function ringAll(memory: SharedArrayBuffer): void {
  const cells = new Int32Array(memory, 0, HEADER_BYTES / 4);
  for (const { bell, async } of Object.values(WAITS)) {
    raw.add(cells, bell, 1);
    raw.notify(cells, bell);
    wakeAsync(cells, async);
  }
}

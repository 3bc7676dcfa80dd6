/**
 * Records that one thread hands to others in order, in shared memory that grows. One thread pushes; any number take. There
 * is no lock that a dying thread could keep: a record belongs to whoever raised TAKEN past its number.
 *
 * The memory: words; then, as they are needed, *tickets* (where the records lie, in the order of their numbers) and
 * *regions* of records, of which the newest is a ring. Older ones are left to those who still read them: each is twice as
 * large as the one before, so all of them together are no larger than the newest.
 */
import { wakeAsync } from '../waiting/asyncWait.js';
import { newGrowableMemory, padded } from '../crossing/growableMemory.js';
import { raw } from '../recording.js';

/** The words of a channel. */
export const CHANNEL = {
  /** How many records were ever pushed, and taken. */
  PUSHED: 0,
  TAKEN: 1,
  /** Where the tickets begin, in units of 8 bytes; their number stands in front of them. */
  TICKETS: 2,
  CLOSED: 3,
  /** How many beds there are. */
  BEDS: 4,
  /** Rung for those that wait in their event loop. */
  ASYNC: 6,
  /** Takers that are awake and look once more before they sleep: nobody has to be woken then. */
  SEEKERS: 7,
  /** Of a worker's results: the task that it runs, 0: none. Nothing to the channel itself. */
  CURRENT_TASK: 8,
  /** Of a worker's results: 1 while it is among the seekers of the tasks. */
  IS_SEEKING: 9,
} as const;

const CHANNEL_HEADER_BYTES = 64;
/** A word for each taker that may sleep, behind the others: 1 while it does. */
export const FIRST_BED = CHANNEL_HEADER_BYTES / 4;

/** Words of a record; what it carries stands behind them. */
export const RECORD = { STATE: 0, SIZE: 1, TASK: 2, CODE: 3, OBJECT: 4, LENGTH: 5, BUFFERS: 6, FIRST: 7 } as const;
export const RECORD_BYTES = 32;

export const STATE = { WAITING: 0, TAKEN: 1, CANCELLED: 2, FREE: 3 } as const;

/** What a record says beside its bytes. */
export interface RecordHead {
  readonly task: number;
  readonly code: number;
  /** The id that a recorder knows the task by. */
  readonly object: number;
  /** Numbers of the shared buffers that go with it. */
  readonly buffers: readonly number[];
  /** By which number the bytes know the first of them. */
  readonly first: number;
}

/** @param takers how many may sleep in it */
export function newChannelMemory(takers: number): SharedArrayBuffer {
  const memory = newGrowableMemory(padded(CHANNEL_HEADER_BYTES + takers * 4));
  new Int32Array(memory)[CHANNEL.BEDS] = takers;
  return memory;
}

/** Wakes one: the first, so that it is the same again and again, whose caches are warm. */
export function wakeOne(cells: Int32Array): void {
  wakeAsync(cells, CHANNEL.ASYNC);
  if (raw.load(cells, CHANNEL.SEEKERS) > 0) return;
  for (let bed = FIRST_BED; bed < cells.length; bed++) if (wake(cells, bed)) return;
}

/** The taker that sleeps in this bed; false when nobody does. */
export function wake(cells: Int32Array, bed: number): boolean {
  if (raw.load(cells, bed) === 0 || raw.compareExchange(cells, bed, 1, 0) === 0) return false;
  raw.notify(cells, bed);
  return true;
}

/** What both ends have: the memory, as far as it has grown. */
export class ChannelView {
  readonly cells: Int32Array;
  #ints: Int32Array;
  #bytes: Uint8Array;

  constructor(readonly memory: SharedArrayBuffer) {
    const beds = new Int32Array(memory, 0, FIRST_BED)[CHANNEL.BEDS] as number;
    this.cells = new Int32Array(memory, 0, FIRST_BED + beds);
    this.#ints = new Int32Array(memory, 0, memory.byteLength >> 2);
    this.#bytes = new Uint8Array(memory, 0, memory.byteLength);
  }

  /** Words up to `end` bytes at least. (A view that tracks the length by itself is several times as slow.) */
  ints(end: number): Int32Array {
    if (this.#ints.length * 4 < end) this.#ints = new Int32Array(this.memory, 0, this.memory.byteLength >> 2);
    return this.#ints;
  }

  bytes(end: number): Uint8Array {
    if (this.#bytes.length < end) this.#bytes = new Uint8Array(this.memory, 0, this.memory.byteLength);
    return this.#bytes;
  }
}

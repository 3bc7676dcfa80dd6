/**
 * First in, first out: a ring of records. Each lies in one piece: what does not fit before the ring's end begins anew at its
 * start, behind a record that only fills.
 *
 * Whoever takes and whoever puts have a lock each, and look at each other's side as seldom as they can. Of the other side
 * a thread remembers what it saw last: more may have been put or taken since, never less.
 */
import { growTo, outOfMemory } from '../crossing/growableMemory.js';
import type { Named } from '../crossing/handle.js';
import { raw } from '../recording.js';
import { enter, leave } from '../waiting/robustMutex.js';
import type { ItemBytes } from './itemBytes.js';
import { ItemArea, spaceOf, type ItemStore } from './itemStore.js';
import { HEADER_BYTES, PUT_STATE_AT, TAKE_STATE_AT, WORD } from './queueMemory.js';

const FIRST_CAPACITY = 2048;

/** The tag of a record that fills; its length is what it takes. */
const FILLER = -1;

/** Doubles. */
const PUT = {
  /** Bytes of the ring. */
  CAPACITY: 0,
  /** Where the next record goes. */
  END: 1,
  /** Bytes of all records that were ever put. */
  BYTES: 2,
  /** How many items were ever put: also the number of the next one. */
  COUNT: 3,
  /** How often `taskDone` was called. */
  FINISHED: 4,
} as const;
const PUT_STATES = 5;

/** Doubles. */
const TAKE = {
  CAPACITY: 0,
  /** Where the oldest record begins. */
  HEAD: 1,
  /** Bytes of all records that were ever taken. */
  BYTES: 2,
  /** How many items were ever taken: also the number of the next one. */
  COUNT: 3,
} as const;
const TAKE_STATES = 4;

/** In bytes. */
const ITEMS_AT = HEADER_BYTES;

export const NEW_RING_BYTES = ITEMS_AT + FIRST_CAPACITY;

const { load, store } = raw;

export class ItemRing implements ItemStore {
  readonly takeMutex = WORD.TAKE_MUTEX;
  readonly #memory: SharedArrayBuffer;
  readonly #cells: Int32Array;
  readonly #put: Float64Array;
  readonly #taken: Float64Array;
  readonly #area: ItemArea;
  /** What {@link publish} makes true. */
  #nextEnd = 0;
  #nextPutBytes = 0;
  /** What {@link take} makes true. */
  #nextHead = 0;
  #nextTakenBytes = 0;
  /** The other side, as this thread saw it last. */
  #seenPut = 0;
  #seenTaken = 0;
  #seenTakenBytes = 0;

  constructor(memory: SharedArrayBuffer, cells: Int32Array) {
    this.#memory = memory;
    this.#cells = cells;
    this.#put = new Float64Array(memory, PUT_STATE_AT, PUT_STATES);
    this.#taken = new Float64Array(memory, TAKE_STATE_AT, TAKE_STATES);
    this.#area = new ItemArea(memory, ITEMS_AT);
  }

  initialize(): void {
    this.#put[PUT.CAPACITY] = FIRST_CAPACITY;
    this.#taken[TAKE.CAPACITY] = FIRST_CAPACITY;
  }

  get length(): number {
    return (this.#put[PUT.COUNT] as number) - (this.#taken[TAKE.COUNT] as number);
  }

  get nextPut(): number {
    return this.#put[PUT.COUNT] as number;
  }

  get nextTaken(): number {
    return this.#taken[TAKE.COUNT] as number;
  }

  get unfinished(): number {
    return (this.#put[PUT.COUNT] as number) - (this.#put[PUT.FINISHED] as number);
  }

  isEmpty(): boolean {
    const taken = this.#taken[TAKE.COUNT] as number;
    if (this.#seenPut > taken) return false;
    // The word has the last 32 bits of the count, and less than half of what they can count is waiting.
    this.#seenPut = taken + ((load(this.#cells, WORD.PUT) - taken) | 0);
    return this.#seenPut === taken;
  }

  isFull(maxSize: number): boolean {
    const count = this.#put[PUT.COUNT] as number;
    if (count - this.#seenTaken < maxSize) return false;
    this.#meetTakers(() => {});
    return count - this.#seenTaken >= maxSize;
  }

  write(item: ItemBytes, _priority: unknown, who: Named): void {
    const state = this.#put;
    const size = spaceOf(item);
    const capacity = state[PUT.CAPACITY] as number;
    const end = state[PUT.END] as number;
    const tail = capacity - end;
    const filler = size > tail ? tail : 0;
    const putBytes = (state[PUT.BYTES] as number) + filler + size;
    if (putBytes - this.#seenTakenBytes > capacity) {
      this.#makeRoom(size, who);
      this.write(item, _priority, who);
      return;
    }
    const area = this.#area;
    area.view(capacity);
    let at = end;
    if (filler > 0) {
      area.ints[at >> 2] = FILLER;
      area.ints[(at >> 2) + 1] = filler;
      at = 0;
    }
    area.write(at, item);
    this.#nextEnd = at + size === capacity ? 0 : at + size;
    this.#nextPutBytes = putBytes;
  }

  publish(): void {
    const state = this.#put;
    const count = (state[PUT.COUNT] as number) + 1;
    state[PUT.END] = this.#nextEnd;
    state[PUT.BYTES] = this.#nextPutBytes;
    state[PUT.COUNT] = count;
    this.#seenPut = count;
    store(this.#cells, WORD.PUT, count | 0);
  }

  peek(): ItemBytes {
    const state = this.#taken;
    const area = this.#area;
    const capacity = state[TAKE.CAPACITY] as number;
    area.view(capacity);
    let at = state[TAKE.HEAD] as number;
    let takenBytes = state[TAKE.BYTES] as number;
    if (area.ints[at >> 2] === FILLER) {
      const filler = area.ints[(at >> 2) + 1] as number;
      takenBytes += filler;
      // The ring may have grown since: then the filler is not at its end any more.
      at = at + filler === capacity ? 0 : at + filler;
    }
    const item = area.read(at);
    const size = spaceOf(item);
    this.#nextHead = at + size === capacity ? 0 : at + size;
    this.#nextTakenBytes = takenBytes + size;
    return item;
  }

  take(): void {
    const state = this.#taken;
    state[TAKE.HEAD] = this.#nextHead;
    state[TAKE.BYTES] = this.#nextTakenBytes;
    state[TAKE.COUNT] = (state[TAKE.COUNT] as number) + 1;
  }

  finishOne(): void {
    const state = this.#put;
    state[PUT.FINISHED] = (state[PUT.FINISHED] as number) + 1;
  }

  repairPuts(): void {
    store(this.#cells, WORD.PUT, (this.#put[PUT.COUNT] as number) | 0);
  }

  repairTakes(): void {}

  /** Looks at the side of those that take, while none of them does anything. */
  #meetTakers(then: () => void): void {
    enter(this.#cells, WORD.TAKE_MUTEX);
    try {
      this.#seenTaken = this.#taken[TAKE.COUNT] as number;
      this.#seenTakenBytes = this.#taken[TAKE.BYTES] as number;
      then();
    } finally {
      leave(this.#cells, WORD.TAKE_MUTEX);
    }
  }

  #makeRoom(size: number, who: Named): void {
    this.#meetTakers(() => {
      const [put, taken] = [this.#put, this.#taken];
      const capacity = put[PUT.CAPACITY] as number;
      const used = (put[PUT.BYTES] as number) - (taken[TAKE.BYTES] as number);
      if (used === 0) {
        // The memory that was used last is the nearest, and all of it is in one piece.
        put[PUT.END] = 0;
        taken[TAKE.HEAD] = 0;
      }
      const tail = capacity - (put[PUT.END] as number);
      const needed = used + size + (size > tail ? tail : 0);
      if (needed > capacity) this.#grow(needed, who);
    });
  }

  /** By doubling: what has wrapped has room behind the former end. */
  #grow(needed: number, who: Named): void {
    const [put, taken] = [this.#put, this.#taken];
    const before = put[PUT.CAPACITY] as number;
    const most = this.#memory.maxByteLength - ITEMS_AT;
    let capacity = before * 2;
    while (needed > capacity) capacity *= 2;
    if (capacity > most) {
      while (capacity > most) capacity /= 2;
      throw outOfMemory(who, capacity, needed);
    }
    growTo(this.#memory, ITEMS_AT + capacity, who);
    this.#area.view(capacity);
    // What had wrapped to the start goes on behind the former end; the originals stay until the last stores.
    const end = (taken[TAKE.HEAD] as number) + (put[PUT.BYTES] as number) - (taken[TAKE.BYTES] as number);
    if (end > before) this.#area.bytes.copyWithin(before, 0, end - before);
    put[PUT.END] = end;
    put[PUT.CAPACITY] = capacity;
    taken[TAKE.CAPACITY] = capacity;
  }
}

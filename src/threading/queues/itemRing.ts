/**
 * First in, first out: a ring of records. Each lies in one piece: what does not fit before the ring's end begins anew at its
 * start, behind a record that only fills.
 */
import { growTo, outOfMemory } from '../crossing/growableMemory.js';
import type { Named } from '../crossing/handle.js';
import type { ItemBytes } from './itemBytes.js';
import { ItemArea, spaceOf, type ItemStore } from './itemStore.js';
import { HEADER_BYTES, WORD } from './queueMemory.js';

const FIRST_CAPACITY = 2048;

/** The tag of a record that fills; its length is what it takes. */
const FILLER = -1;

/** Doubles. */
const STATE = {
  /** Bytes of the ring. */
  CAPACITY: 0,
  /** Where the oldest record begins. */
  HEAD: 1,
  /** Bytes of all records. */
  USED: 2,
  /** How many items were ever taken, and put: also the numbers of the next ones. */
  TAKEN: 3,
  PUT: 4,
  /** How often `taskDone` was called. */
  FINISHED: 5,
} as const;
const STATE_BYTES = 64;

/** In bytes. */
const ITEMS_AT = HEADER_BYTES + STATE_BYTES;

export const NEW_RING_BYTES = ITEMS_AT + FIRST_CAPACITY;

export class ItemRing implements ItemStore {
  readonly #memory: SharedArrayBuffer;
  readonly #cells: Int32Array;
  readonly #state: Float64Array;
  readonly #area: ItemArea;
  /** What {@link publish} and {@link take} make true. */
  #nextHead = 0;
  #nextUsed = 0;

  constructor(memory: SharedArrayBuffer, cells: Int32Array) {
    this.#memory = memory;
    this.#cells = cells;
    this.#state = new Float64Array(memory, HEADER_BYTES, STATE_BYTES / 8);
    this.#area = new ItemArea(memory, ITEMS_AT);
  }

  initialize(): void {
    this.#state[STATE.CAPACITY] = FIRST_CAPACITY;
  }

  get length(): number {
    const state = this.#state;
    return (state[STATE.PUT] as number) - (state[STATE.TAKEN] as number);
  }

  get nextPut(): number {
    return this.#state[STATE.PUT] as number;
  }

  get nextTaken(): number {
    return this.#state[STATE.TAKEN] as number;
  }

  get unfinished(): number {
    return (this.#state[STATE.PUT] as number) - (this.#state[STATE.FINISHED] as number);
  }

  write(item: ItemBytes, _priority: unknown, who: Named): void {
    const state = this.#state;
    const size = spaceOf(item);
    const capacity = state[STATE.CAPACITY] as number;
    const used = state[STATE.USED] as number;
    // An empty ring begins at its start again: the memory that was used last is the nearest.
    const head = used === 0 ? 0 : (state[STATE.HEAD] as number);
    const end = head + used;
    const isWrapped = end >= capacity;
    const filler = !isWrapped && end + size > capacity ? capacity - end : 0;
    if (used + filler + size > capacity) {
      this.#grow(used + filler + size, who);
      this.write(item, _priority, who);
      return;
    }
    const area = this.#area;
    area.view(capacity);
    let at = isWrapped ? end - capacity : end;
    if (filler > 0) {
      area.ints[at >> 2] = FILLER;
      area.ints[(at >> 2) + 1] = filler;
      at = 0;
    }
    area.write(at, item);
    this.#nextHead = head;
    this.#nextUsed = used + filler + size;
  }

  publish(): void {
    const state = this.#state;
    const cells = this.#cells;
    state[STATE.HEAD] = this.#nextHead;
    state[STATE.USED] = this.#nextUsed;
    state[STATE.PUT] = (state[STATE.PUT] as number) + 1;
    cells[WORD.VERSION] = (cells[WORD.VERSION] as number) + 1;
  }

  peek(): ItemBytes {
    const state = this.#state;
    const area = this.#area;
    const capacity = state[STATE.CAPACITY] as number;
    area.view(capacity);
    let at = state[STATE.HEAD] as number;
    let used = state[STATE.USED] as number;
    if (area.ints[at >> 2] === FILLER) {
      const filler = area.ints[(at >> 2) + 1] as number;
      used -= filler;
      // The ring may have grown since: then the filler is not at its end any more.
      at = at + filler === capacity ? 0 : at + filler;
    }
    const item = area.read(at);
    const size = spaceOf(item);
    this.#nextHead = at + size === capacity ? 0 : at + size;
    this.#nextUsed = used - size;
    return item;
  }

  take(): void {
    const state = this.#state;
    const cells = this.#cells;
    state[STATE.HEAD] = this.#nextHead;
    state[STATE.USED] = this.#nextUsed;
    state[STATE.TAKEN] = (state[STATE.TAKEN] as number) + 1;
    cells[WORD.VERSION] = (cells[WORD.VERSION] as number) + 1;
  }

  finishOne(): void {
    const state = this.#state;
    state[STATE.FINISHED] = (state[STATE.FINISHED] as number) + 1;
  }

  repair(): void {}

  /** By doubling: what has wrapped has room behind the former end. */
  #grow(needed: number, who: Named): void {
    const state = this.#state;
    const before = state[STATE.CAPACITY] as number;
    const used = state[STATE.USED] as number;
    const most = this.#memory.maxByteLength - ITEMS_AT;
    let capacity = before * 2;
    while (needed > capacity) capacity *= 2;
    if (capacity > most) {
      while (capacity > most) capacity /= 2;
      throw outOfMemory(who, capacity, needed);
    }
    growTo(this.#memory, ITEMS_AT + capacity, who);
    this.#area.view(capacity);
    // What had wrapped to the start goes on behind the former end; the originals stay until the last store.
    const wrapped = (state[STATE.HEAD] as number) + used - before;
    if (wrapped > 0) this.#area.bytes.copyWithin(before, 0, wrapped);
    state[STATE.CAPACITY] = capacity;
  }
}

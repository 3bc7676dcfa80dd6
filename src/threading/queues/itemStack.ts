/** Last in, first out: records on top of each other, the number and the size of each behind it. */
import { growAmply } from '../crossing/growableMemory.js';
import type { Named } from '../crossing/handle.js';
import type { ItemBytes } from './itemBytes.js';
import { ItemArea, spaceOf, type ItemStore } from './itemStore.js';
import { HEADER_BYTES, WORD } from './queueMemory.js';

const FIRST_CAPACITY = 2048;

/** Doubles. */
const STATE = {
  /** Bytes of all records. */
  USED: 0,
  LENGTH: 1,
  /** How many items were ever put: also the number of the next one. */
  PUT: 2,
  /** How often `taskDone` was called. */
  FINISHED: 3,
} as const;
const STATE_BYTES = 32;

/** Behind a record: its number and its size, as doubles. */
const TRAILER_BYTES = 16;

/** In bytes. */
const ITEMS_AT = HEADER_BYTES + STATE_BYTES;

export const NEW_STACK_BYTES = ITEMS_AT + FIRST_CAPACITY;

export class ItemStack implements ItemStore {
  readonly takeMutex = WORD.MUTEX;
  readonly #memory: SharedArrayBuffer;
  readonly #state: Float64Array;
  readonly #area: ItemArea;
  /** What {@link publish} and {@link take} make true. */
  #nextUsed = 0;

  constructor(memory: SharedArrayBuffer) {
    this.#memory = memory;
    this.#state = new Float64Array(memory, HEADER_BYTES, STATE_BYTES / 8);
    this.#area = new ItemArea(memory, ITEMS_AT);
  }

  initialize(): void {}

  get length(): number {
    return this.#state[STATE.LENGTH] as number;
  }

  get nextPut(): number {
    return this.#state[STATE.PUT] as number;
  }

  get nextTaken(): number {
    this.#view();
    return this.#area.doubles[((this.#state[STATE.USED] as number) - TRAILER_BYTES) >> 3] as number;
  }

  get unfinished(): number {
    return (this.#state[STATE.PUT] as number) - (this.#state[STATE.FINISHED] as number);
  }

  isEmpty(): boolean {
    return this.length === 0;
  }

  isFull(maxSize: number): boolean {
    return this.length >= maxSize;
  }

  write(item: ItemBytes, _priority: unknown, who: Named): void {
    const area = this.#area;
    const used = this.#state[STATE.USED] as number;
    const trailer = used + spaceOf(item);
    const end = trailer + TRAILER_BYTES;
    const needed = ITEMS_AT + end;
    growAmply(this.#memory, needed, who);
    this.#view();
    area.write(used, item);
    area.doubles[trailer >> 3] = this.#state[STATE.PUT] as number;
    area.doubles[(trailer >> 3) + 1] = end - used;
    this.#nextUsed = end;
  }

  publish(): void {
    const state = this.#state;
    state[STATE.USED] = this.#nextUsed;
    state[STATE.LENGTH] = (state[STATE.LENGTH] as number) + 1;
    state[STATE.PUT] = (state[STATE.PUT] as number) + 1;
  }

  peek(): ItemBytes {
    this.#view();
    const used = this.#state[STATE.USED] as number;
    this.#nextUsed = used - (this.#area.doubles[(used >> 3) - 1] as number);
    return this.#area.read(this.#nextUsed);
  }

  take(): void {
    const state = this.#state;
    state[STATE.USED] = this.#nextUsed;
    state[STATE.LENGTH] = (state[STATE.LENGTH] as number) - 1;
  }

  finishOne(): void {
    const state = this.#state;
    state[STATE.FINISHED] = (state[STATE.FINISHED] as number) + 1;
  }

  repairPuts(): void {}

  repairTakes(): void {}

  #view(): void {
    this.#area.viewAll();
  }
}

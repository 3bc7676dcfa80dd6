/**
 * The items of a queue, in order, in shared memory that grows: a ring of records, each 8 bytes of tag and length and then
 * the item's bytes, padded to 8. All methods are called by one thread at a time, inside the queue's lock.
 *
 * A thread can be terminated at any instruction. So there are two copies of the state and a version whose lowest bit says
 * which one holds; a change fills the other copy and becomes true by one store. Item bytes that no state counts do not
 * exist, so nothing has ever to be repaired.
 */
import { growTo } from './growableMemory.js';
import type { Named } from './handle.js';
import { noBytes, TAG, type EncodedItem } from './queueItem.js';
import { raw } from './recording.js';

const ITEM_HEADER_BYTES = 8;
const FIRST_CAPACITY = 2048;

/** Doubles of a copy of the state. */
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
  /** Items put for which `taskDone` was not called yet. */
  UNFINISHED: 5,
} as const;
const STATE_FIELDS = 6;
const STATE_DOUBLES = 8;

/** Where the ring's parts lie in its memory, in bytes; what comes before is its owner's. */
const STATES_AT = 64;
const ITEMS_AT = STATES_AT + 2 * STATE_DOUBLES * 8;

export const NEW_RING_BYTES = ITEMS_AT + FIRST_CAPACITY;

const padded = (bytes: number): number => (bytes + 7) & ~7;

export class ItemRing {
  readonly #memory: SharedArrayBuffer;
  readonly #cells: Int32Array;
  readonly #version: number;
  readonly #states: Float64Array;
  #bytes: Uint8Array = new Uint8Array(0);
  #ints: Int32Array = new Int32Array(0);
  #doubles: Float64Array = new Float64Array(0);

  /** `version` is the index of the word in `cells` that the ring may use. */
  constructor(memory: SharedArrayBuffer, cells: Int32Array, version: number) {
    this.#memory = memory;
    this.#cells = cells;
    this.#version = version;
    this.#states = new Float64Array(memory, STATES_AT, 2 * STATE_DOUBLES);
  }

  /** Makes new memory an empty ring. */
  initialize(): void {
    this.#states[STATE.CAPACITY] = FIRST_CAPACITY;
  }

  get length(): number {
    return this.#read(STATE.PUT) - this.#read(STATE.TAKEN);
  }

  /** The number that the next item to be put will have. */
  get nextPut(): number {
    return this.#read(STATE.PUT);
  }

  get nextTaken(): number {
    return this.#read(STATE.TAKEN);
  }

  get unfinished(): number {
    return this.#read(STATE.UNFINISHED);
  }

  /** Writes an item behind the last one, where nobody sees it until {@link publish}. */
  write(item: EncodedItem, who: Named): void {
    const length = item.tag === TAG.NUMBER ? 8 : item.bytes.length;
    const size = ITEM_HEADER_BYTES + padded(length);
    if (this.#read(STATE.USED) + size > this.#read(STATE.CAPACITY)) this.#grow(size, who);
    this.#view();
    const at = this.#wrap(this.#read(STATE.HEAD) + this.#read(STATE.USED));
    this.#ints[at >> 2] = item.tag;
    this.#ints[(at >> 2) + 1] = length;
    const body = this.#wrap(at + ITEM_HEADER_BYTES);
    if (item.tag === TAG.NUMBER) {
      this.#doubles[body >> 3] = item.number;
      return;
    }
    const first = Math.min(length, this.#bytes.length - body);
    this.#bytes.set(first === length ? item.bytes : item.bytes.subarray(0, first), body);
    if (first < length) this.#bytes.set(item.bytes.subarray(first), 0);
  }

  /** The item that was just written is now part of the ring. */
  publish(): void {
    const used = this.#read(STATE.USED);
    const at = this.#wrap(this.#read(STATE.HEAD) + used);
    const size = ITEM_HEADER_BYTES + padded(this.#ints[(at >> 2) + 1] as number);
    const next = this.#copyState();
    this.#states[next + STATE.USED] = used + size;
    (this.#states[next + STATE.PUT] as number) += 1;
    (this.#states[next + STATE.UNFINISHED] as number) += 1;
    this.#commit();
  }

  /** Takes the oldest item out; there must be one. */
  take(): EncodedItem {
    this.#view();
    const at = this.#read(STATE.HEAD);
    const tag = this.#ints[at >> 2] as number;
    const length = this.#ints[(at >> 2) + 1] as number;
    const body = this.#wrap(at + ITEM_HEADER_BYTES);
    const isNumber = tag === TAG.NUMBER;
    const number = isNumber ? (this.#doubles[body >> 3] as number) : 0;
    const bytes = isNumber ? noBytes : this.#copyOut(body, length);
    const size = ITEM_HEADER_BYTES + padded(length);
    const next = this.#copyState();
    this.#states[next + STATE.HEAD] = this.#wrap(at + size);
    (this.#states[next + STATE.USED] as number) -= size;
    (this.#states[next + STATE.TAKEN] as number) += 1;
    this.#commit();
    return { tag, number, bytes };
  }

  finishOne(): void {
    const next = this.#copyState();
    (this.#states[next + STATE.UNFINISHED] as number) -= 1;
    this.#commit();
  }

  #copyOut(at: number, length: number): Uint8Array {
    const out = new Uint8Array(length);
    const first = Math.min(length, this.#bytes.length - at);
    out.set(this.#bytes.subarray(at, at + first));
    if (first < length) out.set(this.#bytes.subarray(0, length - first), first);
    return out;
  }

  #grow(size: number, who: Named): void {
    const before = this.#read(STATE.CAPACITY);
    let capacity = before * 2;
    while (this.#read(STATE.USED) + size > capacity) capacity *= 2;
    growTo(this.#memory, ITEMS_AT + capacity, who);
    const bytes = new Uint8Array(this.#memory, ITEMS_AT, capacity);
    // What had wrapped to the start goes on behind the former end; the originals stay until the commit.
    const wrapped = this.#read(STATE.HEAD) + this.#read(STATE.USED) - before;
    if (wrapped > 0) bytes.copyWithin(before, 0, wrapped);
    const next = this.#copyState();
    this.#states[next + STATE.CAPACITY] = capacity;
    this.#commit();
  }

  /** Another thread may have made the ring larger since this one looked last. */
  #view(): void {
    const capacity = this.#read(STATE.CAPACITY);
    if (this.#bytes.length === capacity) return;
    this.#bytes = new Uint8Array(this.#memory, ITEMS_AT, capacity);
    this.#ints = new Int32Array(this.#memory, ITEMS_AT, capacity / 4);
    this.#doubles = new Float64Array(this.#memory, ITEMS_AT, capacity / 8);
  }

  #wrap(position: number): number {
    const capacity = this.#read(STATE.CAPACITY);
    return position >= capacity ? position - capacity : position;
  }

  #read(field: number): number {
    return this.#states[this.#current() + field] as number;
  }

  #current(): number {
    return (raw.load(this.#cells, this.#version) & 1) * STATE_DOUBLES;
  }

  /** Fills the copy that does not hold with the one that does, and gives its index. */
  #copyState(): number {
    const current = this.#current();
    const next = STATE_DOUBLES - current;
    // `copyWithin` costs more than the few fields.
    for (let i = 0; i < STATE_FIELDS; i++) this.#states[next + i] = this.#states[current + i] as number;
    return next;
  }

  #commit(): void {
    raw.add(this.#cells, this.#version, 1);
  }
}

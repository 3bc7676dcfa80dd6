/**
 * What a queue keeps its items in. Each method is called by one thread at a time: what puts inside the lock `WORD.MUTEX`,
 * what takes inside {@link ItemStore.takeMutex}, which may be the same one.
 *
 * A thread can be terminated inside, and what the others find must be as before or as after. V8 ends a thread where it
 * calls a function or goes round a loop, nowhere else: so a change is prepared where it does not count, and becomes true by
 * stores in a row with neither of the two in between. What cannot be done so, the repairs find again.
 */
import { padded } from '../crossing/growableMemory.js';
import type { Named } from '../crossing/handle.js';
import { isHalfWritten, ItemBytes, SMALL_BYTES, smallInts, TAG } from './itemBytes.js';

export interface ItemStore {
  /** Exact inside both locks only. */
  readonly length: number;
  /** The word of the lock of those that take. */
  readonly takeMutex: number;
  /** For those that take: whether there is nothing to take. */
  isEmpty(): boolean;
  /** For those that put: whether `maxSize` items are there. */
  isFull(maxSize: number): boolean;
  /** The number that the next item to be put will have; numbers are given in the order of puts. */
  readonly nextPut: number;
  /** Items put for which `taskDone` was not called yet. */
  readonly unfinished: number;
  /** Makes new memory an empty store. */
  initialize(): void;
  /** Writes an item where nobody sees it until {@link publish}. Throws a RangeError that names `who` when there is no room. */
  write(item: ItemBytes, priority: number | string, who: Named): void;
  /** The item that was just written is now part of the store. */
  publish(): void;
  /** The item that {@link take} would take; there must be one. Nothing changes. */
  peek(): ItemBytes;
  /** The number of the item that {@link take} would take. */
  readonly nextTaken: number;
  /** Takes the item out that was peeked at last. */
  take(): void;
  finishOne(): void;
  /** What a thread that was terminated inside of one of the locks has left behind is put in order. */
  repairPuts(): void;
  repairTakes(): void;
}

/** The bytes that items lie in, seen as what is needed of them. */
export class ItemArea {
  readonly #memory: SharedArrayBuffer;
  readonly #start: number;
  bytes: Uint8Array = new Uint8Array(0);
  ints: Int32Array = new Int32Array(0);
  doubles: Float64Array = new Float64Array(0);

  constructor(memory: SharedArrayBuffer, start: number) {
    this.#memory = memory;
    this.#start = start;
  }

  /** Another thread may have made it larger since this one looked last. */
  view(length: number): void {
    if (this.bytes.length === length) return;
    this.bytes = new Uint8Array(this.#memory, this.#start, length);
    this.ints = new Int32Array(this.#memory, this.#start, length >> 2);
    this.doubles = new Float64Array(this.#memory, this.#start, length >> 3);
  }

  /** All that there is, for one that grows as a whole, at the memory's end. */
  viewAll(): void {
    this.view((this.#memory.byteLength - this.#start) & ~7);
  }

  /** Tag and length, then the item. `at` is a multiple of 8. */
  write(at: number, item: ItemBytes): void {
    const { tag, length } = item;
    const word = at >> 2;
    this.ints[word] = tag;
    this.ints[word + 1] = length;
    if (tag === TAG.NUMBER) this.doubles[(at >> 3) + 1] = item.number;
    else if (item.isSmall)
      for (let i = 0, n = (length + 3) >> 2; i < n; i++) this.ints[word + 2 + i] = smallInts[i] as number;
    else
      this.bytes.set(
        item.bytes.length === length ? item.bytes : item.bytes.subarray(0, length),
        at + ITEM_HEADER_BYTES,
      );
  }

  read(at: number): ItemBytes {
    const word = at >> 2;
    const tag = this.ints[word] as number;
    const length = this.ints[word + 1] as number;
    if (tag === TAG.NUMBER) return ItemBytes.ofNumber(this.doubles[(at >> 3) + 1] as number);
    if (length > SMALL_BYTES || isHalfWritten) {
      const from = at + ITEM_HEADER_BYTES;
      return ItemBytes.own(tag, this.bytes.slice(from, from + length));
    }
    for (let i = 0, n = (length + 3) >> 2; i < n; i++) smallInts[i] = this.ints[word + 2 + i] as number;
    return ItemBytes.small(tag, length);
  }
}

export const ITEM_HEADER_BYTES = 8;

/** The bytes that {@link ItemArea.write} needs. */
export function spaceOf(item: ItemBytes): number {
  return ITEM_HEADER_BYTES + padded(item.length);
}

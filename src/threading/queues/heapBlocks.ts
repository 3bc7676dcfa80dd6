/**
 * The memory of a priority queue, in blocks. A block is as large as a power of two and never moves; a free one waits in the
 * list of its size.
 */
import { growAmply } from '../crossing/growableMemory.js';
import type { Named } from '../crossing/handle.js';
import { ItemArea } from './itemStore.js';
import { HEADER_BYTES } from './queueMemory.js';

/** Doubles. */
export const COUNT = {
  LENGTH: 0,
  /** How many items were ever put: also the number of the next one. */
  PUT: 1,
  /** How often `taskDone` was called. */
  FINISHED: 2,
  /** Bytes of all blocks. */
  END: 3,
} as const;
const COUNT_BYTES = 32;

/** Blocks of 2^i bytes that are free: a list for each i. */
const LISTS = 32;
const SMALLEST = 6;

/** In bytes. */
const LISTS_AT = HEADER_BYTES + COUNT_BYTES;
const BLOCKS_AT = LISTS_AT + LISTS * 4;
const FIRST_CAPACITY = 2048;

export const NEW_HEAP_BYTES = BLOCKS_AT + FIRST_CAPACITY;

/** Words of a block. References to blocks are {@link referenceTo} them; 0 is none. */
export const BLOCK = {
  /** The power of two. */
  SIZE: 0,
  /** 1: it holds an item. */
  FULL: 1,
  CHILD: 2,
  /** The next child of the same parent, or the next block of a list. */
  NEXT: 3,
  /** Characters of a priority that is a string, which stands behind the item; -1: it is a number. */
  TEXT: 4,
} as const;
/** Doubles of a block. */
export const PRIORITY = 3;
export const NUMBER = 4;
/** Where its item begins. */
export const BLOCK_HEADER_BYTES = 40;

export const referenceTo = (at: number): number => (at >> 3) + 1;
export const placeOf = (reference: number): number => (reference - 1) << 3;

export class HeapBlocks {
  readonly counts: Float64Array;
  readonly area: ItemArea;
  readonly #memory: SharedArrayBuffer;
  readonly #lists: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.#memory = memory;
    this.counts = new Float64Array(memory, HEADER_BYTES, COUNT_BYTES / 8);
    this.#lists = new Int32Array(memory, LISTS_AT, LISTS);
    this.area = new ItemArea(memory, BLOCKS_AT);
  }

  /** The place of a block that no list and no heap has any more. */
  allocate(bytes: number, who: Named): number {
    const size = Math.max(SMALLEST, 32 - Math.clz32(bytes - 1));
    const free = this.#lists[size] as number;
    if (free !== 0) {
      const at = placeOf(free);
      this.#lists[size] = this.area.ints[(at >> 2) + BLOCK.NEXT] as number;
      return at;
    }
    const at = this.counts[COUNT.END] as number;
    const end = at + 2 ** size;
    const needed = BLOCKS_AT + end;
    if (needed > this.#memory.byteLength) {
      growAmply(this.#memory, needed, who);
      this.area.viewAll();
    }
    this.area.ints[(at >> 2) + BLOCK.SIZE] = size;
    this.area.ints[(at >> 2) + BLOCK.FULL] = 0;
    this.counts[COUNT.END] = end;
    return at;
  }

  free(at: number): void {
    const size = this.area.ints[(at >> 2) + BLOCK.SIZE] as number;
    this.area.ints[(at >> 2) + BLOCK.NEXT] = this.#lists[size] as number;
    this.#lists[size] = referenceTo(at);
  }

  /** No block is free, until it is said of each. */
  forgetFree(): void {
    this.#lists.fill(0);
  }
}

/**
 * Lowest priority first, and first in first out among equals: a pairing heap of blocks. A block is as large as a power of
 * two and never moves; a free one waits in the list of its size.
 *
 * One word of a block says whether it holds an item, and changes by one store. Everything else (heap, lists, counts) can
 * be found again by walking over the blocks, which is what happens after a thread was terminated in between.
 */
import { growAmply } from '../crossing/growableMemory.js';
import { describe, type Named } from '../crossing/handle.js';
import type { ItemBytes } from './itemBytes.js';
import { ItemArea, padded, spaceOf, type ItemStore } from './itemStore.js';
import { HEADER_BYTES, WORD } from './queueMemory.js';

/** Doubles. */
const COUNT = {
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
const BLOCK = {
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
const PRIORITY = 3;
const NUMBER = 4;
/** Where its item begins. */
const BLOCK_HEADER_BYTES = 40;

const referenceTo = (at: number): number => (at >> 3) + 1;
const placeOf = (reference: number): number => (reference - 1) << 3;

export class ItemHeap implements ItemStore {
  readonly #memory: SharedArrayBuffer;
  readonly #cells: Int32Array;
  readonly #counts: Float64Array;
  readonly #lists: Int32Array;
  readonly #area: ItemArea;
  /** The block that {@link publish} makes part of the heap. */
  #written = 0;

  constructor(memory: SharedArrayBuffer, cells: Int32Array) {
    this.#memory = memory;
    this.#cells = cells;
    this.#counts = new Float64Array(memory, HEADER_BYTES, COUNT_BYTES / 8);
    this.#lists = new Int32Array(memory, LISTS_AT, LISTS);
    this.#area = new ItemArea(memory, BLOCKS_AT);
  }

  initialize(): void {}

  get length(): number {
    return this.#counts[COUNT.LENGTH] as number;
  }

  get nextPut(): number {
    return this.#counts[COUNT.PUT] as number;
  }

  get nextTaken(): number {
    this.#view();
    return this.#area.doubles[(this.#root >> 3) + NUMBER] as number;
  }

  get unfinished(): number {
    return this.nextPut - (this.#counts[COUNT.FINISHED] as number);
  }

  write(item: ItemBytes, priority: number | string, who: Named): void {
    this.#view();
    const isText = typeof priority === 'string';
    this.#checkKind(isText, who);
    const textAt = BLOCK_HEADER_BYTES + spaceOf(item);
    const at = this.#allocate(textAt + (isText ? priority.length * 2 : 0), who);
    const { ints, doubles } = this.#area;
    ints[(at >> 2) + BLOCK.CHILD] = 0;
    ints[(at >> 2) + BLOCK.NEXT] = 0;
    ints[(at >> 2) + BLOCK.TEXT] = isText ? priority.length : -1;
    doubles[(at >> 3) + PRIORITY] = isText ? 0 : priority;
    doubles[(at >> 3) + NUMBER] = this.nextPut;
    this.#area.write(at + BLOCK_HEADER_BYTES, item);
    if (isText) for (let i = 0; i < priority.length; i++) this.#setUnit(at + textAt + 2 * i, priority.charCodeAt(i));
    this.#written = at;
  }

  publish(): void {
    const at = this.#written;
    this.#area.ints[(at >> 2) + BLOCK.FULL] = 1;
    this.#insert(at);
    (this.#counts[COUNT.LENGTH] as number) += 1;
    (this.#counts[COUNT.PUT] as number) += 1;
    this.#changed();
  }

  peek(): ItemBytes {
    this.#view();
    return this.#area.read(this.#root + BLOCK_HEADER_BYTES);
  }

  take(): void {
    const at = this.#root;
    this.#area.ints[(at >> 2) + BLOCK.FULL] = 0;
    this.#cells[WORD.ROOT] = this.#mergeAll(this.#area.ints[(at >> 2) + BLOCK.CHILD] as number);
    (this.#counts[COUNT.LENGTH] as number) -= 1;
    this.#free(at);
    this.#changed();
  }

  finishOne(): void {
    (this.#counts[COUNT.FINISHED] as number) += 1;
  }

  repair(): void {
    this.#view();
    this.#cells[WORD.ROOT] = 0;
    this.#lists.fill(0);
    let length = 0;
    let put = this.nextPut;
    const { ints, doubles } = this.#area;
    const end = this.#counts[COUNT.END] as number;
    for (let at = 0; at < end; at += 2 ** (ints[(at >> 2) + BLOCK.SIZE] as number)) {
      const word = at >> 2;
      if (ints[word + BLOCK.FULL] !== 1) {
        this.#free(at);
        continue;
      }
      ints[word + BLOCK.CHILD] = 0;
      ints[word + BLOCK.NEXT] = 0;
      this.#insert(at);
      length++;
      put = Math.max(put, (doubles[(at >> 3) + NUMBER] as number) + 1);
    }
    this.#counts[COUNT.LENGTH] = length;
    this.#counts[COUNT.PUT] = put;
    this.#changed();
  }

  get #root(): number {
    return placeOf(this.#cells[WORD.ROOT] as number);
  }

  /** As in Python, where numbers and strings cannot be compared. */
  #checkKind(isText: boolean, who: Named): void {
    if (this.length === 0) return;
    const isTextThere = (this.#area.ints[(this.#root >> 2) + BLOCK.TEXT] as number) >= 0;
    if (isText === isTextThere) return;
    const [given, there] = isText ? ['a string', 'numbers'] : ['a number', 'strings'];
    throw new TypeError(
      `${describe(who)}: the priority is ${given}, those of the items that wait are ${there}: they cannot be compared`,
    );
  }

  /** The place of a block that no list and no heap has any more. */
  #allocate(bytes: number, who: Named): number {
    const size = Math.max(SMALLEST, 32 - Math.clz32(bytes - 1));
    const free = this.#lists[size] as number;
    if (free !== 0) {
      const at = placeOf(free);
      this.#lists[size] = this.#area.ints[(at >> 2) + BLOCK.NEXT] as number;
      return at;
    }
    const at = this.#counts[COUNT.END] as number;
    const end = at + 2 ** size;
    const needed = BLOCKS_AT + end;
    if (needed > this.#memory.byteLength) {
      growAmply(this.#memory, needed, who);
      this.#view();
    }
    this.#area.ints[(at >> 2) + BLOCK.SIZE] = size;
    this.#area.ints[(at >> 2) + BLOCK.FULL] = 0;
    this.#counts[COUNT.END] = end;
    return at;
  }

  #free(at: number): void {
    const size = this.#area.ints[(at >> 2) + BLOCK.SIZE] as number;
    this.#area.ints[(at >> 2) + BLOCK.NEXT] = this.#lists[size] as number;
    this.#lists[size] = referenceTo(at);
  }

  #insert(at: number): void {
    this.#cells[WORD.ROOT] = this.#merge(this.#cells[WORD.ROOT] as number, referenceTo(at));
  }

  #merge(a: number, b: number): number {
    if (a === 0) return b;
    if (b === 0) return a;
    const [first, second] = this.#isBefore(placeOf(a), placeOf(b)) ? [a, b] : [b, a];
    const { ints } = this.#area;
    const firstWord = placeOf(first) >> 2;
    ints[(placeOf(second) >> 2) + BLOCK.NEXT] = ints[firstWord + BLOCK.CHILD] as number;
    ints[firstWord + BLOCK.CHILD] = second;
    return first;
  }

  /** Two passes: neighbours in pairs, then the pairs from the last to the first. */
  #mergeAll(child: number): number {
    const { ints } = this.#area;
    let pairs = 0;
    for (let a = child; a !== 0;) {
      const b = ints[(placeOf(a) >> 2) + BLOCK.NEXT] as number;
      const rest = b === 0 ? 0 : (ints[(placeOf(b) >> 2) + BLOCK.NEXT] as number);
      ints[(placeOf(a) >> 2) + BLOCK.NEXT] = 0;
      if (b !== 0) ints[(placeOf(b) >> 2) + BLOCK.NEXT] = 0;
      const pair = this.#merge(a, b);
      ints[(placeOf(pair) >> 2) + BLOCK.NEXT] = pairs;
      pairs = pair;
      a = rest;
    }
    let root = 0;
    while (pairs !== 0) {
      const rest = ints[(placeOf(pairs) >> 2) + BLOCK.NEXT] as number;
      ints[(placeOf(pairs) >> 2) + BLOCK.NEXT] = 0;
      root = this.#merge(root, pairs);
      pairs = rest;
    }
    return root;
  }

  #isBefore(a: number, b: number): boolean {
    const { ints, doubles } = this.#area;
    const isText = (ints[(a >> 2) + BLOCK.TEXT] as number) >= 0;
    const order = isText
      ? this.#compareTexts(a, b)
      : (doubles[(a >> 3) + PRIORITY] as number) - (doubles[(b >> 3) + PRIORITY] as number);
    // Two infinities have no difference.
    if (order < 0 || order > 0) return order < 0;
    return (doubles[(a >> 3) + NUMBER] as number) < (doubles[(b >> 3) + NUMBER] as number);
  }

  #compareTexts(a: number, b: number): number {
    const lengthA = this.#area.ints[(a >> 2) + BLOCK.TEXT] as number;
    const lengthB = this.#area.ints[(b >> 2) + BLOCK.TEXT] as number;
    const [textA, textB] = [this.#textAt(a), this.#textAt(b)];
    for (let i = 0; i < lengthA && i < lengthB; i++) {
      const order = this.#unit(textA + 2 * i) - this.#unit(textB + 2 * i);
      if (order !== 0) return order;
    }
    return lengthA - lengthB;
  }

  #textAt(at: number): number {
    const length = this.#area.ints[(at + BLOCK_HEADER_BYTES + 4) >> 2] as number;
    return at + BLOCK_HEADER_BYTES + 8 + padded(length);
  }

  #unit(at: number): number {
    return (this.#area.bytes[at] as number) | ((this.#area.bytes[at + 1] as number) << 8);
  }

  #setUnit(at: number, unit: number): void {
    this.#area.bytes[at] = unit;
    this.#area.bytes[at + 1] = unit >> 8;
  }

  #view(): void {
    this.#area.viewAll();
  }

  #changed(): void {
    this.#cells[WORD.VERSION] = ((this.#cells[WORD.VERSION] as number) + 1) | 0;
  }
}

/**
 * Lowest priority first, and first in first out among equals: a pairing heap of blocks.
 *
 * One word of a block says whether it holds an item, and changes by one store. Everything else (heap, lists, counts) can
 * be found again by walking over the blocks, which is what happens after a thread was terminated in between.
 */
import { describe, type Named } from '../crossing/handle.js';
import { BLOCK, BLOCK_HEADER_BYTES, COUNT, HeapBlocks, NUMBER, placeOf, referenceTo } from './heapBlocks.js';
import { isBefore, writePriority } from './heapOrder.js';
import type { ItemBytes } from './itemBytes.js';
import { spaceOf, type ItemArea, type ItemStore } from './itemStore.js';
import { WORD } from './queueMemory.js';

export class ItemHeap implements ItemStore {
  readonly takeMutex = WORD.MUTEX;
  readonly #cells: Int32Array;
  readonly #blocks: HeapBlocks;
  readonly #counts: Float64Array;
  readonly #area: ItemArea;
  /** The block that {@link publish} makes part of the heap. */
  #written = 0;

  constructor(memory: SharedArrayBuffer, cells: Int32Array) {
    this.#cells = cells;
    this.#blocks = new HeapBlocks(memory);
    this.#counts = this.#blocks.counts;
    this.#area = this.#blocks.area;
  }

  initialize(): void {}

  get length(): number {
    return this.#counts[COUNT.LENGTH] as number;
  }

  get nextPut(): number {
    return this.#counts[COUNT.PUT] as number;
  }

  get nextTaken(): number {
    this.#area.viewAll();
    return this.#area.doubles[(this.#root >> 3) + NUMBER] as number;
  }

  get unfinished(): number {
    return this.nextPut - (this.#counts[COUNT.FINISHED] as number);
  }

  isEmpty(): boolean {
    return this.length === 0;
  }

  isFull(maxSize: number): boolean {
    return this.length >= maxSize;
  }

  write(item: ItemBytes, priority: number | string, who: Named): void {
    this.#area.viewAll();
    const isText = typeof priority === 'string';
    this.#checkKind(isText, who);
    const textAt = BLOCK_HEADER_BYTES + spaceOf(item);
    const at = this.#blocks.allocate(textAt + (isText ? priority.length * 2 : 0), who);
    const { ints, doubles } = this.#area;
    ints[(at >> 2) + BLOCK.CHILD] = 0;
    ints[(at >> 2) + BLOCK.NEXT] = 0;
    doubles[(at >> 3) + NUMBER] = this.nextPut;
    this.#area.write(at + BLOCK_HEADER_BYTES, item);
    writePriority(this.#area, at, priority, at + textAt);
    this.#written = at;
  }

  publish(): void {
    const at = this.#written;
    this.#area.ints[(at >> 2) + BLOCK.FULL] = 1;
    this.#insert(at);
    (this.#counts[COUNT.LENGTH] as number) += 1;
    (this.#counts[COUNT.PUT] as number) += 1;
  }

  peek(): ItemBytes {
    this.#area.viewAll();
    return this.#area.read(this.#root + BLOCK_HEADER_BYTES);
  }

  take(): void {
    const at = this.#root;
    this.#area.ints[(at >> 2) + BLOCK.FULL] = 0;
    this.#cells[WORD.ROOT] = this.#mergeAll(this.#area.ints[(at >> 2) + BLOCK.CHILD] as number);
    (this.#counts[COUNT.LENGTH] as number) -= 1;
    this.#blocks.free(at);
  }

  finishOne(): void {
    (this.#counts[COUNT.FINISHED] as number) += 1;
  }

  repairTakes(): void {
    this.repairPuts();
  }

  repairPuts(): void {
    this.#area.viewAll();
    this.#cells[WORD.ROOT] = 0;
    this.#blocks.forgetFree();
    let length = 0;
    let put = this.nextPut;
    const { ints, doubles } = this.#area;
    const end = this.#counts[COUNT.END] as number;
    for (let at = 0; at < end; at += 2 ** (ints[(at >> 2) + BLOCK.SIZE] as number)) {
      const word = at >> 2;
      if (ints[word + BLOCK.FULL] !== 1) {
        this.#blocks.free(at);
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

  #insert(at: number): void {
    this.#cells[WORD.ROOT] = this.#merge(this.#cells[WORD.ROOT] as number, referenceTo(at));
  }

  #merge(a: number, b: number): number {
    if (a === 0) return b;
    if (b === 0) return a;
    const [first, second] = isBefore(this.#area, placeOf(a), placeOf(b)) ? [a, b] : [b, a];
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
}

/** The priority of an item in its block, and which of two comes first. */
import { padded } from '../crossing/growableMemory.js';
import { BLOCK, BLOCK_HEADER_BYTES, NUMBER, PRIORITY } from './heapBlocks.js';
import type { ItemArea } from './itemStore.js';

/** @param textAt where a priority that is a string goes */
export function writePriority(area: ItemArea, at: number, priority: number | string, textAt: number): void {
  const isText = typeof priority === 'string';
  area.ints[(at >> 2) + BLOCK.TEXT] = isText ? priority.length : -1;
  area.doubles[(at >> 3) + PRIORITY] = isText ? 0 : priority;
  if (isText) for (let i = 0; i < priority.length; i++) setUnit(area, textAt + 2 * i, priority.charCodeAt(i));
}

/** Whether the item of block `a` is taken before that of block `b`. */
export function isBefore(area: ItemArea, a: number, b: number): boolean {
  const { ints, doubles } = area;
  const isText = (ints[(a >> 2) + BLOCK.TEXT] as number) >= 0;
  const order = isText
    ? compareTexts(area, a, b)
    : (doubles[(a >> 3) + PRIORITY] as number) - (doubles[(b >> 3) + PRIORITY] as number);
  // Two infinities have no difference.
  if (order < 0 || order > 0) return order < 0;
  return (doubles[(a >> 3) + NUMBER] as number) < (doubles[(b >> 3) + NUMBER] as number);
}

function compareTexts(area: ItemArea, a: number, b: number): number {
  const lengthA = area.ints[(a >> 2) + BLOCK.TEXT] as number;
  const lengthB = area.ints[(b >> 2) + BLOCK.TEXT] as number;
  const [textA, textB] = [textAt(area, a), textAt(area, b)];
  for (let i = 0; i < lengthA && i < lengthB; i++) {
    const order = unit(area, textA + 2 * i) - unit(area, textB + 2 * i);
    if (order !== 0) return order;
  }
  return lengthA - lengthB;
}

function textAt(area: ItemArea, at: number): number {
  const length = area.ints[(at + BLOCK_HEADER_BYTES + 4) >> 2] as number;
  return at + BLOCK_HEADER_BYTES + 8 + padded(length);
}

function unit(area: ItemArea, at: number): number {
  return (area.bytes[at] as number) | ((area.bytes[at + 1] as number) << 8);
}

function setUnit({ bytes }: ItemArea, at: number, unit: number): void {
  bytes[at] = unit;
  bytes[at + 1] = unit >> 8;
}

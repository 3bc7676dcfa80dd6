import {
  BIN,
  BIN_BYTES,
  BLOCK_HEADER_BYTES,
  BLOCK_KIND,
  EXACT_LIMIT,
  INTERVAL_BYTES,
  INTERVAL_INTS,
  TILE_BINS,
} from '../protocol/tileLayout.js';
import { SLOTS, type LaneColumns } from './laneColumns.js';

/** The rows of a lane in one tile, and how the tile says them. */
interface Block {
  readonly columns: LaneColumns;
  readonly start: number;
  readonly from: number;
  readonly to: number;
  readonly kind: number;
}

const INTS = INTERVAL_BYTES / 4;

/**
 * The tiles `first` to `first + count - 1` of each lane at a level, laid out as `tileLayout.ts` says, in a buffer of
 * exactly their size. A lane that is `undefined` is empty.
 */
export function tile(
  level: number,
  first: number,
  count: number,
  lanes: readonly (LaneColumns | undefined)[],
): ArrayBuffer {
  const binNs = 2 ** level;
  const blocks = lanes.flatMap((columns) => blocksOf(columns, binNs * TILE_BINS, first, count));
  const buffer = new ArrayBuffer(blocks.reduce((bytes, block) => bytes + sizeOf(block), 0));
  let at = 0;
  for (const block of blocks) {
    const rows = block ? block.to - block.from : 0;
    new Int32Array(buffer, at, 2).set([block?.kind ?? BLOCK_KIND.empty, rows]);
    if (block?.kind === BLOCK_KIND.exact) writeExact(buffer, at + BLOCK_HEADER_BYTES, block);
    else if (block) writeDensity(new Uint8Array(buffer, at + BLOCK_HEADER_BYTES), block, binNs);
    at += sizeOf(block);
  }
  return buffer;
}

/** Null: nothing in the tile. */
function blocksOf(columns: LaneColumns | undefined, tileNs: number, first: number, count: number): (Block | null)[] {
  const blocks: (Block | null)[] = [];
  let row = 0;
  for (let i = first; i < first + count; i += 1) {
    if (!columns) {
      blocks.push(null);
      continue;
    }
    const start = i * tileNs;
    const from = columns.firstEndingAfter(start, row);
    const to = columns.firstStartingAt(start + tileNs, from);
    row = from;
    const kind = to - from <= EXACT_LIMIT ? BLOCK_KIND.exact : BLOCK_KIND.density;
    blocks.push(to > from ? { columns, start, from, to, kind } : null);
  }
  return blocks;
}

function sizeOf(block: Block | null): number {
  if (!block) return BLOCK_HEADER_BYTES;
  const rows = block.kind === BLOCK_KIND.exact ? (block.to - block.from) * INTERVAL_BYTES : TILE_BINS * BIN_BYTES;
  return BLOCK_HEADER_BYTES + rows;
}

function writeExact(buffer: ArrayBuffer, at: number, { columns, from, to }: Block): void {
  const doubles = new Float64Array(buffer, at, (to - from) * (INTERVAL_BYTES / 8));
  const ints = new Int32Array(buffer, at, (to - from) * INTS);
  for (let row = from; row < to; row += 1) {
    const i = row - from;
    doubles[i * (INTERVAL_BYTES / 8)] = columns.start[row] as number;
    doubles[i * (INTERVAL_BYTES / 8) + 1] = columns.end[row] as number;
    ints[i * INTS + INTERVAL_INTS.state] = columns.state[row] as number;
    ints[i * INTS + INTERVAL_INTS.flags] = columns.flags[row] as number;
    ints[i * INTS + INTERVAL_INTS.object] = columns.object[row] as number;
    ints[i * INTS + INTERVAL_INTS.stack] = columns.stack[row] as number;
  }
}

/** Times spent in each slot before the left and the right edge of a bin; the bin is their difference. */
let before = new Float64Array(SLOTS);
let after = new Float64Array(SLOTS);

function writeDensity(bytes: Uint8Array, { columns, start, from }: Block, binNs: number): void {
  let row = from;
  columns.timeBefore(start, row, before);
  for (let bin = 0; bin < TILE_BINS; bin += 1) {
    const end = start + (bin + 1) * binNs;
    const next = columns.firstEndingAfter(end, row);
    columns.timeBefore(end, next, after);
    const at = bin * BIN_BYTES;
    for (let slot = 0; slot < SLOTS; slot += 1) {
      bytes[at + slot] = share((after[slot] as number) - (before[slot] as number), binNs);
    }
    const reaches = next < columns.length && (columns.start[next] as number) < end;
    bytes[at + BIN.flags] = columns.flagsOf(row, reaches ? next + 1 : next);
    [before, after] = [after, before];
    row = next;
  }
}

/** A share of a bin as a byte; what is there at all is at least 1. */
function share(ns: number, binNs: number): number {
  return ns <= 0 ? 0 : Math.max(1, Math.min(255, Math.round((ns / binNs) * 255)));
}

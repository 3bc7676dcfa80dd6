/** Reads the blocks of a tile answer; see the protocol's `tileLayout.ts` for the bytes. */
import { BIN_BYTES, BLOCK_HEADER_BYTES, BLOCK_KIND, INTERVAL_BYTES, TILE_BINS } from '../../src/protocol/tileLayout.js';

export interface EmptyBlock {
  readonly kind: 'empty';
}

export interface DensityBlock {
  readonly kind: 'density';
  /** `TILE_BINS` records of `BIN_BYTES`. */
  readonly bins: Uint8Array;
}

/** Intervals in the order of time, each column by the same index; the ones that begin before the tile included. */
export interface ExactBlock {
  readonly kind: 'exact';
  readonly count: number;
  readonly start: Float64Array;
  readonly end: Float64Array;
  readonly state: Uint8Array;
  readonly flags: Uint8Array;
  readonly object: Int32Array;
}

export type Block = EmptyBlock | DensityBlock | ExactBlock;

const emptyBlock: EmptyBlock = { kind: 'empty' };

export function blockBytes(block: Block): number {
  if (block.kind === 'empty') return 16;
  return block.kind === 'density' ? block.bins.byteLength + 64 : block.count * 22 + 128;
}

function readExact(buffer: ArrayBuffer, at: number, count: number): ExactBlock {
  const doubles = new Float64Array(buffer, at, (count * INTERVAL_BYTES) / 8);
  const ints = new Int32Array(buffer, at, (count * INTERVAL_BYTES) / 4);
  const block = {
    kind: 'exact' as const,
    count,
    start: new Float64Array(count),
    end: new Float64Array(count),
    state: new Uint8Array(count),
    flags: new Uint8Array(count),
    object: new Int32Array(count),
  };
  for (let i = 0; i < count; i++) {
    block.start[i] = doubles[i * 4] as number;
    block.end[i] = doubles[i * 4 + 1] as number;
    block.state[i] = ints[i * 8 + 4] as number;
    block.flags[i] = ints[i * 8 + 5] as number;
    block.object[i] = ints[i * 8 + 6] as number;
  }
  return block;
}

/** All blocks of an answer in their order: lanes outer, tiles inner. Copies, so that each can be dropped alone. */
export function readBlocks(buffer: ArrayBuffer): Block[] {
  const header = new Int32Array(buffer);
  const blocks: Block[] = [];
  let at = 0;
  while (at + BLOCK_HEADER_BYTES <= buffer.byteLength) {
    const kind = header[at / 4];
    const count = header[at / 4 + 1] as number;
    at += BLOCK_HEADER_BYTES;
    if (kind === BLOCK_KIND.density) {
      const bytes = TILE_BINS * BIN_BYTES;
      blocks.push({ kind: 'density', bins: new Uint8Array(buffer.slice(at, at + bytes)) });
      at += bytes;
    } else if (kind === BLOCK_KIND.exact) {
      blocks.push(readExact(buffer, at, count));
      at += count * INTERVAL_BYTES;
    } else {
      blocks.push(emptyBlock);
    }
  }
  return blocks;
}

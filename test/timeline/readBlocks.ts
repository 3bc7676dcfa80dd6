import { BIN_BYTES, BLOCK_HEADER_BYTES, BLOCK_KIND, INTERVAL_BYTES, TILE_BINS } from '../../src/protocol/tileLayout.js';

export interface Interval {
  readonly start: number;
  readonly end: number;
  readonly state: number;
  readonly flags: number;
  readonly object: number;
  readonly stack: number;
}

export interface Block {
  readonly kind: number;
  readonly intervals: readonly Interval[];
  readonly bins: Uint8Array;
}

/** A tile as the view reads it. */
export function readBlocks(buffer: ArrayBuffer, count: number): Block[] {
  const view = new DataView(buffer);
  let at = 0;
  return Array.from({ length: count }, () => {
    const kind = view.getInt32(at, true);
    const rows = view.getInt32(at + 4, true);
    at += BLOCK_HEADER_BYTES;
    const intervals: Interval[] = [];
    let bins = new Uint8Array(0);
    if (kind === BLOCK_KIND.density) {
      bins = new Uint8Array(buffer, at, TILE_BINS * BIN_BYTES);
      at += bins.length;
    } else {
      for (let i = 0; i < rows; i += 1, at += INTERVAL_BYTES) {
        const [state, flags, object, stack] = [16, 20, 24, 28].map((offset) => view.getInt32(at + offset, true));
        intervals.push({
          start: view.getFloat64(at, true),
          end: view.getFloat64(at + 8, true),
          state: state as number,
          flags: flags as number,
          object: object as number,
          stack: stack as number,
        });
      }
    }
    return { kind, intervals, bins };
  });
}

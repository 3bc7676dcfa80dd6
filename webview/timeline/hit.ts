/** What is under the pointer: the lane, and the exact interval when a tile has it. */
import { FLAG } from '../../src/protocol/tileLayout.js';
import { rowAt, type Layout, type Row } from './layout.js';
import { tileLength, type TileCache } from './tileCache.js';
import type { TimeScale } from './timeScale.js';

export interface Hit {
  readonly row: Row;
  readonly lane: number;
  /** Inside the interval, so that asking for it finds it. */
  readonly time: number;
  /** Null where the lane is dense, or nothing is near. An open one ends at Infinity. */
  readonly interval: {
    readonly start: number;
    readonly end: number;
    readonly object: number;
    readonly state: number;
  } | null;
  readonly isDense: boolean;
}

/** Targets snap within so many pixels. */
const SNAP = 6;

/** `x` from the left of the picture, `y` from the top of all rows; `end` of the trace in ns. */
export function hitTest(
  layout: Layout,
  cache: TileCache,
  scale: TimeScale,
  x: number,
  y: number,
  end: number,
): Hit | null {
  const row = rowAt(layout, y);
  if (!row) return null;
  const isBand = row.holdsLane !== null && y >= row.bandY - 1;
  const lane = isBand ? row.holdsLane : row.lane;
  const time = scale.time(x);
  const { level } = scale;
  const index = Math.floor(time / tileLength(level));
  const block = (cache.get(lane, level, index) ?? cache.coarser(lane, level, index))?.block;
  const miss: Hit = { row, lane, time, interval: null, isDense: block?.kind === 'density' };
  if (block?.kind !== 'exact') return miss;
  let best: Hit = miss;
  let nearest = SNAP * scale.nsPerPx;
  for (let i = 0; i < block.count; i++) {
    const start = block.start[i] as number;
    const isOpen = ((block.flags[i] as number) & FLAG.open) !== 0;
    const until = isOpen ? end : (block.end[i] as number);
    const distance = time < start ? start - time : time >= until ? time - until : 0;
    if (distance > nearest || (distance > 0 && distance === nearest)) continue;
    nearest = distance;
    const inside = distance === 0 ? time : (start + until) / 2;
    best = {
      ...miss,
      time: inside,
      interval: {
        start,
        end: isOpen ? Infinity : until,
        object: block.object[i] as number,
        state: block.state[i] as number,
      },
    };
  }
  return best;
}

/** The shares under the pointer in a dense lane, as `BIN` orders them, 0 to 1, and the bin's time. */
export function binAt(
  cache: TileCache,
  scale: TimeScale,
  lane: number,
  time: number,
): { readonly shares: readonly number[]; readonly start: number; readonly end: number } | null {
  const index = Math.floor(time / tileLength(scale.level));
  const tile = cache.get(lane, scale.level, index) ?? cache.coarser(lane, scale.level, index);
  if (tile?.block.kind !== 'density') return null;
  const length = 2 ** tile.level;
  const start = Math.floor(time / length) * length;
  const at = (start / length - tile.index * 256) * 8;
  return { shares: [...tile.block.bins.subarray(at, at + 6)].map((share) => share / 255), start, end: start + length };
}

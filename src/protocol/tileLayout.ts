/**
 * How a tile's buffer is laid out. Time is cut in bins of `2^level` nanoseconds; a tile is {@link TILE_BINS} of them.
 * A tile with few intervals carries them exactly, another one the shares of each state in each bin.
 *
 * A `TileAnswer`'s buffer is a sequence of blocks, one for each lane and tile, lanes outer, tiles inner. A block:
 *   Int32 kind: 0 empty, 1 density, 2 exact; Int32 count
 *   density: TILE_BINS records of BIN_BYTES
 *   exact: count records of INTERVAL_BYTES, in the order of time, those that begin before the tile included
 * Every block starts at a multiple of 8 bytes.
 */
export const TILE_BINS = 256;

export const BLOCK_KIND = { empty: 0, density: 1, exact: 2 } as const;
export const BLOCK_HEADER_BYTES = 8;

/** Up to so many intervals a tile is sent exactly: 6 tiles of 16 lanes, a zoom step, then stay below 256 kB. */
export const EXACT_LIMIT = 80;

/**
 * Bytes of a bin: shares (0-255) of running, loop, blocked, waiting, parked + sleeping, unknown, then flags, then a
 * spare. In lock lanes: share of held, share of wanted, the rest 0.
 */
export const BIN_BYTES = 8;
export const BIN = { running: 0, loop: 1, blocked: 2, waiting: 3, parked: 4, unknown: 5, flags: 6 } as const;
export const LOCK_BIN = { held: 0, wanted: 1 } as const;

/**
 * Start and end as doubles (ns), then four Int32: state, flags, object, stack. The object of a join is `-1 - id` of the
 * thread that it waits for; 0 is none.
 */
export const INTERVAL_BYTES = 32;
export const INTERVAL_INTS = { state: 4, flags: 5, object: 6, stack: 7 } as const;

/** What must be seen at every zoom. */
export const FLAG = {
  /** Part of a deadlock. */
  deadlocked: 1,
  /** Dead, stuck behind a finding. */
  stuck: 2,
  /** Part of another error. */
  error: 4,
  /** Part of a warning. */
  warning: 8,
  /** Still so at the end of the trace. */
  open: 16,
} as const;

/** States of `thread` lanes. */
export { THREAD_STATE as LANE_STATE } from '../model/threadState.js';

/** States of `holds` and `lock` lanes. */
export const BAND = { held: 1, wanted: 2 } as const;

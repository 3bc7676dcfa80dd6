/**
 * What a column of pixels shows of the bins that lie on it: running grows from the floor, waiting and parked lie on it,
 * blocked hangs from the ceiling. What is flagged is never averaged away.
 */
import { BIN, BIN_BYTES, FLAG, LOCK_BIN } from '../../src/protocol/tileLayout.js';
import type { Palette } from '../theme.js';
import type { Seen } from './stateShapes.js';

export type DensityColors = Readonly<
  Record<
    'running' | 'loop' | 'blocked' | 'waiting' | 'parked' | 'dot' | 'unknown' | 'held' | 'wanted' | 'deadlock' | 'mark',
    number
  >
>;

export function densityColors(palette: Palette): DensityColors {
  const area = palette.isHighContrast ? 0.35 : 0.32;
  return {
    running: palette.pixel('running', 1),
    loop: palette.pixel('loopIdle', 1),
    blocked: palette.pixel('blocked', 1),
    waiting: palette.pixel('waiting', area),
    parked: palette.pixel('parked', 0.25),
    dot: palette.pixel('parked', 1),
    unknown: palette.pixel('unknown', 0.5),
    held: palette.pixel('lockHeld', 1),
    wanted: palette.pixel('lockWanted', 1),
    deadlock: palette.pixel('deadlock', 1),
    mark: palette.pixel('warning', 1),
  };
}

/** A lane's rows of pixels, and the tile that is drawn on them. Lengths are device pixels. */
export interface Strip {
  /** `height` rows of `width`, ABGR. */
  readonly pixels: Uint32Array;
  readonly width: number;
  readonly height: number;
  /** Device pixels a CSS pixel. */
  readonly ratio: number;
  readonly colors: DensityColors;
  /** `TILE_BINS` records of `BIN_BYTES`. */
  readonly bins: Uint8Array;
  readonly seen: Seen;
}

/** Draws column `x` from the bins `[b0, b1)`. */
export type ColumnPainter = (strip: Strip, x: number, b0: number, b1: number) => void;

/** The shares of a thread's states. */
export const paintStates: ColumnPainter = (strip, x, b0, b1) => {
  const { pixels, width, height, ratio, colors, bins } = strip;
  let running = 0;
  let loop = 0;
  let blocked = 0;
  let waiting = 0;
  let parked = 0;
  let unknown = 0;
  let flags = 0;
  for (let b = b0; b < b1; b++) {
    const at = b * BIN_BYTES;
    running += bins[at + BIN.running] as number;
    loop += bins[at + BIN.loop] as number;
    blocked += bins[at + BIN.blocked] as number;
    waiting += bins[at + BIN.waiting] as number;
    parked += bins[at + BIN.parked] as number;
    unknown += bins[at + BIN.unknown] as number;
    flags |= bins[at + BIN.flags] as number;
  }
  const { dense } = strip.seen;
  if (running > 0) dense.add('running');
  else if (loop > 0) dense.add('loop');
  if (blocked > 0) dense.add('blocked');
  if (waiting > 0) dense.add('waiting');
  if (parked > 0) dense.add('parked');
  if (unknown > 0) dense.add('unknown');
  const perShare = height / (255 * (b1 - b0));
  let floor = height;
  const grow = (share: number, color: number): void => {
    const to = Math.max(0, Math.round(floor - share * perShare));
    for (let y = to; y < floor; y++) pixels[y * width + x] = color;
    floor = to;
  };
  const dots = floor - running * perShare;
  grow(running, colors.running);
  if (running === 0 && loop > 0) grow(1 / perShare, colors.loop);
  grow(waiting, colors.waiting);
  grow(parked, colors.parked);
  grow(unknown, colors.unknown);
  if (parked * perShare > 5 * ratio && x % Math.round(6 * ratio) < 2 * ratio) {
    const middle = Math.round(dots - waiting * perShare - (parked * perShare) / 2);
    for (let y = middle - 1; y <= middle; y++) pixels[y * width + x] = colors.dot;
  }
  const hanging = blocked === 0 ? 0 : Math.max(1, Math.round(blocked * perShare));
  for (let y = 0; y < hanging; y++) pixels[y * width + x] = colors.blocked;
  paintFlags(strip, x, flags);
};

/** How much of the time a lock is held, and wanted. */
export const paintBand: ColumnPainter = (strip, x, b0, b1) => {
  const { pixels, width, height, colors, bins, seen } = strip;
  let held = 0;
  let wanted = 0;
  let flags = 0;
  for (let b = b0; b < b1; b++) {
    held += bins[b * BIN_BYTES + LOCK_BIN.held] as number;
    wanted += bins[b * BIN_BYTES + LOCK_BIN.wanted] as number;
    flags |= bins[b * BIN_BYTES + BIN.flags] as number;
  }
  if (held + wanted === 0) return;
  if (wanted > 0) seen.isWanted = true;
  else seen.isHeld = true;
  const full = 255 * (b1 - b0);
  const thickness = wanted > 0 ? Math.max(1, (height * Math.max(wanted, full / 2)) / full) : height / 2;
  const from = Math.round((height - thickness) / 2);
  const color = wanted > 0 ? colors.wanted : colors.held;
  for (let y = from; y < from + Math.round(thickness); y++) pixels[y * width + x] = color;
  paintFlags(strip, x, flags);
};

/** Two rows above and below, at least two columns wide: an error or a warning stays visible at every zoom. */
function paintFlags({ pixels, width, height, ratio, colors }: Strip, column: number, flags: number): void {
  const isDead = (flags & (FLAG.deadlocked | FLAG.error)) !== 0;
  if (!isDead && (flags & FLAG.warning) === 0) return;
  const color = isDead ? colors.deadlock : colors.mark;
  const thick = Math.max(1, Math.round(1.5 * ratio));
  for (let x = Math.max(0, column - 1); x <= column; x++) {
    for (let y = 0; y < thick; y++) {
      pixels[y * width + x] = color;
      pixels[(height - 1 - y) * width + x] = color;
    }
  }
}

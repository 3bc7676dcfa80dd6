/**
 * Lanes with more intervals than pixels: running grows from the floor, waiting and parked lie on it, blocked hangs from
 * the ceiling. Columns are written pixel by pixel into one image for all lanes, which is put on the canvas once a frame;
 * what is flagged is never averaged away.
 */
import { BIN, BIN_BYTES, FLAG, LOCK_BIN, TILE_BINS } from '../../src/protocol/tileLayout.js';
import type { Palette } from '../theme.js';
import type { Canvas } from './patterns.js';
import type { Shape } from './stateShapes.js';
import type { DensityBlock } from './tile.js';
import type { Tile } from './tileCache.js';
import type { TimeScale } from './timeScale.js';

export interface DensityTarget {
  readonly isBand: boolean;
  readonly y: number;
  readonly height: number;
}

type Colors = Readonly<
  Record<
    'running' | 'loop' | 'blocked' | 'waiting' | 'parked' | 'dot' | 'unknown' | 'held' | 'wanted' | 'deadlock' | 'mark',
    number
  >
>;

function colorsOf(palette: Palette): Colors {
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

/** Rows that begin above the view, or end below it, are written whole: so much room in px, more than a row is high. */
const MARGIN = 40;

/** The pixels of all dense lanes in view, kept from picture to picture: making them costs more than filling them. */
export class DensitySheet {
  readonly #canvas = new OffscreenCanvas(1, 1);
  #image = new ImageData(1, 1);
  pixels = new Uint32Array(this.#image.data.buffer);
  /** Rows that were written to. */
  #top = Infinity;
  #bottom = 0;

  get width(): number {
    return this.#image.width;
  }

  /** Empty, and of this size. */
  begin(width: number, height: number): void {
    if (this.#image.width !== width || this.#image.height !== height) {
      this.#image = new ImageData(width, height);
      this.pixels = new Uint32Array(this.#image.data.buffer);
      this.#canvas.width = width;
      this.#canvas.height = height;
    } else if (this.#bottom > 0) {
      this.pixels.fill(0, this.#top * width, this.#bottom * width);
    }
    this.#top = Infinity;
    this.#bottom = 0;
  }

  touch(top: number, bottom: number): void {
    this.#top = Math.min(this.#top, top);
    this.#bottom = Math.max(this.#bottom, bottom);
  }

  /** Puts what was written on `g`, in its device pixels; row `first` comes to its top. */
  putOn(g: Canvas, first: number): void {
    const { width } = this.#image;
    const top = this.#top;
    const height = this.#bottom - top;
    if (height <= 0) return;
    const canvas = this.#canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
    canvas.putImageData(this.#image, 0, 0, 0, top, width, height);
    g.save();
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.drawImage(this.#canvas, 0, top, width, height, 0, top - first, width, height);
    g.restore();
  }
}

export interface DensityBox extends DensityTarget {
  readonly x: number;
  readonly width: number;
}

export class DensityPainter {
  /** What was drawn, for the legend. */
  readonly shapes = new Set<Shape>();
  isHeld = false;
  isWanted = false;
  readonly #g: Canvas;
  readonly #scale: TimeScale;
  readonly #ratio: number;
  readonly #colors: Colors;
  readonly #sheet: DensitySheet;
  readonly #top: number;
  readonly #margin: number;
  /** Where something was drawn. */
  readonly boxes: DensityBox[] = [];

  /** `view`: the part of all rows that is seen. */
  constructor(
    g: Canvas,
    scale: TimeScale,
    ratio: number,
    palette: Palette,
    sheet: DensitySheet,
    view: { readonly top: number; readonly bottom: number },
  ) {
    this.#g = g;
    this.#scale = scale;
    this.#ratio = ratio;
    this.#colors = colorsOf(palette);
    this.#sheet = sheet;
    this.#top = view.top;
    this.#margin = Math.ceil(MARGIN * ratio);
    const height = Math.ceil((view.bottom - view.top) * ratio) + 2 * this.#margin;
    sheet.begin(Math.ceil(scale.width * ratio), height);
  }

  /** Writes `[from, to)` of a density tile; it is seen after `flush`. */
  draw(tile: Tile, [from, to]: readonly [number, number], target: DensityTarget): void {
    if (tile.block.kind !== 'density') return;
    const ratio = this.#ratio;
    const left = Math.max(0, Math.floor(this.#scale.x(from) * ratio));
    const right = Math.min(Math.ceil(this.#scale.width * ratio), Math.ceil(this.#scale.x(to) * ratio));
    const height = Math.round(target.height * ratio);
    if (right <= left) return;
    const { width } = this.#sheet;
    const y = Math.round((target.y - this.#top) * ratio) + this.#margin;
    const pixels = this.#sheet.pixels.subarray(y * width, (y + height) * width);
    this.#sheet.touch(y, y + height);
    this.boxes.push({ ...target, x: left / ratio, width: (right - left) / ratio });
    const bin = 2 ** tile.level;
    const first = tile.index * TILE_BINS;
    const binAt = (x: number): number => {
      const at = Math.floor(this.#scale.time(x / ratio) / bin) - first;
      return Math.min(TILE_BINS - 1, Math.max(0, at));
    };
    for (let column = left; column < right; column++) {
      const b0 = binAt(column);
      const b1 = Math.max(b0 + 1, Math.min(TILE_BINS, binAt(column + 1)));
      if (target.isBand) this.#bandColumn(pixels, width, height, column, tile.block, b0, b1);
      else this.#stateColumn(pixels, width, height, column, tile.block, b0, b1);
    }
  }

  /** Puts all that was written on the canvas. */
  flush(): void {
    this.#sheet.putOn(this.#g, this.#margin);
  }

  #stateColumn(
    pixels: Uint32Array,
    width: number,
    height: number,
    column: number,
    { bins }: DensityBlock,
    b0: number,
    b1: number,
  ): void {
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
    if (running > 0) this.shapes.add('running');
    else if (loop > 0) this.shapes.add('loop');
    if (blocked > 0) this.shapes.add('blocked');
    if (waiting > 0) this.shapes.add('waiting');
    if (parked > 0) this.shapes.add('parked');
    if (unknown > 0) this.shapes.add('unknown');
    const colors = this.#colors;
    const perShare = height / (255 * (b1 - b0));
    let floor = height;
    const grow = (share: number, color: number): void => {
      const to = Math.max(0, Math.round(floor - share * perShare));
      for (let y = to; y < floor; y++) pixels[y * width + column] = color;
      floor = to;
    };
    const dots = floor - running * perShare;
    grow(running, colors.running);
    if (running === 0 && loop > 0) grow(1 / perShare, colors.loop);
    grow(waiting, colors.waiting);
    grow(parked, colors.parked);
    grow(unknown, colors.unknown);
    if (parked * perShare > 5 * this.#ratio && column % Math.round(6 * this.#ratio) < 2 * this.#ratio) {
      const middle = Math.round(dots - waiting * perShare - (parked * perShare) / 2);
      for (let y = middle - 1; y <= middle; y++) pixels[y * width + column] = colors.dot;
    }
    const hanging = blocked === 0 ? 0 : Math.max(1, Math.round(blocked * perShare));
    for (let y = 0; y < hanging; y++) pixels[y * width + column] = colors.blocked;
    this.#edges(pixels, width, height, column, flags);
  }

  #bandColumn(
    pixels: Uint32Array,
    width: number,
    height: number,
    column: number,
    { bins }: DensityBlock,
    b0: number,
    b1: number,
  ): void {
    let held = 0;
    let wanted = 0;
    let flags = 0;
    for (let b = b0; b < b1; b++) {
      held += bins[b * BIN_BYTES + LOCK_BIN.held] as number;
      wanted += bins[b * BIN_BYTES + LOCK_BIN.wanted] as number;
      flags |= bins[b * BIN_BYTES + BIN.flags] as number;
    }
    if (held + wanted === 0) return;
    if (wanted > 0) this.isWanted = true;
    else this.isHeld = true;
    const full = 255 * (b1 - b0);
    const thickness = wanted > 0 ? Math.max(1, (height * Math.max(wanted, full / 2)) / full) : height / 2;
    const from = Math.round((height - thickness) / 2);
    for (let y = from; y < from + Math.round(thickness); y++) {
      pixels[y * width + column] = wanted > 0 ? this.#colors.wanted : this.#colors.held;
    }
    this.#edges(pixels, width, height, column, flags);
  }

  /** Two rows above and below, at least two columns wide: an error or a warning stays visible at every zoom. */
  #edges(pixels: Uint32Array, width: number, height: number, column: number, flags: number): void {
    const isDead = (flags & (FLAG.deadlocked | FLAG.error)) !== 0;
    if (!isDead && (flags & FLAG.warning) === 0) return;
    const color = isDead ? this.#colors.deadlock : this.#colors.mark;
    const thick = Math.max(1, Math.round(1.5 * this.#ratio));
    for (let x = Math.max(0, column - 1); x <= column; x++) {
      for (let y = 0; y < thick; y++) {
        pixels[y * width + x] = color;
        pixels[(height - 1 - y) * width + x] = color;
      }
    }
  }
}

/**
 * Lanes with more intervals than pixels. Columns are written pixel by pixel into one sheet for all lanes, which is put on
 * the canvas once a frame.
 */
import { TILE_BINS } from '../../src/protocol/tileLayout.js';
import type { Palette } from '../theme.js';
import { densityColors, paintBand, paintStates, type DensityColors, type Strip } from './densityColumns.js';
import type { DensitySheet } from './densitySheet.js';
import type { Canvas } from './patterns.js';
import type { Seen } from './stateShapes.js';
import type { Tile } from './tileCache.js';
import type { TimeScale } from './timeScale.js';

export interface DensityTarget {
  readonly isBand: boolean;
  readonly y: number;
  readonly height: number;
}

export interface DensityBox extends DensityTarget {
  readonly x: number;
  readonly width: number;
}

/** Rows that begin above the view, or end below it, are written whole: so much room in px, more than a row is high. */
const MARGIN = 40;

export class DensityPainter {
  /** Where something was drawn. */
  readonly boxes: DensityBox[] = [];
  readonly #g: Canvas;
  readonly #scale: TimeScale;
  readonly #ratio: number;
  readonly #colors: DensityColors;
  readonly #sheet: DensitySheet;
  readonly #top: number;
  readonly #margin: number;

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
    this.#colors = densityColors(palette);
    this.#sheet = sheet;
    this.#top = view.top;
    this.#margin = Math.ceil(MARGIN * ratio);
    const height = Math.ceil((view.bottom - view.top) * ratio) + 2 * this.#margin;
    sheet.begin(Math.ceil(scale.width * ratio), height);
  }

  /** Writes `[from, to)` of a tile, if it is a dense one; it is seen after `flush`. */
  draw({ block, level, index }: Tile, [from, to]: readonly [number, number], target: DensityTarget, seen: Seen): void {
    if (block.kind !== 'density') return;
    const ratio = this.#ratio;
    const left = Math.max(0, Math.floor(this.#scale.x(from) * ratio));
    const right = Math.min(Math.ceil(this.#scale.width * ratio), Math.ceil(this.#scale.x(to) * ratio));
    if (right <= left) return;
    this.boxes.push({ ...target, x: left / ratio, width: (right - left) / ratio });
    const strip = this.#strip(target, block.bins, seen);
    const paint = target.isBand ? paintBand : paintStates;
    const bin = 2 ** level;
    const first = index * TILE_BINS;
    const binAt = (x: number): number => {
      const at = Math.floor(this.#scale.time(x / ratio) / bin) - first;
      return Math.min(TILE_BINS - 1, Math.max(0, at));
    };
    for (let x = left; x < right; x++) {
      const b0 = binAt(x);
      const b1 = Math.max(b0 + 1, Math.min(TILE_BINS, binAt(x + 1)));
      paint(strip, x, b0, b1);
    }
  }

  /** Puts all that was written on the canvas. */
  flush(): void {
    this.#sheet.putOn(this.#g, this.#margin);
  }

  #strip(target: DensityTarget, bins: Uint8Array, seen: Seen): Strip {
    const ratio = this.#ratio;
    const y = Math.round((target.y - this.#top) * ratio) + this.#margin;
    const height = Math.round(target.height * ratio);
    const pixels = this.#sheet.rows(y, y + height);
    return { pixels, width: this.#sheet.width, height, ratio, colors: this.#colors, bins, seen };
  }
}

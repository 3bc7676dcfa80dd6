/** The tiles that came, least recently drawn first; the oldest go when they take too many bytes. */
import { TILE_BINS } from '../../src/protocol/tileLayout.js';
import { blockBytes, type Block } from './tile.js';

export interface Tile {
  readonly lane: number;
  readonly level: number;
  readonly index: number;
  readonly block: Block;
  /** The trace grew over it or its findings changed: it is still drawn, and asked anew. */
  isStale: boolean;
}

/** How long a tile of that level is, in ns. */
export function tileLength(level: number): number {
  return TILE_BINS * 2 ** level;
}

export const tileKey = (lane: number, level: number, index: number): string => `${lane}/${level}/${index}`;

/** How far the search for a stand-in goes: 2^20 times coarser covers every zoom that a trace is opened at. */
const COARSER_LEVELS = 20;

export class TileCache {
  readonly #tiles = new Map<string, Tile>();
  readonly #limit: number;
  #bytes = 0;

  constructor(limitBytes = 32 * 1024 * 1024) {
    this.#limit = limitBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(lane: number, level: number, index: number): Tile | undefined {
    const key = tileKey(lane, level, index);
    const tile = this.#tiles.get(key);
    if (tile) {
      this.#tiles.delete(key);
      this.#tiles.set(key, tile);
    }
    return tile;
  }

  put(tile: Tile): void {
    const key = tileKey(tile.lane, tile.level, tile.index);
    const old = this.#tiles.get(key);
    if (old) this.#bytes -= blockBytes(old.block);
    this.#tiles.delete(key);
    this.#tiles.set(key, tile);
    this.#bytes += blockBytes(tile.block);
    for (const [oldest, { block }] of this.#tiles) {
      if (this.#bytes <= this.#limit) break;
      this.#tiles.delete(oldest);
      this.#bytes -= blockBytes(block);
    }
  }

  /** The nearest coarser tile over a tile that is not here yet. */
  coarser(lane: number, level: number, index: number): Tile | undefined {
    for (let up = 1; up <= COARSER_LEVELS; up++) {
      const tile = this.get(lane, level + up, Math.floor(index / 2 ** up));
      if (tile) return tile;
    }
    return undefined;
  }

  /** Tiles that end after `time` may have changed since. */
  staleFrom(time: number): void {
    for (const tile of this.#tiles.values()) {
      if ((tile.index + 1) * tileLength(tile.level) > time) tile.isStale = true;
    }
  }
}

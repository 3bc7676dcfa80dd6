/**
 * Draws the rows: exact intervals where a tile has them, shares of states where it has too many. A tile that is not
 * here yet is drawn from a coarser one, or from finer ones.
 */
import { BAND, FLAG } from '../../src/protocol/tileLayout.js';
import type { Hover } from '../store.js';
import type { Palette } from '../theme.js';
import type { DensityPainter, DensityTarget } from './density.js';
import type { Labels } from './labels.js';
import type { Layout, Row } from './layout.js';
import { frame, type Canvas } from './patterns.js';
import { drawBand, drawShape, labelGround, nothingSeen, SHAPES, type Seen, type Shape } from './stateShapes.js';
import type { ExactBlock } from './tile.js';
import { tileLength, type Tile, type TileCache } from './tileCache.js';
import type { TimeScale } from './timeScale.js';

export interface LaneScene {
  readonly g: Canvas;
  readonly scale: TimeScale;
  readonly palette: Palette;
  readonly layout: Layout;
  readonly labels: Labels;
  readonly cache: TileCache;
  readonly density: DensityPainter;
  readonly hover: Hover | null;
  /** The end of the trace, in ns: open intervals end there. */
  readonly end: number;
  /** Everything above or below need not be drawn. */
  readonly top: number;
  readonly bottom: number;
}

interface Target {
  readonly row: Row;
  readonly isBand: boolean;
  readonly y: number;
  readonly height: number;
}

/** How much of what does not belong to the object under the pointer is covered: it falls to 40 %. */
const VEIL = 0.6;

function drawLabel(scene: LaneScene, shape: Shape, texts: readonly string[], x: number, right: number, target: Target) {
  const { g, palette } = scene;
  const left = Math.max(x, 0);
  const room = Math.min(right, scene.scale.width) - left - 12;
  if (room < 12 || texts.length === 0) return;
  const text = texts.find((candidate) => g.measureText(candidate).width <= room);
  if (text === undefined) return;
  const width = g.measureText(text).width;
  const ground = labelGround(shape, palette);
  if (ground !== null) {
    g.fillStyle = ground;
    g.fillRect(left + 1.5, target.y + 1.5, width + 9.5, target.height - 3);
  }
  g.fillStyle = shape === 'unknown' ? palette.secondary : palette.foreground;
  g.fillText(text, left + 6, target.y + target.height / 2 + 0.5);
}

/** Covers what was drawn, instead of drawing it transparent: labels keep their ground. */
function veil(scene: LaneScene, object: number, x: number, width: number, { y, height }: DensityTarget): void {
  const hovered = scene.hover?.object ?? 0;
  if (hovered === 0 || object === hovered) return;
  const { g } = scene;
  g.globalAlpha = VEIL;
  g.fillStyle = scene.palette.background;
  g.fillRect(x, y, width, height);
  g.globalAlpha = 1;
}

/** What belongs to a finding, at least 2 px wide: a frame for an error, a line on top for a warning. */
function drawFlags(scene: LaneScene, flags: number, x: number, width: number, { y, height }: Target): void {
  const { g, palette } = scene;
  const wide = Math.max(2, width);
  if (flags & (FLAG.deadlocked | FLAG.error)) {
    if (wide > 4) frame(g, x, y, wide, height, palette.deadlock, 1.5);
    else {
      g.fillStyle = palette.deadlock;
      g.fillRect(x, y, wide, height);
    }
  } else if (flags & FLAG.warning) {
    g.fillStyle = palette.warning;
    g.fillRect(x, y, wide, Math.min(2, height));
  }
}

/** Draws a block's intervals within `[from, to)`; `after` skips what the tile before has drawn already. */
function drawExact(
  scene: LaneScene,
  target: Target,
  block: ExactBlock,
  clip: readonly [number, number],
  after: number,
  seen: Seen,
): number {
  const { g, scale, palette } = scene;
  const [from, to] = clip;
  let last = after;
  for (let i = 0; i < block.count; i++) {
    const start = block.start[i] as number;
    const flags = block.flags[i] as number;
    const end = flags & FLAG.open ? scene.end : (block.end[i] as number);
    if (start >= to || end <= from || start <= last) continue;
    last = start;
    const x0 = Math.max(-20, scale.x(start));
    const x1 = Math.min(scale.width + 20, scale.x(end));
    if (x1 < 0 || x0 > scale.width) continue;
    const x = Math.round(x0);
    const object = block.object[i] as number;
    const state = block.state[i] as number;
    if (target.isBand) {
      const isWanted = state === BAND.wanted;
      if (isWanted) seen.isWanted = true;
      else seen.isHeld = true;
      const width = Math.max(1, Math.round(x1) - x);
      drawBand(g, isWanted, { x, y: target.y, width, height: target.height }, palette);
      drawFlags(scene, flags, x, width, target);
      veil(scene, object, x, width, target);
      continue;
    }
    const shape = SHAPES[state] ?? null;
    if (shape === null) continue;
    seen.shapes.add(shape);
    // Bars wider than 3 px keep 1 px of background at their end.
    const width = Math.max(1, Math.round(x1) - x - (x1 - x0 > 3 && shape !== 'livesOn' ? 1 : 0));
    drawShape(g, shape, { x, y: target.y, width, height: target.height }, palette);
    if (target.height >= 16 && width > 34) {
      const isOpen = (flags & FLAG.open) !== 0;
      const texts = scene.labels.of({ thread: target.row.thread.id, state, flags, object, isOpen });
      drawLabel(scene, shape, texts, x, x + width, target);
    }
    veil(scene, object, x, width, target);
    drawFlags(scene, flags, x, width, target);
  }
  return last;
}

/** The tiles that stand for `[index]` at this level: itself, a coarser one, or what there is of finer ones. */
function tilesFor(scene: LaneScene, lane: number, level: number, index: number): Tile[] {
  const tile = scene.cache.get(lane, level, index) ?? scene.cache.coarser(lane, level, index);
  if (tile) return [tile];
  const finer: Tile[] = [];
  for (let down = 1; down <= 3 && down <= level && finer.length === 0; down++) {
    for (let i = 0; i < 2 ** down; i++) {
      const part = scene.cache.get(lane, level - down, index * 2 ** down + i);
      if (part) finer.push(part);
    }
  }
  return finer;
}

function drawLane(scene: LaneScene, lane: number, target: Target, seen: Seen): void {
  const { scale } = scene;
  const { level } = scale;
  const length = tileLength(level);
  const first = Math.max(0, Math.floor(scale.start / length));
  const last = Math.floor(Math.min(scale.end, scene.end) / length);
  let after = -1;
  for (let index = first; index <= last; index++) {
    for (const tile of tilesFor(scene, lane, level, index)) {
      const tileStart = tile.index * tileLength(tile.level);
      const from = Math.max(tileStart, index * length);
      const to = Math.min(tileStart + tileLength(tile.level), (index + 1) * length);
      if (tile.block.kind === 'exact') {
        after = drawExact(scene, target, tile.block, [from, to], after, seen);
      } else if (tile.block.kind === 'density') {
        scene.density.draw(tile, [from, Math.min(to, scene.end)], target, seen);
      }
    }
  }
}

function drawEnded(scene: LaneScene, row: Row, seen: Seen): void {
  if (row.thread.endMs === null) return;
  const x = Math.round(scene.scale.x(row.thread.endMs * 1e6));
  if (x < -8 || x > scene.scale.width) return;
  seen.shapes.add('ended');
  drawShape(scene.g, 'ended', { x, y: row.barY, width: 2, height: row.barHeight }, scene.palette);
}

/** Draws all rows in view; says which shapes there were. */
export function drawLanes(scene: LaneScene): Seen {
  const seen = nothingSeen();
  scene.g.font = `11px ${scene.palette.fontFamily}`;
  scene.g.textBaseline = 'middle';
  for (const row of scene.layout.rows) {
    if (row.y + row.height < scene.top || row.y > scene.bottom) continue;
    const bar: Target = { row, isBand: row.kind === 'lock', y: row.barY, height: row.barHeight };
    drawLane(scene, row.lane, bar, seen);
    if (row.holdsLane !== null) {
      drawLane(scene, row.holdsLane, { row, isBand: true, y: row.bandY, height: row.bandHeight }, seen);
    }
    if (row.kind === 'thread') drawEnded(scene, row, seen);
  }
  scene.density.flush();
  for (const box of scene.density.boxes) veil(scene, -1, box.x, box.width, box);
  return seen;
}

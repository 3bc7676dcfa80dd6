/** Hover is outlined in the foreground, selection in the focus colour: both can be seen at once. */
import type { IntervalDetails } from '../../src/protocol/messages.js';
import type { Hover } from '../store.js';
import type { Ground } from './ground.js';
import type { Row } from './layout.js';
import { frame } from './patterns.js';

interface MarkScene extends Ground {
  /** The end of the trace, in ns. */
  readonly end: number;
}

function boxOf(scene: MarkScene, lane: number, start: number, end: number) {
  const row = scene.layout.rows.find((one) => one.lane === lane || one.holdsLane === lane);
  if (!row) return null;
  const [y, height] = partOf(row, lane);
  const left = Math.max(-10, Math.round(scene.scale.x(start)));
  const right = Math.min(scene.scale.width + 10, Math.round(scene.scale.x(Math.min(end, scene.end))));
  return { x: left, y, width: Math.max(1, right - left), height };
}

function partOf(row: Row, lane: number): readonly [number, number] {
  return row.holdsLane === lane ? [row.bandY, row.bandHeight] : [row.barY, row.barHeight];
}

/** Below the lanes the time of the interval as a faint slab, above them its outline. */
export function drawHover(scene: MarkScene, hover: Hover, isAbove = false): void {
  const { g, palette, layout } = scene;
  const box = boxOf(scene, hover.lane, hover.start, hover.end);
  if (!box) return;
  if (isAbove) {
    frame(g, box.x, box.y, box.width, box.height, palette.foreground, 1.5);
  } else if (box.width < scene.scale.width) {
    g.fillStyle = palette.mix('foreground', palette.isHighContrast ? 0.16 : 0.06);
    g.fillRect(box.x, 0, box.width, layout.height);
  }
}

/** 1 px away from the bar. */
export function drawSelection(scene: MarkScene, selection: IntervalDetails): void {
  const { g, palette } = scene;
  const end = selection.open ? scene.end : selection.endMs * 1e6;
  const box = boxOf(scene, selection.lane, selection.startMs * 1e6, end);
  if (!box) return;
  const { x, y, width, height } = box;
  frame(g, x - 2, y - 2, width + 4, height + 4, palette.background, 1);
  frame(g, x - 3, y - 3, width + 6, height + 6, palette.focus, palette.isHighContrast ? 2 : 1.5);
}

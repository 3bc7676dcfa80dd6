/**
 * Arrows from cause to effect: who started a thread and who saw its end, where there is room; and what ended the wait that
 * is looked at.
 */
import { formatDuration } from '../../src/base/formatDuration.js';
import type { Arrow, Cause } from '../../src/protocol/messages.js';
import type { Palette } from '../theme.js';
import { rowOfThread, type Layout } from './layout.js';
import { arrowHead, plate, type Canvas } from './patterns.js';
import type { TimeScale } from './timeScale.js';

export interface ArrowScene {
  readonly g: Canvas;
  readonly scale: TimeScale;
  readonly palette: Palette;
  readonly layout: Layout;
}

/** From the edge of one bar to the edge of another. */
export interface Curve {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  /** Down or up. */
  readonly direction: 1 | -1;
}

/** More at once would be a thicket: then those are drawn that are asked for. */
const MOST = 48;
const HEAD = 5;
const DOT = 2;

/** The curve between moments (ns) of two threads; null where it is out of view, or one has no row. */
export function curveOf(
  { layout, scale }: Pick<ArrowScene, 'layout' | 'scale'>,
  from: { readonly thread: number; readonly time: number },
  to: { readonly thread: number; readonly time: number },
): Curve | null {
  const [cause, effect] = [rowOfThread(layout, from.thread), rowOfThread(layout, to.thread)];
  if (!cause || !effect || cause === effect) return null;
  const x0 = Math.round(scale.x(from.time));
  const x1 = Math.round(scale.x(to.time));
  if (Math.max(x0, x1) < 0 || Math.min(x0, x1) > scale.width) return null;
  const direction = effect.y > cause.y ? 1 : -1;
  const [y0, y1] =
    direction > 0 ? [cause.barY + cause.barHeight, effect.barY] : [cause.barY, effect.barY + effect.barHeight];
  return { x0, y0, x1, y1, direction };
}

/** The starts and joins that are drawn: none where lanes are dense, and none where there are too many. */
export function curvesInView(scene: Pick<ArrowScene, 'layout' | 'scale'>, arrows: readonly Arrow[]): Curve[] {
  if (scene.layout.size === 'dense') return [];
  const curves: Curve[] = [];
  for (const { from, fromMs, to, toMs } of arrows) {
    const curve = curveOf(scene, { thread: from, time: fromMs * 1e6 }, { thread: to, time: toMs * 1e6 });
    if (curve && curves.push(curve) > MOST) return [];
  }
  return curves;
}

function stroke(g: Canvas, { x0, y0, x1, y1, direction }: Curve, color: string, width: number): void {
  const end = y1 - direction * HEAD;
  const middle = (y0 + end) / 2;
  g.strokeStyle = color;
  g.lineWidth = width;
  g.beginPath();
  g.moveTo(x0, y0);
  g.bezierCurveTo(x0, middle, x1, middle, x1, end);
  g.stroke();
}

function drawCurve(g: Canvas, curve: Curve, color: string, width: number): void {
  const { x0, y0, x1, y1, direction } = curve;
  stroke(g, curve, color, width);
  g.fillStyle = color;
  g.beginPath();
  g.arc(x0, y0, DOT + width / 2, 0, 2 * Math.PI);
  g.fill();
  arrowHead(g, x1, y1, direction, HEAD + width, color);
}

/** Under the lanes, so that they pass below what they do not concern. */
export function drawArrows(scene: ArrowScene, arrows: readonly Arrow[]): void {
  const color = scene.palette.mix('arrow', 0.7);
  for (const curve of curvesInView(scene, arrows)) drawCurve(scene.g, curve, color, 1);
}

/** On the lanes: from what ended a wait to the end of the wait. Of what is selected it says how long that took. */
export function drawCause(
  scene: ArrowScene,
  { thread, timeMs }: Cause,
  effect: { readonly thread: number; readonly time: number },
  isSelected: boolean,
): void {
  const { g, palette } = scene;
  const time = timeMs * 1e6;
  const curve = curveOf(scene, { thread, time }, effect);
  if (!curve) return;
  stroke(g, curve, palette.background, isSelected ? 5 : 4);
  drawCurve(g, curve, isSelected ? palette.foreground : palette.arrow, isSelected ? 2 : 1);
  if (!isSelected) return;
  g.font = `11px ${palette.fontFamily}`;
  const text = formatDuration(Math.max(0, effect.time - time) / 1e6);
  // Beside the arrow: between two neighbours it would cover it.
  const reach = g.measureText(text).width / 2 + 6 + 2 * HEAD;
  const right = Math.max(curve.x0, curve.x1) + reach;
  const x = right + reach > scene.scale.width ? Math.min(curve.x0, curve.x1) - reach : right;
  const y = (curve.y0 + curve.y1) / 2;
  plate(g, x, y, text, { text: palette.foreground, fill: palette.background, border: palette.border });
}

/** The axis: round times, the flags of deadlocks, and where `now` is. */
import { formatTime } from '../../src/base/formatDuration.js';
import type { Palette } from '../theme.js';
import type { Cycle } from './cycles.js';
import type { Canvas } from './patterns.js';
import type { TimeScale } from './timeScale.js';

export interface AxisScene {
  readonly g: Canvas;
  readonly scale: TimeScale;
  readonly palette: Palette;
  readonly cycles: readonly Cycle[];
  /** Where the recording stands, while it goes on; in ns. */
  readonly now: number | null;
  readonly isNarrow: boolean;
}

export const AXIS_HEIGHT = 24;
const TICK_SPACING = 100;

type Span = readonly [number, number];

function flag(scene: AxisScene, x: number, text: string, fill: string, color: string): Span {
  const { g } = scene;
  const width = Math.ceil(g.measureText(text).width) + 12;
  const left = Math.max(0, Math.min(x, scene.scale.width - width));
  g.fillStyle = fill;
  g.fillRect(left, 3, width, 17);
  if (x >= 0 && x <= scene.scale.width) g.fillRect(x, 3, 1, AXIS_HEIGHT - 3);
  g.fillStyle = color;
  g.fillText(text, left + 6, 12);
  return [left - 6, left + width + 6];
}

/** A deadlock out of sight still has its flag, at the side where it is. */
function deadlockFlag(scene: AxisScene, cycle: Cycle): Span {
  const { scale, palette, isNarrow } = scene;
  const x = Math.round(scale.x(cycle.since));
  const words = isNarrow ? 'deadlock' : `deadlock since ${formatTime(cycle.since / 1e6)}`;
  const text = x > scale.width ? `${words} →` : x < 0 ? `← ${words}` : words;
  return flag(scene, x, text, palette.deadlock, palette.deadlockForeground);
}

export function drawAxis(scene: AxisScene): void {
  const { g, scale, palette } = scene;
  g.fillStyle = palette.background;
  g.fillRect(0, 0, scale.width, AXIS_HEIGHT);
  g.textBaseline = 'middle';
  g.font = `500 11px ${palette.fontFamily}`;
  const taken: Span[] = [];
  // The first deadlock's flag is drawn last: where two meet, it is the one to read.
  for (const cycle of [...scene.cycles].reverse()) taken.push(deadlockFlag(scene, cycle));
  if (scene.now !== null) {
    const x = Math.round(scale.x(scene.now));
    if (x >= 0 && x <= scale.width) taken.push(flag(scene, x, 'now', palette.focus, palette.background));
  }
  g.font = `11px ${palette.fontFamily}`;
  const { times, digits } = scale.ticks(TICK_SPACING);
  let right = -Infinity;
  for (const time of times) {
    const x = Math.round(scale.x(time));
    g.fillStyle = palette.border;
    g.fillRect(x, 17, 1, 7);
    const text = `${(time / 1e9).toFixed(digits)}\u00a0s`;
    const width = g.measureText(text).width;
    const left = Math.min(Math.max(x - width / 2, 6), scale.width - width - 6);
    const isFree = left > right + 16 && taken.every(([from, to]) => left + width < from || left > to);
    if (!isFree) continue;
    g.fillStyle = palette.secondary;
    g.fillText(text, left, 10.5);
    right = left + width;
  }
}

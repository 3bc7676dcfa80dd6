/** What lies under and beyond the lanes: grid lines, the torn edge of a trace that breaks off. */
import type { Palette } from '../theme.js';
import type { Layout } from './layout.js';
import { hatch, type Canvas } from './patterns.js';
import type { TimeScale } from './timeScale.js';

export interface Ground {
  readonly g: Canvas;
  readonly scale: TimeScale;
  readonly palette: Palette;
  readonly layout: Layout;
}

export function drawGrid({ g, scale, palette, layout }: Ground): void {
  g.fillStyle = palette.gridLine;
  for (const time of scale.ticks(100).times) g.fillRect(Math.round(scale.x(time)), 0, 1, layout.height);
  for (const row of layout.rows) {
    if (row.kind === 'thread' && row.y > 0) g.fillRect(0, row.y, scale.width, 1);
  }
  g.fillStyle = palette.border;
  g.fillRect(0, layout.height, scale.width, 1);
}

/** Nothing is known after it: a torn line in the warning colour, a light hatch behind. */
export function drawTornEdge({ g, scale, palette, layout }: Ground, end: number): void {
  const x = Math.round(scale.x(end));
  if (x > scale.width) return;
  g.fillStyle = palette.background;
  g.fillRect(x, 0, scale.width - x, layout.height);
  const color = palette.mix('unknown', 0.35);
  hatch(g, x, 0, scale.width - x, layout.height, { step: 7, width: 1, color });
  g.strokeStyle = palette.warning;
  g.lineWidth = 1.5;
  g.beginPath();
  for (let i = 0; i * 5 <= layout.height; i++) g.lineTo(x + (i % 2 ? 4 : 0), i * 5);
  g.stroke();
}

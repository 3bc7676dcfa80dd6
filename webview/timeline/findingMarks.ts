/**
 * Findings as marks in the lanes, where no loop shows them: a disc with a bar for an error, a triangle for a warning, a ring
 * for a note. The finding that is shown and is only possible has its places joined by dashed lines: it did not happen.
 */
import type { Finding, FindingLocation, Severity } from '../../src/protocol/verdict.js';
import type { Palette, Token } from '../theme.js';
import { rowOfThread, type Layout, type Row } from './layout.js';
import type { Canvas } from './patterns.js';
import type { TimeScale } from './timeScale.js';

export interface FindingMarkScene {
  readonly g: Canvas;
  readonly scale: TimeScale;
  readonly palette: Palette;
  readonly layout: Layout;
  readonly findings: readonly Finding[];
  /** The finding that is shown, or -1. */
  readonly shown: number;
}

const SIZE = 5;
/** More of one finding would hide the lanes; the list has them all. */
const MOST_PLACES = 8;

const COLORS: Readonly<Record<Severity, Token>> = { error: 'deadlock', warning: 'warning', note: 'info' };

/** Where a mark stands. */
export type Place = Pick<FindingLocation, 'thread' | 'timeMs'>;

interface Placed {
  readonly row: Row;
  readonly x: number;
}

/**
 * Where a finding's marks stand: at all its places, or where it began when it names none. Of a circle none: that is drawn
 * as a loop.
 */
export function markedPlaces({ circle, locations, threads, startMs }: Finding): readonly Place[] {
  if (circle.length > 0) return [];
  // A time of 0 is that of something that happened before the trace begins.
  const known: readonly Place[] = locations.filter(({ timeMs }) => timeMs > 0);
  const places = known.length > 0 ? known : threads.map(({ id }) => ({ thread: id, timeMs: startMs }));
  return places.slice(0, MOST_PLACES);
}

function placed({ layout, scale }: FindingMarkScene, finding: Finding): Placed[] {
  const found = markedPlaces(finding).flatMap(({ thread, timeMs }) => {
    const row = rowOfThread(layout, thread);
    return row ? [{ row, x: Math.round(scale.x(timeMs * 1e6)) }] : [];
  });
  // Several at one spot would only be thicker.
  return found.filter(({ row, x }, i) => found.findIndex((one) => one.row === row && one.x === x) === i);
}

function drawStem({ g, palette }: FindingMarkScene, { row, x }: Placed, color: string): void {
  g.fillStyle = palette.background;
  g.fillRect(x - 2, row.barY - 1, 4, row.barHeight + 2);
  g.fillStyle = color;
  g.fillRect(x - 1, row.barY - 1, 2, row.barHeight + 2);
}

/** The sign alone, around a point. */
export function drawSign(g: Canvas, palette: Palette, x: number, y: number, severity: Severity): void {
  g.lineJoin = 'round';
  g.beginPath();
  if (severity === 'warning') {
    g.moveTo(x, y - SIZE);
    g.lineTo(x + SIZE + 0.5, y + SIZE - 1);
    g.lineTo(x - SIZE - 0.5, y + SIZE - 1);
    g.closePath();
  } else g.arc(x, y, severity === 'note' ? SIZE - 1 : SIZE, 0, 2 * Math.PI);
  g.strokeStyle = palette.background;
  g.lineWidth = severity === 'note' ? 5 : 3;
  g.stroke();
  g.fillStyle = severity === 'note' ? palette.background : palette[COLORS[severity]];
  g.fill();
  if (severity === 'note') {
    g.strokeStyle = palette[COLORS.note];
    g.lineWidth = 1.5;
    g.stroke();
  } else if (severity === 'error') {
    g.fillStyle = palette.background;
    g.fillRect(x - 3, y - 1, 6, 2);
  }
}

/** From each place to the next one in another thread: these could wait for each other. */
function drawOrder({ g, palette }: FindingMarkScene, places: readonly Placed[]): void {
  g.save();
  g.setLineDash([4, 3]);
  places.forEach((one, i) => {
    const other = places.slice(i + 1).find(({ row }) => row !== one.row);
    if (!other) return;
    const [upper, lower] = one.row.y < other.row.y ? [one, other] : [other, one];
    const from = upper.row.barY + upper.row.barHeight;
    const to = lower.row.barY;
    const middle = (from + to) / 2;
    const trace = (color: string, width: number): void => {
      g.strokeStyle = color;
      g.lineWidth = width;
      g.beginPath();
      g.moveTo(upper.x, from);
      g.bezierCurveTo(upper.x, middle, lower.x, middle, lower.x, to);
      g.stroke();
    };
    trace(palette.background, 4);
    trace(palette.arrow, 2);
  });
  g.restore();
}

/** On the lanes; the finding that is shown last, so that it lies on top. Says which severities were drawn. */
export function drawFindingMarks(scene: FindingMarkScene, marks: Set<Severity>): void {
  const { g, palette } = scene;
  const order = scene.findings.map((finding, i) => ({ finding, isShown: i === scene.shown }));
  order.sort((a, b) => Number(a.isShown) - Number(b.isShown));
  for (const { finding, isShown } of order) {
    const { severity } = finding;
    const places = placed(scene, finding);
    if (isShown && finding.id === 'lock-order-inversion') drawOrder(scene, places);
    for (const place of places) {
      if (place.x < 0 || place.x > scene.scale.width) continue;
      marks.add(severity);
      drawStem(scene, place, palette[COLORS[severity]]);
      // At an edge of the picture the sign stays whole, beside its stem.
      const x = Math.min(Math.max(place.x, SIZE + 1), scene.scale.width - SIZE - 1);
      drawSign(g, palette, x, Math.max(place.row.barY - 2, SIZE + 1), severity);
    }
  }
}

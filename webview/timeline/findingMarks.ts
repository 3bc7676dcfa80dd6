/**
 * Findings as marks in the lanes, where no loop shows them: a disc with a bar for an error, a triangle for a warning.
 * The finding that is shown and is only possible has its places joined by dashed lines: it did not happen.
 */
import type { Finding, FindingLocation } from '../../src/protocol/verdict.js';
import type { Palette } from '../theme.js';
import type { Layout, Row } from './layout.js';
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
const MARKED_ROLES: ReadonlySet<string> = new Set(['acquires', 'waits']);
/** More would hide the lanes; the list has them all. */
const MOST_PLACES = 8;

interface Place {
  readonly location: FindingLocation;
  readonly row: Row;
  readonly x: number;
}

/** Where a finding's marks stand: the places where somebody took or wants something. */
export function markedLocations(finding: Finding): readonly FindingLocation[] {
  const isCycle = finding.circle.length > 0;
  if (isCycle || finding.severity === 'note') return [];
  return finding.locations.filter(({ role }) => MARKED_ROLES.has(role)).slice(0, MOST_PLACES);
}

function placesOf({ layout, scale }: FindingMarkScene, finding: Finding): Place[] {
  return markedLocations(finding).flatMap((location) => {
    const row = layout.rows.find((one) => one.kind === 'thread' && one.thread.id === location.thread);
    return row ? [{ location, row, x: Math.round(scale.x(location.timeMs * 1e6)) }] : [];
  });
}

function drawStem({ g, palette }: FindingMarkScene, { row, x }: Place, color: string): void {
  g.fillStyle = palette.background;
  g.fillRect(x - 2, row.barY - 1, 4, row.barHeight + 2);
  g.fillStyle = color;
  g.fillRect(x - 1, row.barY - 1, 2, row.barHeight + 2);
}

function drawSign({ g, palette }: FindingMarkScene, place: Place, severity: Finding['severity']): void {
  const { x, row } = place;
  const y = Math.max(row.barY - 2, SIZE + 1);
  const color = severity === 'error' ? palette.deadlock : palette.warning;
  g.lineJoin = 'round';
  g.beginPath();
  if (severity === 'error') g.arc(x, y, SIZE, 0, 2 * Math.PI);
  else {
    g.moveTo(x, y - SIZE);
    g.lineTo(x + SIZE + 0.5, y + SIZE - 1);
    g.lineTo(x - SIZE - 0.5, y + SIZE - 1);
    g.closePath();
  }
  g.strokeStyle = palette.background;
  g.lineWidth = 3;
  g.stroke();
  g.fillStyle = color;
  g.fill();
  if (severity !== 'error') return;
  g.fillStyle = palette.background;
  g.fillRect(x - 3, y - 1, 6, 2);
}

/** From each place to the next one in another thread: these could wait for each other. */
function drawOrder({ g, palette }: FindingMarkScene, places: readonly Place[]): void {
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

/** On the lanes; the finding that is shown last, so that it lies on top. */
export function drawFindingMarks(scene: FindingMarkScene): void {
  const order = scene.findings.map((finding, i) => ({ finding, isShown: i === scene.shown }));
  order.sort((a, b) => Number(a.isShown) - Number(b.isShown));
  for (const { finding, isShown } of order) {
    const places = placesOf(scene, finding);
    if (isShown && finding.id === 'lock-order-inversion') drawOrder(scene, places);
    for (const place of places) {
      if (place.x < -SIZE || place.x > scene.scale.width + SIZE) continue;
      drawStem(scene, place, finding.severity === 'error' ? scene.palette.deadlock : scene.palette.warning);
      drawSign(scene, place, finding.severity);
    }
  }
}

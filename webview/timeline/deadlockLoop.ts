/**
 * A deadlock as it is drawn: a wash under its lanes from the moment the circle closed, frames around its waits and
 * locks, and for the finding that is shown one closed loop through them.
 */
import type { CircleMember } from '../../src/protocol/verdict.js';
import type { Palette } from '../theme.js';
import type { Cycle } from './cycles.js';
import type { Layout, Row } from './layout.js';
import { arrowHead, frame, plate, type Canvas } from './patterns.js';
import type { TimeScale } from './timeScale.js';

export interface DeadlockScene {
  readonly g: Canvas;
  readonly scale: TimeScale;
  readonly palette: Palette;
  readonly layout: Layout;
  /** The end of the trace, in ns. */
  readonly end: number;
  readonly isNarrow: boolean;
}

interface Placed {
  readonly member: CircleMember;
  readonly bar: Row;
  /** The lock that it holds, when its row is open. */
  readonly lock: Row | undefined;
}

/** Where a part of the circle is drawn at the least, so that it is seen at every zoom. */
const LEAST_WIDTH = 2;
const LEAST_LOOP = 48;

function place(layout: Layout, cycle: Cycle): Placed[] {
  const placed = cycle.members.flatMap((member) => {
    const bar = layout.rows.find((row) => row.kind === 'thread' && row.thread.id === member.thread);
    const lock = layout.rows.find((row) => row.thread.id === member.thread && row.lock?.id === member.holds);
    return bar ? [{ member, bar, lock }] : [];
  });
  return placed.sort((a, b) => a.bar.y - b.bar.y);
}

/** From the first to the last row of the circle. */
function extent(placed: readonly Placed[]): { top: number; bottom: number } {
  const first = placed[0] as Placed;
  const last = placed[placed.length - 1] as Placed;
  const lowest = last.lock ?? last.bar;
  return { top: first.bar.y, bottom: lowest.y + lowest.height };
}

/** Under the lanes: the wash, its borders, and the line that falls from the flag. */
export function drawWash(scene: DeadlockScene): void {
  const { g, scale, palette, layout } = scene;
  for (const cycle of layout.cycles) {
    const placed = place(layout, cycle);
    if (placed.length === 0) continue;
    const { top, bottom } = extent(placed);
    const x = Math.round(scale.x(cycle.since));
    const right = Math.min(scale.width, Math.round(scale.x(scene.end)));
    if (right < 0 || x > scale.width) continue;
    const left = Math.max(0, x);
    const width = Math.max(LEAST_WIDTH, right - left);
    if (!palette.isHighContrast) {
      g.fillStyle = palette.mix('deadlock', palette.kind === 'dark' ? 0.1 : 0.055);
      g.fillRect(left, top, width, bottom - top);
    }
    g.fillStyle = palette.deadlock;
    if (x >= 0) g.fillRect(x, 0, 1, bottom);
    g.fillRect(left, top, width, 1);
    g.fillRect(left, bottom - 1, width, 1);
  }
}

/** On the lanes: frames around the waits of the circle and around the locks while the next thread wants them. */
export function drawFrames(scene: DeadlockScene): void {
  const { g, scale, palette, layout } = scene;
  const around = (startMs: number, y: number, height: number): void => {
    const x = Math.max(-4, Math.round(scale.x(startMs * 1e6)));
    const right = Math.min(scale.width + 4, Math.round(scale.x(scene.end)));
    if (right < 0 || x > scale.width) return;
    const width = Math.max(LEAST_WIDTH, right - x);
    if (width <= 4) {
      g.fillStyle = palette.deadlock;
      g.fillRect(x, y, width, height);
    } else frame(g, x, y, width, height, palette.deadlock, 1.5);
  };
  for (const cycle of layout.cycles) {
    for (const { member, bar, lock } of place(layout, cycle)) {
      around(member.waitStartMs, bar.barY, bar.barHeight);
      const waiter = cycle.members.find((one) => one.waitsForThread === member.thread);
      if (lock && waiter) around(waiter.waitStartMs, lock.barY - 1, lock.barHeight + 2);
    }
  }
}

const SHORT_WORDS = 'deadlock';
/** How long an arrow head is. */
const HEAD = 12;

/** Where a loop runs, from top to bottom of all rows: down at its left, up at its right. */
export interface Loop {
  readonly top: number;
  readonly bottom: number;
  /** Points of arrow heads: those that point down are at the left, up at the right. */
  readonly heads: readonly { readonly y: number; readonly direction: 1 | -1 }[];
  readonly wordsY: number;
}

/**
 * From the first blocked bar to the last lock. A head where the loop comes to a lock: each on the side where it does. Null:
 * none of its threads has a row.
 */
export function loopOf(layout: Layout, cycle: Cycle): Loop | null {
  const placed = place(layout, cycle);
  const [first, second] = placed;
  const last = placed.at(-1);
  if (!first || !last) return null;
  const lowest = last.lock ?? last.bar;
  const top = first.bar.barY + first.bar.barHeight / 2;
  const bottom = lowest.barY + lowest.barHeight / 2;
  const middle = (top + bottom) / 2;
  // Who waits for itself comes down to its own lock, and there is no way up to another.
  const toLocks = second ? placed.slice(1) : placed;
  const down = toLocks.map(({ lock, bar }) => ({ y: lock ? lock.y + 4 : bar.barY, direction: 1 as const }));
  if (!second) return { top, bottom, heads: down, wordsY: middle };
  const back = first.lock;
  const up = { y: back ? back.y + back.height - 4 : first.bar.barY + first.bar.barHeight, direction: -1 as const };
  return { top, bottom, heads: [...down, up], wordsY: back ? (back.y + back.height + second.bar.y) / 2 : middle };
}

function wordsFor(count: number, isNarrow: boolean): string {
  if (isNarrow) return SHORT_WORDS;
  if (count === 1) return 'deadlock: it waits for itself';
  return count === 2 ? 'deadlock: each waits for the other' : `deadlock: ${count} threads wait in a circle`;
}

/**
 * The closed loop: down from the first blocked bar to the lock that the next thread holds, on to the last one, and up
 * to the lock that the first holds.
 */
export function drawLoop(scene: DeadlockScene, cycle: Cycle): void {
  const { g, scale, palette, layout, isNarrow } = scene;
  const loop = loopOf(layout, cycle);
  const left = Math.max(0, scale.x(cycle.since));
  const span = Math.min(scale.width, scale.x(scene.end)) - left;
  if (loop === null || span < LEAST_LOOP) return;
  const { top, bottom, heads, wordsY } = loop;
  if (bottom - top < 12) return;
  const x0 = Math.round(left + span * (isNarrow ? 0.5 : 0.44));
  const x1 = Math.round(left + span * (isNarrow ? 0.93 : 0.8));
  const path = new Path2D();
  path.roundRect(x0, top, x1 - x0, bottom - top, Math.min(10, (x1 - x0) / 2));
  const stroke = (color: string, width: number): void => {
    g.strokeStyle = color;
    g.lineWidth = width;
    g.stroke(path);
  };
  stroke(palette.background, 5);
  stroke(palette.deadlock, 2);
  for (const { y, direction } of heads) {
    const x = direction > 0 ? x0 : x1;
    arrowHead(g, x, y + direction * 2, direction, HEAD + 4, palette.background);
    arrowHead(g, x, y, direction, HEAD, palette.deadlock);
  }
  g.font = `500 11px ${palette.fontFamily}`;
  // The words must not cover the heads at the sides.
  const fits = (text: string): boolean => g.measureText(text).width + 32 < x1 - x0;
  const text = [wordsFor(cycle.members.length, isNarrow), SHORT_WORDS].find(fits);
  if (text === undefined) return;
  plate(g, (x0 + x1) / 2, wordsY, text, {
    text: palette.isHighContrast ? palette.foreground : palette.deadlockForeground,
    fill: palette.isHighContrast ? palette.background : palette.deadlock,
    border: palette.deadlock,
  });
}

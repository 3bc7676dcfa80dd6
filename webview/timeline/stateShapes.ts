/** How each state of a thread and each band of a lock looks, drawn exactly. The legend draws the same shapes. */
import type { Severity } from '../../src/protocol/verdict.js';
import type { Palette } from '../theme.js';
import { frame, hatch, type Canvas } from './patterns.js';

/** The shapes there are: two may look the same and have different names. */
export type Shape =
  'running' | 'loop' | 'blocked' | 'waiting' | 'parked' | 'sleeping' | 'unknown' | 'ended' | 'livesOn';

/** What was drawn: the legend names these. */
export interface Seen {
  /** One by one. */
  readonly shapes: Set<Shape>;
  /** As shares of time, where there are too many. There, `parked` may be sleeping. */
  readonly dense: Set<Shape>;
  isHeld: boolean;
  isWanted: boolean;
  /** Of findings. */
  readonly marks: Set<Severity>;
}

export const nothingSeen = (): Seen => ({
  shapes: new Set(),
  dense: new Set(),
  isHeld: false,
  isWanted: false,
  marks: new Set(),
});

/** By the code of `THREAD_STATE`; null draws nothing. */
export const SHAPES: readonly (Shape | null)[] = [
  null,
  'running',
  'loop',
  'blocked',
  'waiting',
  'parked',
  'sleeping',
  null,
  'unknown',
  'livesOn',
];

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

type Painter = (g: Canvas, box: Box, palette: Palette) => void;

function drawDots(g: Canvas, { x, y, width, height }: Box, palette: Palette): void {
  g.fillStyle = palette.mix('parked', palette.tint * 0.45);
  g.fillRect(x, y, width, height);
  g.fillStyle = palette.parked;
  const middle = Math.round(y + height / 2);
  for (let at = x + 3; at < x + width - 2; at += 6) g.fillRect(at, middle - 1, 2, 2);
}

const PAINTERS: Readonly<Record<Shape, Painter>> = {
  running(g, { x, y, width, height }, palette) {
    g.fillStyle = palette.running;
    g.fillRect(x, y, width, height);
  },
  loop(g, { x, y, width, height }, palette) {
    g.fillStyle = palette.loopIdle;
    g.fillRect(x, Math.round(y + height / 2) - 1, width, 2);
  },
  blocked(g, { x, y, width, height }, palette) {
    const isSmall = height < 13;
    const line = palette.mix('blocked', palette.isHighContrast ? 1 : isSmall ? 0.8 : 0.95);
    if (width <= 2) {
      g.fillStyle = line;
      g.fillRect(x, y, width, height);
      return;
    }
    g.fillStyle = palette.mix('blocked', palette.tint * 0.5);
    g.fillRect(x, y, width, height);
    hatch(g, x, y, width, height, { step: isSmall ? 6 : 7, width: 1.25, color: line });
    if (width > 3) frame(g, x, y, width, height, palette.mix('blocked', palette.isHighContrast ? 1 : 0.85));
  },
  waiting(g, { x, y, width, height }, palette) {
    g.fillStyle = palette.mix('waiting', palette.tint);
    g.fillRect(x, y, width, height);
    g.fillStyle = palette.mix('waiting', palette.isHighContrast ? 1 : 0.8);
    g.fillRect(x, y, width, 1);
    g.fillRect(x, y + height - 1, width, 1);
  },
  parked: drawDots,
  sleeping: drawDots,
  unknown(g, { x, y, width, height }, palette) {
    const color = palette.mix('unknown', 0.7);
    hatch(g, x, y, width, height, { step: 5, width: 1, color });
    hatch(g, x, y, width, height, { step: 5, width: 1, color, isFalling: true });
  },
  ended(g, { x, y, height }, palette) {
    const middle = Math.round(y + height / 2);
    g.fillStyle = palette.secondary;
    g.fillRect(x, y, 2, height);
    g.beginPath();
    g.moveTo(x + 2, middle - 3);
    g.lineTo(x + 6, middle);
    g.lineTo(x + 2, middle + 3);
    g.fill();
  },
  livesOn(g, { x, y, width, height }, palette) {
    g.fillStyle = palette.mix('secondary', palette.isHighContrast ? 1 : 0.5);
    g.fillRect(x, Math.round(y + height / 2), width, 1);
  },
};

export function drawShape(g: Canvas, shape: Shape, box: Box, palette: Palette): void {
  PAINTERS[shape](g, box, palette);
}

/** The band of a lock: thin while nobody else wants it, thick while somebody waits. */
export function drawBand(g: Canvas, isWanted: boolean, box: Box, palette: Palette): void {
  const { x, y, width, height } = box;
  if (isWanted) {
    g.fillStyle = palette.lockWanted;
    g.fillRect(x, y, width, height);
    return;
  }
  const thin = height > 6 ? 4 : 2;
  g.fillStyle = palette.lockHeld;
  g.fillRect(x, y + Math.round((height - thin) / 2), width, thin);
}

/** What lies under a label, so that it stays readable on its pattern. */
export function labelGround(shape: Shape, palette: Palette): string | null {
  if (shape === 'blocked') return palette.mix('blocked', palette.tint * 0.5);
  if (shape === 'parked' || shape === 'sleeping') return palette.mix('parked', palette.tint * 0.45);
  return shape === 'unknown' ? palette.background : null;
}

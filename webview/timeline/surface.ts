/** A canvas that has as many pixels as the screen shows of it. */
import type { Canvas } from './patterns.js';

export interface Surface {
  readonly g: Canvas;
  readonly width: number;
  readonly height: number;
  readonly ratio: number;
}

/** Sizes the canvas to its place in the page; the context draws in CSS pixels. */
export function fitSurface(canvas: HTMLCanvasElement, width: number, height: number): Surface {
  const ratio = window.devicePixelRatio || 1;
  const pixelWidth = Math.max(1, Math.round(width * ratio));
  const pixelHeight = Math.max(1, Math.round(height * ratio));
  if (canvas.width !== pixelWidth || canvas.height !== pixelHeight) {
    canvas.width = pixelWidth;
    canvas.height = pixelHeight;
  }
  const g = canvas.getContext('2d') as Canvas;
  g.setTransform(ratio, 0, 0, ratio, 0, 0);
  return { g, width, height, ratio };
}

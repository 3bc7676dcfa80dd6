import type { Canvas } from './patterns.js';

/** The pixels of all dense lanes in view, kept from picture to picture: making them costs more than filling them. */
export class DensitySheet {
  readonly #canvas = new OffscreenCanvas(1, 1);
  #image = new ImageData(1, 1);
  #pixels = new Uint32Array(this.#image.data.buffer);
  /** Rows that were written to. */
  #top = Infinity;
  #bottom = 0;

  get width(): number {
    return this.#image.width;
  }

  /** Empty, and of this size. */
  begin(width: number, height: number): void {
    if (this.#image.width !== width || this.#image.height !== height) {
      this.#image = new ImageData(width, height);
      this.#pixels = new Uint32Array(this.#image.data.buffer);
      this.#canvas.width = width;
      this.#canvas.height = height;
    } else if (this.#bottom > 0) {
      this.#pixels.fill(0, this.#top * width, this.#bottom * width);
    }
    this.#top = Infinity;
    this.#bottom = 0;
  }

  /** The rows `[top, bottom)`, to be written to. */
  rows(top: number, bottom: number): Uint32Array {
    this.#top = Math.min(this.#top, top);
    this.#bottom = Math.max(this.#bottom, bottom);
    const { width } = this;
    return this.#pixels.subarray(top * width, bottom * width);
  }

  /** Puts what was written on `g`, in its device pixels; row `first` comes to its top. */
  putOn(g: Canvas, first: number): void {
    const { width } = this;
    const top = this.#top;
    const height = this.#bottom - top;
    if (height <= 0) return;
    const canvas = this.#canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
    canvas.putImageData(this.#image, 0, 0, 0, top, width, height);
    g.save();
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.drawImage(this.#canvas, 0, top, width, height, 0, top - first, width, height);
    g.restore();
  }
}

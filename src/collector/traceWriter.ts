/** Appends to the trace's file: what one drain encodes is written at once. */
import { openSync, writeSync } from 'node:fs';

export class TraceWriter {
  readonly #file: number;
  #chunks: Uint8Array[] = [];

  /** The file exists already: the main thread made it, so that two processes cannot take the same one. */
  constructor(path: string) {
    this.#file = openSync(path, 'a');
  }

  /** Keeps a copy: encoders reuse their buffers. */
  add(bytes: Uint8Array): void {
    this.#chunks.push(bytes.slice());
  }

  /** Throws what the file system says. */
  flush(): void {
    if (this.#chunks.length === 0) return;
    const bytes = Buffer.concat(this.#chunks);
    this.#chunks = [];
    for (let at = 0; at < bytes.length;) at += writeSync(this.#file, bytes, at);
  }
}

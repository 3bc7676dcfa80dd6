/**
 * Appends to a trace's file: what one drain encodes is written at once. Whatever happens, a file ends with a whole chunk:
 * what was written of one that did not fit is cut off again.
 */
import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';

export class TraceWriter {
  readonly #file: number;
  /** Not a device or a pipe. */
  readonly isFile: boolean;
  #chunks: Uint8Array[] = [];
  /** Bytes written so far. */
  size = 0;

  /**
   * @param flags `a` for the file that the main thread made, so that two processes cannot take the same one; `w` for a
   * new segment
   */
  constructor(
    readonly path: string,
    flags: 'a' | 'w' = 'a',
  ) {
    this.#file = openSync(path, flags);
    this.isFile = fstatSync(this.#file).isFile();
  }

  /** Keeps the bytes: they must not change. */
  add(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
  }

  /** Throws which file it was, and what the file system says. */
  flush(): void {
    if (this.#chunks.length === 0) return;
    const bytes = this.#chunks.length === 1 ? (this.#chunks[0] as Uint8Array) : Buffer.concat(this.#chunks);
    const ends = this.#chunks;
    this.#chunks = [];
    let at = 0;
    try {
      while (at < bytes.length) at += writeSync(this.#file, bytes, at);
    } catch (error) {
      if (this.isFile) this.#cut(ends, at);
      // Node names no file in what a write throws.
      throw new Error(`${this.path} cannot be written: ${(error as Error).message}`, { cause: error });
    }
    this.size += at;
  }

  /** Somebody removed the file: what is written to it is nowhere. */
  get isGone(): boolean {
    return this.isFile && fstatSync(this.#file).nlink === 0;
  }

  close(): void {
    closeSync(this.#file);
  }

  /** @param written how many bytes of these chunks are in the file */
  #cut(chunks: readonly Uint8Array[], written: number): void {
    let whole = 0;
    for (const { length } of chunks) {
      if (whole + length > written) break;
      whole += length;
    }
    this.size += whole;
    try {
      ftruncateSync(this.#file, this.size);
    } catch {
      // A reader skips the torn chunk.
    }
  }
}

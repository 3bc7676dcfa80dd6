import type { ByteSource } from './byteSource.js';

/** Sources are read in pieces of this size. */
const PIECE = 1 << 20;

/** The bytes of a source that were read and not yet consumed: all that a reader keeps of a file. */
export class SourceWindow {
  /** Where the window starts in the source. */
  offset = 0;
  bytes: Uint8Array = new Uint8Array(0);
  /** All bytes read so far. */
  bytesRead = 0;

  constructor(private readonly source: ByteSource) {}

  /** Reads until the window has at least `wanted` bytes; false when the source has fewer now. */
  async fill(wanted: number): Promise<boolean> {
    while (this.bytes.length < wanted) {
      const have = this.bytes.length;
      const available = (await this.source.size()) - this.offset - have;
      const length = Math.min(available, Math.max(PIECE, wanted) - have);
      if (length <= 0) return false;
      const piece = await this.source.read(this.offset + have, length);
      if (piece.length === 0) return false;
      const grown = new Uint8Array(have + piece.length);
      grown.set(this.bytes);
      grown.set(piece, have);
      this.bytes = grown;
      this.bytesRead += piece.length;
    }
    return true;
  }

  consume(count: number): void {
    this.bytes = this.bytes.subarray(count);
    this.offset += count;
  }
}

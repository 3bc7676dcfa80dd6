import { crc32c } from '../base/crc32c.js';
import {
  CHUNK_HEADER_BYTES,
  findChunkMagic,
  findFileMagic,
  readChunkHeader,
  startsAsLanes,
  type ChunkHeader,
} from './chunkLayout.js';
import type { DamageLog } from './damageLog.js';
import { readFileHeader } from './fileHeader.js';
import type { TraceHeader } from './records.js';
import type { SourceWindow } from './sourceWindow.js';

/** A chunk, or the header of a further segment: the first `length` bytes of the window. */
export type Piece =
  | { readonly header: ChunkHeader; readonly payload: Uint8Array; readonly length: number }
  | { readonly segment: TraceHeader; readonly length: number };

/** What stands in a row in a file, as far as its checksums hold. What is nothing of the kind is skipped and told. */
export class TracePieces {
  /** Where the bytes began that are no piece; null: the last ones were one. */
  private damagedFrom: number | null = null;

  constructor(
    private readonly window: SourceWindow,
    private readonly damage: DamageLog,
  ) {}

  /** The piece at the start of the window, which stays there. Null: none is whole now; `again`: something was skipped. */
  async next(): Promise<Piece | 'again' | null> {
    const { window } = this;
    if (!(await window.fill(CHUNK_HEADER_BYTES))) return null;
    const header = readChunkHeader(window.bytes);
    if (header === null) return startsAsLanes(window.bytes) ? this.nextSegment() : this.skipTo(this.nextMagic());
    const length = CHUNK_HEADER_BYTES + header.length;
    if (!(await window.fill(length))) return this.skipTornChunk();
    const payload = window.bytes.subarray(CHUNK_HEADER_BYTES, length);
    if (crc32c(payload) !== header.payloadCrc) return this.skipTo(this.nextMagic());
    this.tellDamage();
    return { header, payload, length };
  }

  /** Tells what was skipped before this. */
  tellDamage(): void {
    if (this.damagedFrom === null) return;
    const { offset } = this.window;
    this.damage.tell(`The bytes from offset ${this.damagedFrom} to ${offset} are damaged and were skipped.`);
    this.damagedFrom = null;
  }

  private async nextSegment(): Promise<Piece | 'again' | null> {
    const { window } = this;
    const read = readFileHeader(window.bytes);
    if (read.state === 'torn') return (await window.fill(read.needed)) ? 'again' : null;
    if (read.state !== 'whole') return this.skipTo(this.nextMagic());
    this.tellDamage();
    return { segment: read.header, length: read.length };
  }

  /** Where the next chunk or segment may start. */
  private nextMagic(): number {
    const { bytes } = this.window;
    return Math.min(findChunkMagic(bytes, 1), findFileMagic(bytes, 1));
  }

  /**
   * The source ends within a chunk. Usually it is being written, or its writer was killed; then the launcher may have
   * put a last chunk behind it, and that one counts.
   */
  private skipTornChunk(): 'again' | null {
    const { bytes } = this.window;
    for (
      let at = findChunkMagic(bytes, 1);
      at + CHUNK_HEADER_BYTES <= bytes.length;
      at = findChunkMagic(bytes, at + 1)
    ) {
      const header = readChunkHeader(bytes.subarray(at));
      const from = at + CHUNK_HEADER_BYTES;
      if (header === null || from + header.length > bytes.length) continue;
      if (crc32c(bytes.subarray(from, from + header.length)) !== header.payloadCrc) continue;
      return this.skipTo(at);
    }
    return null;
  }

  private skipTo(next: number): 'again' {
    this.damagedFrom ??= this.window.offset;
    this.window.consume(next);
    return 'again';
  }
}

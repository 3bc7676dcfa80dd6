import { ByteWriter } from './byteWriter.js';
import { writeChunk } from './chunkLayout.js';

/** Makes the chunks of a file, each in bytes of its own. */
export class ChunkWriter {
  /** The record that is being made. */
  readonly body = new ByteWriter();
  /** The chunk that is being made. */
  readonly payload = new ByteWriter(1 << 12);
  private readonly chunk = new ByteWriter(1 << 12);

  constructor(private readonly write: (bytes: Uint8Array) => void) {}

  /** The body that was just made becomes a record of `out`. */
  frame(out: ByteWriter, tag: number): void {
    const { body } = this;
    out.varint(tag);
    out.varint(body.length);
    out.raw(body.bytes);
    body.clear();
  }

  /** The body that was just made becomes a chunk of its own. */
  writeRecord(kind: number, tag: number, t: number): void {
    this.payload.clear();
    this.frame(this.payload, tag);
    this.writePayload(kind, 1, t, t);
  }

  /** `count` records or events, of the times from `first` to `last`. */
  writePayload(kind: number, count: number, first: number, last: number): void {
    writeChunk(this.chunk, kind, this.payload.bytes, count, first, last);
    this.write(this.chunk.bytes.slice());
  }
}

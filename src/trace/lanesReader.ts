import { crc32c } from '../base/crc32c.js';
import { success, type Result } from '../base/result.js';
import { ByteCursor } from './byteCursor.js';
import {
  CHUNK_HEADER_BYTES,
  CHUNK_KIND,
  FILE_HEADER_BYTES,
  findChunkMagic,
  findFileMagic,
  readChunkHeader,
  startsAsLanes,
  type ChunkHeader,
} from './chunkLayout.js';
import { DamageLog } from './damageLog.js';
import { decodeEvents, type Losses } from './decodeEvents.js';
import { EventOrder } from './eventOrder.js';
import { readFileHeader } from './fileHeader.js';
import { LanesDefinitions } from './lanesDefinitions.js';
import { newerVersion, sourceFailure, tornHeader } from './openFailures.js';
import { readMarker } from './recordCodec.js';
import type { TraceHeader } from './records.js';
import type { SourceWindow } from './sourceWindow.js';
import type { ReadProgress, TraceReader } from './traceReader.js';
import type { TraceVisitor } from './visitor.js';

const recordKinds: ReadonlySet<number> = new Set([
  CHUNK_KIND.dictionary,
  CHUNK_KIND.thread,
  CHUNK_KIND.marker,
  CHUNK_KIND.snapshotMarker,
]);
/** What stands in them is known where the segment before was read. */
const snapshotKinds: ReadonlySet<number> = new Set([CHUNK_KIND.snapshot, CHUNK_KIND.snapshotMarker]);

/** Reads a `.lanes` file chunk by chunk, or the segments of a flight recorder in a row. */
export class LanesReader implements TraceReader {
  readonly format = 'lanes';
  private readonly damage: DamageLog;
  private readonly order: EventOrder;
  private readonly definitions: LanesDefinitions;
  private readonly losses: Losses = { events: 0, references: 0 };
  /** Where the bytes began that are no chunk; null: the last ones were one. */
  private damagedFrom: number | null = null;
  /** The segment that is read goes on where the one before ended. */
  private isContinued = false;
  /** The bytes are those of another trace. */
  private isForeign = false;

  private constructor(
    private readonly window: SourceWindow,
    visitor: TraceVisitor,
    private header: TraceHeader,
  ) {
    this.damage = new DamageLog(visitor);
    this.order = new EventOrder(visitor, this.damage);
    this.definitions = new LanesDefinitions(visitor);
  }

  static async open(window: SourceWindow, visitor: TraceVisitor): Promise<Result<TraceReader>> {
    let read = readFileHeader(window.bytes);
    while (read.state === 'torn') {
      if (!(await window.fill(read.needed))) return tornHeader();
      read = readFileHeader(window.bytes);
    }
    if (read.state === 'newer') return newerVersion(read.version);
    const header = read.state === 'whole' ? read.header : unknownHeader(read.version);
    const reader = new LanesReader(window, visitor, header);
    visitor.header?.(header);
    if (read.state === 'whole') window.consume(read.length);
    else {
      reader.damage.tell('The header of the file at byte 0 is damaged: which program was recorded is unknown.');
      window.consume(FILE_HEADER_BYTES);
      window.consume(findChunkMagic(window.bytes, 0));
    }
    return success(reader);
  }

  async read(maxBytes = Infinity): Promise<Result<ReadProgress>> {
    const { window } = this;
    const until = window.offset + maxBytes;
    let atEnd = false;
    try {
      while (!atEnd && window.offset < until) atEnd = !(await this.step());
    } catch (error) {
      return sourceFailure(error);
    }
    if (atEnd) this.tellDamagedBytes();
    this.tellLosses();
    const torn = atEnd && window.bytes.length > 0;
    return success({ bytesRead: window.bytesRead, atEnd, ended: this.order.ended, torn });
  }

  finish(): void {
    this.order.release(Infinity);
  }

  /** Takes one chunk, or skips what is none; false when there is no whole one now. */
  private async step(): Promise<boolean> {
    const { window } = this;
    if (!(await window.fill(CHUNK_HEADER_BYTES))) return false;
    const header = readChunkHeader(window.bytes);
    if (header === null) {
      if (startsAsLanes(window.bytes)) return this.nextSegment();
      this.skipTo(this.nextMagic());
      return true;
    }
    const end = CHUNK_HEADER_BYTES + header.length;
    if (!(await window.fill(end))) return this.skipTornChunk();
    const payload = window.bytes.subarray(CHUNK_HEADER_BYTES, end);
    if (crc32c(payload) !== header.payloadCrc) {
      this.skipTo(this.nextMagic());
      return true;
    }
    this.tellDamagedBytes();
    if (!this.take(header, payload)) {
      this.damage.tell(`The chunk at byte ${window.offset} says what cannot be; what it says after that was skipped.`);
    }
    window.consume(end);
    this.order.limit();
    return true;
  }

  /** A file header behind a chunk: the next segment of the row. False: it is not whole yet. */
  private async nextSegment(): Promise<boolean> {
    const { window } = this;
    const read = readFileHeader(window.bytes);
    if (read.state === 'torn') return window.fill(read.needed);
    if (read.state !== 'whole') {
      this.skipTo(this.nextMagic());
      return true;
    }
    this.tellDamagedBytes();
    const { header } = read;
    const [before, now] = [this.header.segment ?? 0, header.segment ?? 0];
    this.isForeign = header.run !== this.header.run || header.pid !== this.header.pid || now <= before;
    if (this.isForeign) {
      this.damage.tell(`At byte ${window.offset} another trace begins; it was left out: open it by itself.`);
    } else {
      this.isContinued = now === before + 1;
      if (!this.isContinued)
        this.damage.tell(`The segments from ${before + 1} to ${now - 1} of the trace are missing.`);
      this.header = header;
      this.definitions.beginSegment();
    }
    window.consume(read.length);
    return true;
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
  private skipTornChunk(): boolean {
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
      this.skipTo(at);
      return true;
    }
    return false;
  }

  private skipTo(next: number): void {
    this.damagedFrom ??= this.window.offset;
    this.window.consume(next);
  }

  private take(header: ChunkHeader, payload: Uint8Array): boolean {
    if (this.isForeign || (this.isContinued && snapshotKinds.has(header.kind))) return true;
    if (header.kind === CHUNK_KIND.events || header.kind === CHUNK_KIND.snapshot) {
      return decodeEvents(payload, header.first, header.count, this.definitions, this.order.held, this.losses);
    }
    return !recordKinds.has(header.kind) || this.takeRecords(payload, header.count);
  }

  private takeRecords(payload: Uint8Array, count: number): boolean {
    const end = this.window.offset + CHUNK_HEADER_BYTES + payload.length;
    const cursor = new ByteCursor(payload);
    let seen = 0;
    for (; cursor.left > 0; seen++) {
      const tag = cursor.varint();
      const body = new ByteCursor(cursor.raw(cursor.varint()));
      if (!cursor.ok) return false;
      if (!this.definitions.read(body, tag, end)) {
        const marker = readMarker(body, tag);
        if (marker !== null && body.ok) this.order.marker(marker);
      }
      if (!body.ok) return false;
    }
    return seen === count;
  }

  private tellDamagedBytes(): void {
    if (this.damagedFrom === null) return;
    const { offset } = this.window;
    this.damage.tell(`The bytes from offset ${this.damagedFrom} to ${offset} are damaged and were skipped.`);
    this.damagedFrom = null;
  }

  private tellLosses(): void {
    const { events, references } = this.losses;
    if (events > 0) this.damage.tell(`${events} events were lost: what they did stood in a damaged part of the file.`);
    if (references > 0) {
      this.damage.tell(
        `${references} events refer to objects, threads or call sites that a damaged part of the file named.`,
      );
    }
    this.losses.events = 0;
    this.losses.references = 0;
  }
}

function unknownHeader(version: number): TraceHeader {
  return { version, run: '', pid: 0, program: '', node: '', platform: '', origin: 0, root: '' };
}

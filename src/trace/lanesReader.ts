import { success, type Result } from '../base/result.js';
import { ByteCursor } from './byteCursor.js';
import { CHUNK_HEADER_BYTES, CHUNK_KIND, FILE_HEADER_BYTES, findChunkMagic, type ChunkHeader } from './chunkLayout.js';
import { DamageLog } from './damageLog.js';
import { decodeEvents, type Losses } from './decodeEvents.js';
import { EventOrder } from './eventOrder.js';
import { readFileHeader } from './fileHeader.js';
import { LanesDefinitions } from './lanesDefinitions.js';
import { newerVersion, sourceFailure, tornHeader } from './openFailures.js';
import { readMarker } from './recordCodec.js';
import type { TraceHeader } from './records.js';
import type { SourceWindow } from './sourceWindow.js';
import { TracePieces, type Piece } from './tracePieces.js';
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
  private readonly pieces: TracePieces;
  private readonly order: EventOrder;
  private readonly definitions: LanesDefinitions;
  private readonly losses: Losses = { events: 0, references: 0 };
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
    this.pieces = new TracePieces(window, this.damage);
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
      while (!atEnd && window.offset < until) {
        const piece = await this.pieces.next();
        if (piece === null) atEnd = true;
        else if (piece !== 'again') this.takePiece(piece);
      }
    } catch (error) {
      return sourceFailure(error);
    }
    if (atEnd) this.pieces.tellDamage();
    this.tellLosses();
    const torn = atEnd && window.bytes.length > 0;
    return success({ bytesRead: window.bytesRead, atEnd, ended: this.order.ended, torn });
  }

  finish(): void {
    this.order.release(Infinity);
  }

  private takePiece(piece: Piece): void {
    const { window } = this;
    if ('segment' in piece) this.beginSegment(piece.segment);
    else if (!this.take(piece.header, piece.payload)) {
      this.damage.tell(`The chunk at byte ${window.offset} says what cannot be; what it says after that was skipped.`);
    }
    window.consume(piece.length);
    this.order.limit();
  }

  private beginSegment(header: TraceHeader): void {
    const [before, now] = [this.header.segment ?? 0, header.segment ?? 0];
    this.isForeign = header.run !== this.header.run || header.pid !== this.header.pid || now <= before;
    if (this.isForeign) {
      const { offset } = this.window;
      this.damage.tell(`At byte ${offset} another trace begins; it was left out: open it by itself.`);
      return;
    }
    this.isContinued = now === before + 1;
    if (!this.isContinued) this.damage.tell(`The segments from ${before + 1} to ${now - 1} of the trace are missing.`);
    this.header = header;
    this.definitions.beginSegment();
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

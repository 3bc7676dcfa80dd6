import { crc32c } from '../base/crc32c.js';
import { success, type Result } from '../base/result.js';
import { utf8Decode } from '../base/utf8.js';
import { ByteCursor } from './byteCursor.js';
import {
  CHUNK_HEADER_BYTES,
  CHUNK_KIND,
  FILE_HEADER_BYTES,
  findChunkMagic,
  MAX_FILE_HEADER_BODY,
  readChunkHeader,
  type ChunkHeader,
} from './chunkLayout.js';
import { DamageLog } from './damageLog.js';
import { decodeEvents, type Losses } from './decodeEvents.js';
import { EventOrder } from './eventOrder.js';
import { LanesDefinitions } from './lanesDefinitions.js';
import { headerOf } from './ndjsonParser.js';
import { newerVersion, sourceFailure, tornHeader } from './openFailures.js';
import { readMarker } from './recordCodec.js';
import { FORMAT_VERSION } from './records.js';
import type { SourceWindow } from './sourceWindow.js';
import type { ReadProgress, TraceReader } from './traceReader.js';
import type { TraceVisitor } from './visitor.js';

const recordKinds: ReadonlySet<number> = new Set([CHUNK_KIND.dictionary, CHUNK_KIND.thread, CHUNK_KIND.marker]);

/** Reads a `.lanes` file chunk by chunk. */
export class LanesReader implements TraceReader {
  readonly format = 'lanes';
  private readonly damage: DamageLog;
  private readonly order: EventOrder;
  private readonly definitions: LanesDefinitions;
  private readonly losses: Losses = { events: 0, references: 0 };
  /** Where the bytes began that are no chunk; null: the last ones were one. */
  private damagedFrom: number | null = null;

  private constructor(
    private readonly window: SourceWindow,
    visitor: TraceVisitor,
  ) {
    this.damage = new DamageLog(visitor);
    this.order = new EventOrder(visitor, this.damage);
    this.definitions = new LanesDefinitions(visitor);
  }

  static async open(window: SourceWindow, visitor: TraceVisitor): Promise<Result<TraceReader>> {
    if (!(await window.fill(FILE_HEADER_BYTES))) return tornHeader();
    const cursor = new ByteCursor(window.bytes);
    cursor.raw(8);
    const version = cursor.uint32();
    const length = cursor.uint32();
    const crc = cursor.uint32();
    if (version > FORMAT_VERSION) return newerVersion(version);
    const isPossible = length <= MAX_FILE_HEADER_BODY;
    if (isPossible && !(await window.fill(FILE_HEADER_BYTES + length))) return tornHeader();
    const body = window.bytes.subarray(FILE_HEADER_BYTES, FILE_HEADER_BYTES + (isPossible ? length : 0));
    const isWhole = crc === crc32c(body, crc32c(window.bytes.subarray(0, FILE_HEADER_BYTES - 4)));
    const header = headerOf({ ...(isWhole ? jsonObject(body) : {}), threadlanes: version });
    const reader = new LanesReader(window, visitor);
    visitor.header?.(typeof header === 'string' ? unknownHeader(version) : header);
    if (isWhole && typeof header !== 'string') window.consume(FILE_HEADER_BYTES + length);
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
      this.skipTo(findChunkMagic(window.bytes, 1));
      return true;
    }
    const end = CHUNK_HEADER_BYTES + header.length;
    if (!(await window.fill(end))) return this.skipTornChunk();
    const payload = window.bytes.subarray(CHUNK_HEADER_BYTES, end);
    if (crc32c(payload) !== header.payloadCrc) {
      this.skipTo(findChunkMagic(window.bytes, 1));
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
    if (header.kind === CHUNK_KIND.events) {
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

function jsonObject(bytes: Uint8Array): object {
  try {
    const value: unknown = JSON.parse(utf8Decode(bytes));
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function unknownHeader(version: number): ReturnType<typeof headerOf> & object {
  return { version, run: '', pid: 0, program: '', node: '', platform: '', origin: 0, root: '' };
}

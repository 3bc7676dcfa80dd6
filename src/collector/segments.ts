/**
 * The trace's file, or with `keep` the row of its segments: a segment that is long enough gets a name of its own, and the
 * next begins under the trace's name with a snapshot; the oldest are removed.
 */
import { linkSync, readdirSync, renameSync, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Nanos } from '../base/brand.js';
import { millisFromNanos } from '../base/brand.js';
import type { Keep } from '../probe/keep.js';
import type { Dictionary } from '../trace/dictionary.js';
import { TraceEncoder, type Snapshot } from '../trace/encode.js';
import type { TraceHeader } from '../trace/records.js';
import { segmentOf, segmentPath } from '../trace/segmentNames.js';
import type { TraceVisitor } from '../trace/visitor.js';
import { TraceWriter } from './traceWriter.js';

/** What is kept is so many segments: dropping one loses this part of the past. */
const SEGMENTS = 8;
/** Snapshots and dictionaries must stay a small part of what is written. */
const LEAST_BYTES = 64 << 10;
const LEAST_TIMES_SNAPSHOT = 4;

interface Segment {
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds of the trace's clock. */
  readonly endMs: number;
}

export class Segments {
  readonly #path: string;
  readonly #header: TraceHeader;
  readonly #keep: Keep | null;
  readonly #dictionary: Dictionary;
  readonly #earlier: Segment[] = [];
  #writer: TraceWriter;
  #encoder: TraceEncoder;
  #number = 1;
  #sinceMs: number;
  /** Of the segment that is written now: its dictionary and its snapshot. */
  #startBytes = 0;
  /** Bytes of all segments, the removed ones included. */
  #bytesBefore = 0;

  /**
   * @param keep null: all of it, in one file
   * @param dictionary what is defined; filled by others, before it is told to {@link visitor}
   */
  constructor(path: string, header: TraceHeader, keep: Keep | null, dictionary: Dictionary, nowMs: number) {
    this.#path = path;
    this.#dictionary = dictionary;
    this.#writer = new TraceWriter(path);
    this.#keep = this.#writer.isFile ? keep : null;
    this.#header = this.#keep === null ? header : { ...header, segment: 1 };
    this.#encoder = this.#newEncoder();
    this.#sinceMs = nowMs;
    if (this.#writer.isFile) removeEarlierRun(path);
    this.#encoder.header(this.#header);
  }

  /** What is told to it is written by the next {@link flush}. */
  get visitor(): Required<Omit<TraceVisitor, 'damage' | 'header'>> {
    return this.#encoder;
  }

  get isFlightRecorder(): boolean {
    return this.#keep !== null;
  }

  /** Bytes written so far. */
  get bytes(): number {
    return this.#bytesBefore + this.#writer.size;
  }

  /** Throws what the file system says. */
  flush(): void {
    this.#writer.flush();
  }

  /** Throws when nothing that is written can be read any more. */
  checkPlace(): void {
    if (this.#writer.isGone) throw new Error(`${this.#path} was removed`);
  }

  isFull(nowMs: number): boolean {
    const keep = this.#keep;
    const written = this.#writer.size - this.#startBytes;
    // A time in which next to nothing happened costs nothing, and what came before may be the reason.
    if (keep === null || written < Math.max(LEAST_BYTES, LEAST_TIMES_SNAPSHOT * this.#startBytes)) return false;
    return 'bytes' in keep ? this.#writer.size >= keep.bytes / SEGMENTS : nowMs - this.#sinceMs >= keep.ms / SEGMENTS;
  }

  /**
   * Begins the next segment. Throws what the file system says.
   * @param completeTo all before it is in the snapshot or in the segments so far
   */
  begin(snapshot: Snapshot, completeTo: Nanos): void {
    this.flush();
    const ended = this.#writer;
    const path = segmentPath(this.#path, this.#number);
    // Under its own name only when it is one: a reader finds a whole segment or none.
    const making = `${this.#path}.new`;
    const writer = new TraceWriter(making, 'w');
    const before = this.#encoder;
    this.#writer = writer;
    this.#encoder = this.#newEncoder();
    try {
      this.#encoder.header({ ...this.#header, segment: this.#number + 1, since: completeTo });
      this.#encoder.snapshot(snapshot);
      this.#encoder.marker({ kind: 'complete', t: completeTo });
      this.flush();
      giveWay(this.#path, path, making);
    } catch (error) {
      this.#writer = ended;
      this.#encoder = before;
      writer.close();
      removeQuietly(making);
      throw error;
    }
    ended.close();
    const nowMs = millisFromNanos(completeTo);
    this.#bytesBefore += ended.size;
    this.#earlier.push({ path, bytes: ended.size, endMs: nowMs });
    this.#number += 1;
    this.#sinceMs = nowMs;
    this.#startBytes = writer.size;
    this.#removeOldest(nowMs);
  }

  #newEncoder(): TraceEncoder {
    return new TraceEncoder(
      (bytes) => this.#writer.add(bytes),
      undefined,
      this.#keep === null ? null : this.#dictionary,
    );
  }

  #removeOldest(nowMs: number): void {
    const keep = this.#keep as Keep;
    let bytes = this.#earlier.reduce((sum, segment) => sum + segment.bytes, 0);
    for (let oldest = this.#earlier[0]; oldest !== undefined; oldest = this.#earlier[0]) {
      const isKept = 'bytes' in keep ? bytes + keep.bytes / SEGMENTS <= keep.bytes : nowMs - oldest.endMs <= keep.ms;
      if (isKept) return;
      this.#earlier.shift();
      bytes -= oldest.bytes;
      removeQuietly(oldest.path);
    }
  }
}

/** The file at `path` gets the name `aside`, the one at `making` its name; at no moment is there none, where links are. */
function giveWay(path: string, aside: string, making: string): void {
  try {
    linkSync(path, aside);
  } catch {
    renameSync(path, aside);
  }
  renameSync(making, path);
}

/** The segments of another run that had the same name. */
function removeEarlierRun(path: string): void {
  const folder = dirname(path);
  for (const name of readdirSync(folder)) {
    if (segmentOf(name, basename(path)) !== null) removeQuietly(join(folder, name));
  }
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Somebody else did.
  }
}

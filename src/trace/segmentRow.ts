/**
 * The segments of a flight recorder as one source: those that are there in the order of time, one behind the other, and
 * those that the recorder adds while it is read. A trace that is one file is a row of one.
 */
import type { ByteSource } from './byteSource.js';
import { FILE_HEADER_BYTES } from './chunkLayout.js';
import { headerAtStart, readFileHeader } from './fileHeader.js';
import type { TraceHeader } from './records.js';
import { isSegmentName, segmentPath } from './segmentNames.js';

/** An open file: it stays readable when the recorder gives it another name, or removes it. */
export interface SegmentFile {
  size(): number;
  /** May answer fewer bytes than asked at the end, never more. */
  read(offset: number, length: number): Uint8Array;
  close(): void;
}

/** Throws when there is no such file. */
export type OpenSegment = (path: string) => SegmentFile;

interface Part {
  readonly file: SegmentFile;
  readonly header: TraceHeader | null;
  /** Where it starts in the row. */
  readonly start: number;
}

export class SegmentRow implements ByteSource {
  readonly #path: string;
  readonly #open: OpenSegment;
  #parts: Part[] = [];

  /** Throws when there is no such file. An earlier segment that is named itself is read alone. */
  constructor(path: string, open: OpenSegment) {
    this.#path = path;
    this.#open = open;
    this.#begin(open(path));
  }

  /** Grows with the newest segment, and by new ones. */
  size(): number {
    this.#follow();
    const { file, start } = this.#last;
    return start + file.size();
  }

  read(offset: number, length: number): Uint8Array {
    let index = this.#parts.length - 1;
    while (index > 0 && (this.#parts[index] as Part).start > offset) index--;
    const { file, start } = this.#parts[index] as Part;
    const end = this.#parts[index + 1]?.start ?? Infinity;
    return file.read(offset - start, Math.min(length, end - offset));
  }

  close(): void {
    for (const { file } of this.#parts) file.close();
    this.#parts = [];
  }

  /** The file that grows. */
  get newest(): SegmentFile {
    return this.#last.file;
  }

  get #last(): Part {
    return this.#parts.at(-1) as Part;
  }

  #begin(newest: SegmentFile): void {
    const header = headerOf(newest);
    const row = [{ file: newest, header }];
    for (let segment = segmentNumber(header) - 1; segment > 0 && !isSegmentName(this.#path); segment--) {
      const earlier = this.#openEarlier(segment, header);
      if (earlier === null) break;
      row.unshift(earlier);
    }
    this.#parts = [];
    for (const { file, header: own } of row) this.#add(file, own);
  }

  /** Takes the segments that came since; the one that grew until then is whole. */
  #follow(): void {
    let { header } = this.#last;
    if (header === null && this.#parts.length === 1 && this.#last.file.size() > 0) {
      // It was opened before the recorder had written its first bytes.
      header = headerOf(this.#last.file);
      if (header !== null) this.#begin(this.#last.file);
    }
    if (segmentNumber(header) === 0 || isSegmentName(this.#path)) return;
    const newest = tryOpen(this.#open, this.#path);
    const newestHeader = newest && headerOf(newest);
    if (newest === null) return;
    if (newestHeader?.run !== header?.run || segmentNumber(newestHeader) <= segmentNumber(header))
      return newest.close();
    for (let segment = segmentNumber(header) + 1; segment < segmentNumber(newestHeader); segment++) {
      const between = this.#openEarlier(segment, header);
      if (between !== null) this.#add(between.file, between.header);
    }
    this.#add(newest, newestHeader);
  }

  /** Null: there is none of this run. */
  #openEarlier(segment: number, newest: TraceHeader | null): Omit<Part, 'start'> | null {
    const file = tryOpen(this.#open, segmentPath(this.#path, segment));
    if (file === null) return null;
    const header = headerOf(file);
    if (header?.run === newest?.run && segmentNumber(header) === segment) return { file, header };
    file.close();
    return null;
  }

  #add(file: SegmentFile, header: TraceHeader | null): void {
    const before = this.#parts.at(-1);
    this.#parts.push({ file, header, start: before === undefined ? 0 : before.start + before.file.size() });
  }
}

const segmentNumber = (header: TraceHeader | null): number => header?.segment ?? 0;

function headerOf(file: SegmentFile): TraceHeader | null {
  if (file.size() < FILE_HEADER_BYTES) return null;
  const start = readFileHeader(file.read(0, FILE_HEADER_BYTES));
  return headerAtStart(file.read(0, start.state === 'torn' ? start.needed : FILE_HEADER_BYTES));
}

function tryOpen(open: OpenSegment, path: string): SegmentFile | null {
  try {
    return open(path);
  } catch {
    return null;
  }
}

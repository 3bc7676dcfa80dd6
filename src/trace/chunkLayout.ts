/**
 * The frame of a `.lanes` file: a file header, then chunks. Little endian.
 *
 *     file header   magic 8 bytes, version u32, length u32 of the body, CRC-32C u32 over all else, body: JSON
 *     chunk header  magic u32, length u32, kind u16, zero u16, count u32, first f64, last f64 (nanoseconds),
 *                   CRC-32C u32 of the header up to here, CRC-32C u32 of the payload
 *
 * The header has a checksum of its own so that its length can be believed before the payload is there: only then a
 * torn end (the writer was cut off) differs from damage in the middle.
 */
import { crc32c } from '../base/crc32c.js';
import { ByteCursor } from './byteCursor.js';
import { ByteWriter } from './byteWriter.js';

/** As PNG does it: a byte that is no text, the name, and a line end that a text transfer would change. */
export const FILE_MAGIC = Uint8Array.of(0x89, 0x4c, 0x41, 0x4e, 0x45, 0x53, 0x0d, 0x0a);
export const FILE_HEADER_BYTES = 20;
/** The body has a few paths. */
export const MAX_FILE_HEADER_BODY = 1 << 20;

export const CHUNK_MAGIC = Uint8Array.of(0xd7, 0x54, 0x4c, 0x1a);
export const CHUNK_HEADER_BYTES = 40;
/** No chunk is longer; ours have some ten kilobytes. */
export const MAX_CHUNK_BYTES = 1 << 24;

/**
 * Kinds that a reader does not know are skipped. `snapshot` and `snapshotMarker` are events and markers that are read only
 * where reading begins; `index` is kept for what it says.
 */
export const CHUNK_KIND = {
  dictionary: 1,
  events: 2,
  thread: 3,
  marker: 4,
  snapshot: 5,
  index: 6,
  snapshotMarker: 7,
} as const;

export interface ChunkHeader {
  readonly kind: number;
  readonly length: number;
  /** Records or events. */
  readonly count: number;
  /** Times of the first and the last record, in nanoseconds. */
  readonly first: number;
  readonly last: number;
  readonly payloadCrc: number;
}

export function startsAsLanes(bytes: Uint8Array): boolean {
  const length = Math.min(bytes.length, FILE_MAGIC.length);
  return length > 0 && FILE_MAGIC.subarray(0, length).every((byte, i) => byte === bytes[i]);
}

export function fileHeaderBytes(version: number, body: Uint8Array): Uint8Array {
  const out = new ByteWriter();
  out.raw(FILE_MAGIC);
  out.uint32(version);
  out.uint32(body.length);
  out.uint32(crc32c(body, crc32c(out.bytes)));
  out.raw(body);
  return out.bytes;
}

export function writeChunk(
  out: ByteWriter,
  kind: number,
  payload: Uint8Array,
  count: number,
  first: number,
  last: number,
): void {
  out.clear();
  out.raw(CHUNK_MAGIC);
  out.uint32(payload.length);
  out.uint32(kind);
  out.uint32(count);
  out.float64(first);
  out.float64(last);
  out.uint32(crc32c(out.bytes));
  out.uint32(crc32c(payload));
  out.raw(payload);
}

/** Null: no header of a chunk stands here, or a damaged one. `bytes` has at least the length of a header. */
export function readChunkHeader(bytes: Uint8Array): ChunkHeader | null {
  if (!CHUNK_MAGIC.every((byte, i) => byte === bytes[i])) return null;
  const cursor = new ByteCursor(bytes.subarray(CHUNK_MAGIC.length, CHUNK_HEADER_BYTES));
  const length = cursor.uint32();
  const kind = cursor.uint32() & 0xffff;
  const count = cursor.uint32();
  const first = cursor.float64();
  const last = cursor.float64();
  const crc = cursor.uint32();
  const payloadCrc = cursor.uint32();
  if (crc !== crc32c(bytes.subarray(0, CHUNK_HEADER_BYTES - 8)) || length > MAX_CHUNK_BYTES) return null;
  return { kind, length, count, first, last, payloadCrc };
}

/** Where the next chunk may start, from `from` on; the bytes' length less a possible part of the magic if nowhere. */
export function findChunkMagic(bytes: Uint8Array, from: number): number {
  return findMagic(bytes, from, CHUNK_MAGIC);
}

/** The same for a file header: segments may stand in a row in one file. */
export function findFileMagic(bytes: Uint8Array, from: number): number {
  return findMagic(bytes, from, FILE_MAGIC);
}

function findMagic(bytes: Uint8Array, from: number, magic: Uint8Array): number {
  for (let at = from; ; at++) {
    at = bytes.indexOf(magic[0] as number, at);
    if (at < 0) return bytes.length;
    const rest = bytes.subarray(at, at + magic.length);
    if (rest.every((byte, i) => byte === magic[i])) return at;
  }
}

/** The header of a `.lanes` file, or of a segment within a row of them: layout in `chunkLayout`. */
import { crc32c } from '../base/crc32c.js';
import { utf8Decode, utf8Encode } from '../base/utf8.js';
import { ByteCursor } from './byteCursor.js';
import { FILE_HEADER_BYTES, FILE_MAGIC, fileHeaderBytes, MAX_FILE_HEADER_BODY, startsAsLanes } from './chunkLayout.js';
import { millisText } from './ndjsonNotation.js';
import { headerOf } from './ndjsonParser.js';
import { FORMAT_VERSION, type TraceHeader } from './records.js';

export type FileHeader =
  | { readonly state: 'whole'; readonly header: TraceHeader; readonly length: number }
  /** So many bytes are needed to say. */
  | { readonly state: 'torn'; readonly needed: number }
  | { readonly state: 'newer'; readonly version: number }
  | { readonly state: 'damaged'; readonly version: number };

/** Times are written as NDJSON writes them. */
export function writeFileHeader({ version, since, ...body }: TraceHeader): Uint8Array {
  const times = since === undefined ? {} : { since: JSON.parse(millisText(since)) as number | string };
  return fileHeaderBytes(version, utf8Encode(JSON.stringify({ ...body, ...times })));
}

/** What stands at the start of some bytes that begin with the magic, or with a part of it. */
export function readFileHeader(bytes: Uint8Array): FileHeader {
  if (bytes.length < FILE_HEADER_BYTES) return { state: 'torn', needed: FILE_HEADER_BYTES };
  const cursor = new ByteCursor(bytes.subarray(FILE_MAGIC.length));
  const version = cursor.uint32();
  const length = cursor.uint32();
  const crc = cursor.uint32();
  if (version > FORMAT_VERSION) return { state: 'newer', version };
  if (length > MAX_FILE_HEADER_BODY) return { state: 'damaged', version };
  const end = FILE_HEADER_BYTES + length;
  if (bytes.length < end) return { state: 'torn', needed: end };
  const body = bytes.subarray(FILE_HEADER_BYTES, end);
  if (crc !== crc32c(body, crc32c(bytes.subarray(0, FILE_HEADER_BYTES - 4)))) return { state: 'damaged', version };
  const header = headerOf({ ...jsonObject(body), threadlanes: version });
  return typeof header === 'string' ? { state: 'damaged', version } : { state: 'whole', header, length: end };
}

/** The header of a file by its first bytes; null when they hold none that is whole. */
export function headerAtStart(bytes: Uint8Array): TraceHeader | null {
  if (!startsAsLanes(bytes)) return null;
  const read = readFileHeader(bytes);
  return read.state === 'whole' ? read.header : null;
}

function jsonObject(bytes: Uint8Array): object {
  try {
    const value: unknown = JSON.parse(utf8Decode(bytes));
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

import { type Result } from '../base/result.js';
import type { ByteSource } from './byteSource.js';
import { startsAsLanes } from './chunkLayout.js';
import { LanesReader } from './lanesReader.js';
import { NdjsonReader } from './ndjsonReader.js';
import { emptyFile, sourceFailure } from './openFailures.js';
import { SourceWindow } from './sourceWindow.js';
import { StdReader } from './stdReader.js';
import type { TraceReader } from './traceReader.js';
import type { TraceVisitor } from './visitor.js';

export type { ReadProgress, TraceReader } from './traceReader.js';

/** White space and the byte order mark, which editors put before hand-written text. */
const beforeText: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);
const openBrace = 0x7b;

/**
 * Opens a trace, `.lanes`, NDJSON or STD by its content, and tells the visitor its header. The rest comes by `read`.
 *
 * @example
 * const opened = await openTrace(source, visitor);
 * if (!opened.ok) return opened.message;
 * for (let at = await opened.value.read(); at.ok && !at.value.atEnd; at = await opened.value.read());
 */
export async function openTrace(source: ByteSource, visitor: TraceVisitor): Promise<Result<TraceReader>> {
  const window = new SourceWindow(source);
  try {
    if (!(await window.fill(1))) return emptyFile();
    await window.fill(16);
    if (startsAsLanes(window.bytes)) return await LanesReader.open(window, visitor);
    const first = window.bytes.find((byte) => !beforeText.has(byte));
    return await (first === openBrace ? NdjsonReader : StdReader).open(window, visitor);
  } catch (error) {
    return sourceFailure(error);
  }
}

import { appendFileSync, closeSync, openSync } from 'node:fs';
import { memorySource } from '../../trace/byteSource.js';
import { TraceEncoder } from '../../trace/encode.js';
import { openTrace } from '../../trace/openTrace.js';
import type { MarkerRecord } from '../../trace/records.js';
import { fileSource } from '../traceInput.js';

export type EndMarker = Extract<MarkerRecord, { kind: 'end' }>;

/** A header with its paths fits into the first part, the last markers into the last. */
const PART_BYTES = 1 << 16;

/** The last markers of a trace, without reading all of it. */
export interface LastMarkers {
  readonly end: EndMarker | null;
  /** Nanoseconds: the latest time that a marker names. */
  readonly last: number;
}

export async function lastMarkers(file: string): Promise<LastMarkers> {
  let end: EndMarker | null = null;
  let last = 0;
  const marker = (record: MarkerRecord): void => {
    last = Math.max(last, record.t);
    if (record.kind === 'end') end = record;
  };
  // The middle is left out: a reader takes up again at the next whole chunk.
  const opened = await openTrace(memorySource(headAndTail(file)), { marker });
  if (opened.ok) await opened.value.read();
  return { end, last };
}

/** Says how a program ended that could not say it itself. */
export function appendEnd(file: string, marker: EndMarker): void {
  const chunks: Uint8Array[] = [];
  new TraceEncoder((bytes) => chunks.push(bytes)).marker(marker);
  appendFileSync(file, Buffer.concat(chunks));
}

function headAndTail(file: string): Uint8Array {
  const descriptor = openSync(file, 'r');
  try {
    const source = fileSource(descriptor);
    const size = source.size();
    const read = (from: number, to: number): Uint8Array => source.read(from, to - from);
    if (size <= 2 * PART_BYTES) return read(0, size);
    return Buffer.concat([read(0, PART_BYTES), read(size - PART_BYTES, size)]);
  } finally {
    closeSync(descriptor);
  }
}

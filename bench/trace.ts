/** The trace file: size, and what encoding and decoding cost beside JSON, in one run. */
import { Dictionary } from '../src/trace/dictionary.js';
import { memorySource } from '../src/trace/byteSource.js';
import { NdjsonWriter } from '../src/trace/ndjson.js';
import { openTrace } from '../src/trace/openTrace.js';
import type { TraceVisitor } from '../src/trace/visitor.js';
import { median, row, section } from './print.js';
import { writeSyntheticTrace } from './syntheticTrace.js';

const EVENTS = 500_000;
const ROUNDS = 5;

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  return bytes;
}

async function read(bytes: Uint8Array, visitor: TraceVisitor): Promise<void> {
  const opened = await openTrace(memorySource(bytes), visitor);
  if (!opened.ok) throw new Error(opened.message);
  for (let atEnd = false; !atEnd;) {
    const progress = await opened.value.read();
    if (!progress.ok) throw new Error(progress.message);
    atEnd = progress.value.atEnd;
  }
  opened.value.finish();
}

export async function benchTrace(): Promise<void> {
  section(`trace file: ${EVENTS / 1000} k events, 8 threads`);
  const pieces: Uint8Array[] = [];
  writeSyntheticTrace((bytes) => pieces.push(bytes), { events: EVENTS });
  const bytes = joined(pieces);
  const lines: string[] = [];
  await read(bytes, new NdjsonWriter((line) => lines.push(line)));
  row('size', `${(bytes.byteLength / EVENTS).toFixed(2)} bytes an event`);
  row(
    'size as NDJSON',
    `${(lines.reduce((sum, line) => sum + line.length + 1, 0) / EVENTS).toFixed(1)} bytes an event`,
  );

  const decoding: number[] = [];
  const parsing: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    let count = 0;
    const start = performance.now();
    await read(
      bytes,
      Object.assign(new Dictionary(), { events: (batch: { length: number }) => (count += batch.length) }),
    );
    decoding.push(((performance.now() - start) * 1e6) / count);
    const before = performance.now();
    for (const line of lines) JSON.parse(line);
    parsing.push(((performance.now() - before) * 1e6) / lines.length);
  }
  row('decode', `${median(decoding).toFixed(0)} ns an event`);
  row(
    'JSON.parse of the NDJSON',
    `${median(parsing).toFixed(0)} ns a line, ${(median(parsing) / median(decoding)).toFixed(1)} times as long`,
  );
}

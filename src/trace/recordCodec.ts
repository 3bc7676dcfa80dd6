/**
 * The records of the dictionary, thread and marker chunks: a tag, the length of the body, the body. A reader skips tags
 * that it does not know. Tags are never reused.
 */
import type { Nanos } from '../base/brand.js';
import type { ByteCursor } from './byteCursor.js';
import type { ByteWriter } from './byteWriter.js';
import { readFunctions, writeFunctions } from './functionsCodec.js';
import { OBJECT_KIND_CODE, objectKindName } from './objectKinds.js';
import { MAX_OP } from './ops.js';
import { MAX_SHAPE } from './opShape.js';
import type { EndKind, FileRecord, MarkerRecord, ObjectRecord, SiteRecord, ThreadRecord } from './records.js';

export const TAG = {
  string: 1,
  file: 2,
  site: 3,
  stack: 4,
  object: 5,
  op: 6,
  thread: 16,
  complete: 32,
  deadlock: 33,
  drop: 34,
  full: 35,
  recorderError: 36,
  end: 37,
} as const;

const MAX_UINT32 = 0xffffffff;
const MAX_INT32 = 0x7fffffff;

/** Codes of the ways to end: the index. */
const endKinds: readonly EndKind[] = ['clean', 'exit', 'killed', 'deadlock'];

export function writeFile(out: ByteWriter, record: FileRecord): void {
  out.text(record.path);
  out.textOrNull(record.hash);
  out.textOrNull(record.map);
  if (record.functions) writeFunctions(out, record.functions);
}

export function readFile(from: ByteCursor): FileRecord {
  const record = { path: from.text(), hash: from.textOrNull(), map: from.textOrNull() };
  return from.left > 0 ? { ...record, functions: readFunctions(from) } : record;
}

export function writeSite(out: ByteWriter, record: SiteRecord): void {
  out.varint(record.file);
  out.varint(record.line);
  out.varint(record.column);
  out.textOrNull(record.fn);
}

export function readSite(from: ByteCursor): SiteRecord {
  return {
    file: from.varint(),
    line: from.varintUpTo(MAX_UINT32),
    column: from.varintUpTo(MAX_UINT32),
    fn: from.textOrNull(),
  };
}

/** An index or an id, or null, or -1 for none: one more than it. */
function writeOptional(out: ByteWriter, value: number | null | undefined): void {
  out.varint((value ?? -1) + 1);
}

const portAndWordKeys = ['from', 'to', 'buffer', 'offset'] as const;

export function writeObject(out: ByteWriter, record: ObjectRecord): void {
  out.varint(record.id);
  out.varint(record.kind === 'unknown' ? 0 : OBJECT_KIND_CODE[record.kind]);
  out.textOrNull(record.name);
  writeOptional(out, record.stack);
  out.varint(record.thread);
  out.byte(record.capacity === null || Number.isNaN(record.capacity) ? 0 : 1);
  if (record.capacity !== null && !Number.isNaN(record.capacity)) out.number(record.capacity);
  for (const key of portAndWordKeys) writeOptional(out, record[key]);
}

export function readObject(from: ByteCursor): ObjectRecord {
  const record = {
    id: from.varintUpTo(MAX_UINT32),
    kind: objectKindName(from.varint()) ?? ('unknown' as const),
    name: from.textOrNull(),
    stack: from.varintUpTo(MAX_INT32) - 1,
    thread: from.varintUpTo(MAX_INT32),
    capacity: from.byte() === 0 ? null : from.number(),
  };
  const known: Partial<Record<(typeof portAndWordKeys)[number], number>> = {};
  for (const key of portAndWordKeys) {
    const value = from.varint() - 1;
    if (value >= 0) known[key] = value;
  }
  return { ...record, ...known };
}

export interface OpDefinition {
  /** How often the ids were numbered anew. */
  readonly generation: number;
  readonly id: number;
  readonly op: number;
  readonly object: number;
  readonly stack: number;
  readonly shape: number;
}

export function writeOp(out: ByteWriter, definition: OpDefinition): void {
  out.varint(definition.generation);
  out.varint(definition.id);
  out.varint(definition.op);
  out.varint(definition.object);
  writeOptional(out, definition.stack);
  out.byte(definition.shape);
}

export function readOp(from: ByteCursor): OpDefinition {
  return {
    generation: from.varint(),
    id: from.varint(),
    op: from.varintUpTo(MAX_OP),
    object: from.varintUpTo(MAX_UINT32),
    stack: from.varintUpTo(MAX_INT32) - 1,
    shape: from.byte() & MAX_SHAPE,
  };
}

export function writeThread(out: ByteWriter, record: ThreadRecord): void {
  out.varint(record.id);
  out.textOrNull(record.name);
  writeOptional(out, record.parent);
  out.varint(record.start);
  out.textOrNull(record.file);
  out.byte(record.library ? 1 : 0);
}

export function readThread(from: ByteCursor): ThreadRecord {
  const id = from.varintUpTo(MAX_INT32);
  const name = from.textOrNull();
  const parent = from.varintUpTo(MAX_INT32);
  const start = from.varint() as Nanos;
  return {
    id,
    name,
    parent: parent === 0 ? null : parent - 1,
    start,
    file: from.textOrNull(),
    library: from.byte() === 1,
  };
}

export function writeMarker(out: ByteWriter, marker: MarkerRecord): void {
  out.varint(marker.t);
  switch (marker.kind) {
    case 'complete':
      return;
    case 'deadlock':
      out.varint(marker.threads.length);
      for (const thread of marker.threads) out.varint(thread);
      return;
    case 'drop':
      out.varint(marker.thread);
      return out.varint(marker.count);
    case 'full':
      out.varint(marker.thread);
      return out.number(marker.waitedNs);
    case 'recorderError':
      out.varint(marker.thread);
      return out.text(marker.message);
    case 'end':
      out.varint(endKinds.indexOf(marker.end));
      out.byte(marker.code === null ? 0 : 1);
      if (marker.code !== null) out.number(marker.code);
      return out.textOrNull(marker.signal);
  }
}

const readersOfMarkers: Readonly<Record<number, (from: ByteCursor, t: Nanos) => MarkerRecord>> = {
  [TAG.complete]: (_, t) => ({ kind: 'complete', t }),
  [TAG.deadlock]: (from, t) => {
    const length = from.varintUpTo(from.left);
    return { kind: 'deadlock', t, threads: Array.from({ length }, () => from.varintUpTo(MAX_INT32)) };
  },
  [TAG.drop]: (from, t) => ({ kind: 'drop', t, thread: from.varintUpTo(MAX_INT32), count: from.varint() }),
  [TAG.full]: (from, t) => ({ kind: 'full', t, thread: from.varintUpTo(MAX_INT32), waitedNs: from.number() }),
  [TAG.recorderError]: (from, t) => ({
    kind: 'recorderError',
    t,
    thread: from.varintUpTo(MAX_INT32),
    message: from.text(),
  }),
  [TAG.end]: (from, t) => {
    const end = endKinds[from.varintUpTo(endKinds.length - 1)] as EndKind;
    return { kind: 'end', t, end, code: from.byte() === 0 ? null : from.number(), signal: from.textOrNull() };
  },
};

/** Null for a tag that is no marker. */
export function readMarker(from: ByteCursor, tag: number): MarkerRecord | null {
  const read = readersOfMarkers[tag];
  return read ? read(from, from.varint() as Nanos) : null;
}

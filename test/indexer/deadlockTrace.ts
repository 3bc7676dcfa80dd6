import { nanosFromMillis } from '../../src/base/brand.js';
import { EventColumns } from '../../src/trace/eventBatch.js';
import { TraceEncoder } from '../../src/trace/encode.js';
import { NdjsonWriter } from '../../src/trace/ndjson.js';
import { OP, type SingleOpName } from '../../src/trace/ops.js';
import type { MarkerRecord } from '../../src/trace/records.js';

type Event = readonly [ms: number, thread: number, op: SingleOpName, object: number, line: number, arg?: number];

const CACHE = 7;
const INDEX = 8;

/** `writer` (1) takes cache, then index; `reader` (2) takes index, then cache. Lines are those of `store.js`. */
const DEADLOCK: readonly Event[] = [
  [0, 0, 'thread.begin', 0, 0],
  [1, 0, 'thread.start', 1, 1],
  [2, 0, 'thread.start', 2, 2],
  [3, 1, 'thread.begin', 1, 0],
  [4, 2, 'thread.begin', 2, 0],
  [5, 1, 'lock.acquired', CACHE, 5, 1],
  [6, 2, 'lock.acquired', INDEX, 6, 1],
  [10, 1, 'lock.acquire', INDEX, 10],
  [11, 2, 'lock.acquire', CACHE, 11],
];

const LINES = 12;

type Writer = NdjsonWriter | TraceEncoder;
/** What a recorder writes at once. */
export type Part = (writer: Writer) => void;
export type Format = 'lanes' | 'ndjson';

/** The bytes of each part. */
export function traceOf(format: Format, parts: readonly Part[]): Uint8Array[] {
  let bytes: Uint8Array[] = [];
  const writer =
    format === 'lanes'
      ? new TraceEncoder((more) => bytes.push(more.slice()))
      : new NdjsonWriter((line) => bytes.push(Buffer.from(line.endsWith('\n') ? line : `${line}\n`)));
  return parts.map((part) => {
    bytes = [];
    part(writer);
    return Buffer.concat(bytes);
  });
}

/** @param pid of the process that is recorded */
export const definitionsOf =
  (pid: number): Part =>
  (writer) => {
    writer.header({
      version: 1,
      run: 'r',
      pid,
      program: 'store.js',
      node: 'v20',
      platform: 'any',
      origin: 0,
      root: '/program',
    });
    writer.file({ path: 'store.js', hash: null, map: null }, 0);
    for (let line = 0; line < LINES; line += 1) {
      writer.site({ file: 0, line: line + 1, column: 1, fn: null }, line);
      writer.stack([line], line);
    }
    [null, 'writer', 'reader'].forEach((name, id) =>
      writer.thread({
        id,
        name,
        parent: id === 0 ? null : 0,
        start: nanosFromMillis(id),
        file: id === 0 ? null : 'store.js',
        library: false,
      }),
    );
    for (const [id, name] of [
      [CACHE, 'cache'],
      [INDEX, 'index'],
    ] as const) {
      writer.object({ id, kind: 'lock', name, stack: -1, thread: 0, capacity: null });
    }
  };

export const definitions = definitionsOf(process.pid);

function batchOf(events: readonly Event[]): EventColumns {
  const batch = new EventColumns();
  for (const [ms, thread, op, object, line, arg] of events) {
    batch.push(nanosFromMillis(ms), thread, OP[op], object, line - 1, 0, arg ?? NaN, op === 'lock.acquire' ? -1 : 0);
  }
  return batch;
}

const complete = (ms: number): MarkerRecord => ({ kind: 'complete', t: nanosFromMillis(ms) });

/** Up to where both are blocked, at 11 ms. */
export const deadlock: Part = (writer) => writer.events(batchOf(DEADLOCK));

/** Nothing more happens up to `ms`. */
export const silenceUntil =
  (ms: number): Part =>
  (writer) =>
    writer.marker(complete(ms));

/** The program was killed at `ms`. */
export const killedAt =
  (ms: number): Part =>
  (writer) => {
    writer.marker(complete(ms));
    writer.marker({ kind: 'end', t: nanosFromMillis(ms), end: 'killed', code: null, signal: 'SIGKILL' });
  };

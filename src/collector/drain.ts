/**
 * One round over all rings, in the order that makes it whole: heads, then definitions, then records. What a record uses
 * was posted before the record, so it is among the definitions that are read after the head.
 */
import { receiveMessageOnPort } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import type { Nanos } from '../base/brand.js';
import { nanosFromMillis } from '../base/brand.js';
import type { Definition, EndNotice } from '../probe/definitions.js';
import { RING_STATE } from '../probe/ring.js';
import type { EventColumns } from '../trace/eventBatch.js';
import { MAX_OP, OP, OPS } from '../trace/ops.js';
import type { MarkerRecord } from '../trace/records.js';
import type { DefinitionTable } from './definitionTable.js';
import type { RawRecord } from './ringReader.js';
import { RingReader } from './ringReader.js';
import type { OwnNumbers } from './siteTable.js';

/** What has to be done about an event's numbers, by op code: a drain does it millions of times. */
const OBJECT = 1;
const PORT = 2;
const TEXT = 4;
const SEQUENCE = 8;
const BUFFER = 16;
const ERROR = 32;
const tasks = new Uint8Array(MAX_OP + 1);
for (const { code, name, family, subject, arg } of OPS) {
  tasks[code] =
    (subject === 'object' ? OBJECT : 0) |
    (family === 'port' ? PORT : 0) |
    (arg?.type === 'string' ? TEXT : 0) |
    (arg?.name === 'sequence' ? SEQUENCE : 0) |
    (arg?.name === 'buffer' ? BUFFER : 0) |
    (name === 'recorder.error' ? ERROR : 0);
}

/** What one drain found, beside the events that are in its columns. */
export interface Drained {
  /** Everything of every thread up to here is drained. */
  readonly completeTo: Nanos;
  readonly markers: readonly MarkerRecord[];
  readonly definitions: number;
}

interface Source {
  readonly reader: RingReader;
  readonly own: OwnNumbers;
  dropped: number;
  fullMicros: number;
  /** The thread was gone before the last snapshot: nothing more can come. */
  isGone: boolean;
}

export class Drain {
  readonly #table: DefinitionTable;
  readonly #events: EventColumns;
  readonly #sources: Source[] = [];
  #hasReleased = false;
  /** Definitions of this round. */
  #read: { readonly definition: Exclude<Definition, { kind: 'ring' }>; readonly own: OwnNumbers }[] = [];
  #completeTo = 0;
  /** How the main thread said that it ends. */
  end: EndNotice | null = null;
  /** The time of the latest event so far. */
  lastEvent = 0;

  constructor(table: DefinitionTable, events: EventColumns) {
    this.#table = table;
    this.#events = events;
  }

  addRing(ring: SharedArrayBuffer, port: MessagePort): void {
    const own = { stacks: [], strings: [] };
    this.#sources.push({ reader: new RingReader(ring, port), own, dropped: 0, fullMicros: 0, isGone: false });
  }

  /** Threads whose rings are read. */
  get threads(): number {
    return this.#sources.length;
  }

  /** Ports were closed since the last call: Node frees them when the event loop turns. */
  takeReleased(): boolean {
    const hasReleased = this.#hasReleased;
    this.#hasReleased = false;
    return hasReleased;
  }

  /** Fills the columns with what came since the last call. */
  run(): Drained {
    this.#events.clear();
    let now: number;
    let complete: number;
    let definitions = 0;
    let known: number;
    do {
      known = this.#sources.length;
      now = performance.now();
      complete = now;
      for (const source of this.#sources) {
        source.isGone = source.reader.state === RING_STATE.JOINED;
        complete = Math.min(complete, source.reader.snapshot(now));
      }
      definitions += this.#readDefinitions();
      // A ring that was found only now may hold events from before `now`.
    } while (this.#table.settle() || this.#sources.length > known);
    this.#define();

    const markers: MarkerRecord[] = [];
    for (const source of this.#sources) this.#readRecords(source, nanosFromMillis(now), markers);
    this.#endOrphans(nanosFromMillis(now));
    this.#completeTo = Math.max(this.#completeTo, nanosFromMillis(complete));
    return { completeTo: this.#completeTo as Nanos, markers, definitions };
  }

  #readDefinitions(): number {
    let count = 0;
    // A ring that is found on the way is read too: what its thread posted first is among what was posted before.
    for (let i = 0; i < this.#sources.length; i++) {
      const { reader, own } = this.#sources[i] as Source;
      for (;;) {
        const received = receiveMessageOnPort(reader.port) as { message: Definition | EndNotice } | undefined;
        if (received === undefined) break;
        const { message } = received;
        count++;
        if (message.kind === 'ring') this.addRing(message.ring, message.port);
        else if (message.kind === 'end') this.end = message;
        else if ('carrier' in message) this.#table.define(message);
        else this.#read.push({ definition: message, own });
      }
    }
    return count;
  }

  /** After {@link DefinitionTable.settle}: what is defined may be another thread's. */
  #define(): void {
    this.#table.tellChanges();
    for (const { definition, own } of this.#read) this.#table.define(definition, own);
    this.#read = [];
  }

  #readRecords(source: Source, now: Nanos, markers: MarkerRecord[]): void {
    const { reader } = source;
    const { thread } = reader;
    reader.read((record) => this.#take(thread, record, markers));
    const { dropped, fullMicros } = reader;
    if (dropped !== source.dropped) {
      markers.push({ kind: 'drop', t: now, thread, count: dropped - source.dropped });
      source.dropped = dropped;
    }
    if (fullMicros !== source.fullMicros) {
      markers.push({ kind: 'full', t: now, thread, waitedNs: (fullMicros - source.fullMicros) * 1000 });
      source.fullMicros = fullMicros;
    }
  }

  #take(thread: number, record: RawRecord, markers: MarkerRecord[]): void {
    const { t, op, sampled, extra } = record;
    const task = tasks[op] ?? 0;
    if (t > this.lastEvent) this.lastEvent = t;
    if ((task & ERROR) !== 0) {
      markers.push({ kind: 'recorderError', t: t as Nanos, thread, message: this.#table.text(record.arg) });
      return;
    }
    let { object, arg } = record;
    const port = (task & PORT) !== 0 ? this.#table.movedPort(object) : undefined;
    if (port !== undefined) {
      object = port.object;
      if ((task & SEQUENCE) !== 0) arg += port.offset;
    } else if ((task & OBJECT) !== 0) {
      object = this.#table.object(object);
    }
    if ((task & TEXT) !== 0) arg = this.#table.string(arg);
    else if ((task & BUFFER) !== 0) arg = this.#table.buffer(arg);
    this.#events.push(t, thread, op, object, this.#table.stack(record.stack), sampled ? 1 : 0, arg, extra);
  }

  /** Node ends the workers of a worker with it: those cannot write their end, and nobody is left who could. */
  #endOrphans(now: Nanos): void {
    for (let i = 0; i < this.#sources.length; i++) {
      const { reader, own, isGone } = this.#sources[i] as Source;
      if (!isGone) continue;
      this.#sources.splice(i--, 1);
      const parent = reader.thread;
      reader.release();
      this.#table.releaseThread(parent, own);
      this.#hasReleased = true;
      for (const { reader: child } of this.#sources) {
        if (this.#table.parentOf(child.thread) !== parent) continue;
        if (child.exchangeState(RING_STATE.JOINED) >= RING_STATE.ENDED) continue;
        const { thread } = child;
        this.#events.push(now, thread, OP['thread.end'], thread, -1, 0, 1, 0);
        this.lastEvent = now;
      }
    }
  }
}

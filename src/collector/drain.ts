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
import { OP, opSpec } from '../trace/ops.js';
import type { MarkerRecord } from '../trace/records.js';
import type { DefinitionTable } from './definitionTable.js';
import type { RawRecord } from './ringReader.js';
import { RingReader } from './ringReader.js';

/** What one drain found, beside the events that are in its columns. */
export interface Drained {
  /** Everything of every thread up to here is drained. */
  readonly completeTo: Nanos;
  readonly markers: readonly MarkerRecord[];
  readonly definitions: number;
}

interface Source {
  readonly reader: RingReader;
  dropped: number;
  fullMicros: number;
  /** The thread was gone before the last snapshot: nothing more can come. */
  isGone: boolean;
}

export class Drain {
  readonly #table: DefinitionTable;
  readonly #events: EventColumns;
  readonly #sources: Source[] = [];
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
    this.#sources.push({ reader: new RingReader(ring, port), dropped: 0, fullMicros: 0, isGone: false });
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
    } while (this.#sources.length > known);

    const markers: MarkerRecord[] = [];
    for (const source of this.#sources) this.#readRecords(source, nanosFromMillis(now), markers);
    this.#endOrphans(nanosFromMillis(now));
    this.#completeTo = Math.max(this.#completeTo, nanosFromMillis(complete));
    return { completeTo: this.#completeTo as Nanos, markers, definitions };
  }

  #readDefinitions(): number {
    let count = 0;
    for (const { reader } of [...this.#sources]) {
      for (;;) {
        const received = receiveMessageOnPort(reader.port) as { message: Definition | EndNotice } | undefined;
        if (received === undefined) break;
        const { message } = received;
        count++;
        if (message.kind === 'ring') this.addRing(message.ring, message.port);
        else if (message.kind === 'end') this.end = message;
        else this.#table.define(message);
      }
    }
    return count;
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
    if (t > this.lastEvent) this.lastEvent = t;
    if (op === OP['recorder.error']) {
      markers.push({ kind: 'recorderError', t: t as Nanos, thread, message: this.#table.text(record.arg) });
      return;
    }
    const spec = opSpec(op);
    const object = spec?.subject === 'object' ? this.#table.object(record.object) : record.object;
    const arg = spec?.arg?.type === 'string' ? this.#table.string(record.arg) : record.arg;
    this.#events.push(t, thread, op, object, this.#table.stack(record.stack), sampled ? 1 : 0, arg, extra);
  }

  /** Node ends the workers of a worker with it: those cannot write their end, and nobody is left who could. */
  #endOrphans(now: Nanos): void {
    for (let i = 0; i < this.#sources.length; i++) {
      const { reader, isGone } = this.#sources[i] as Source;
      if (!isGone) continue;
      this.#sources.splice(i--, 1);
      reader.port.close();
      for (const { reader: child } of this.#sources) {
        if (this.#table.parentOf(child.thread) !== reader.thread) continue;
        if (child.exchangeState(RING_STATE.JOINED) >= RING_STATE.ENDED) continue;
        const { thread } = child;
        this.#events.push(now, thread, OP['thread.end'], thread, -1, 0, 1, 0);
        this.lastEvent = now;
      }
    }
  }
}

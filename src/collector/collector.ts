/**
 * The collector's life: drain, encode, append; look at who waits; sleep until somebody rings or the next round is due.
 * It never returns to its event loop: everything comes through shared memory and ports that are read synchronously.
 */
import type { Nanos } from '../base/brand.js';
import { nanosFromMillis } from '../base/brand.js';
import type { CollectorData } from '../probe/definitions.js';
import { CONTROL } from '../probe/ring.js';
import { TraceEncoder } from '../trace/encode.js';
import { EventColumns } from '../trace/eventBatch.js';
import type { EndKind, MarkerRecord } from '../trace/records.js';
import { FORMAT_VERSION } from '../trace/records.js';
import type { TraceVisitor } from '../trace/visitor.js';
import { DefinitionTable } from './definitionTable.js';
import { Drain } from './drain.js';
import { fanOut } from './fanOut.js';
import { writeStandardError } from './standardError.js';
import { TraceWriter } from './traceWriter.js';
import type { Alarm } from './watchdog.js';
import { Watchdog } from './watchdog.js';

/** An event is in the file at most this long after it happened; at once when a thread blocks without a timeout. */
const ROUND_MS = 25;
/**
 * With nothing to do, the trace's end advances after this long, then ever more rarely, up to the last: who reads the
 * trace of a program that hangs learns in time for how long it does, and one that hangs for days costs no disk.
 */
const FIRST_REPEAT_MS = 500;
const REPEAT_GROWTH = 1.4;
const LAST_REPEAT_MS = 30_000;

export class Collector {
  readonly #control: Int32Array;
  readonly #events = new EventColumns();
  readonly #writer: TraceWriter;
  readonly #trace: Required<TraceVisitor>;
  readonly #drain: Drain;
  readonly #watchdog: Watchdog;
  readonly #onDeadlock: CollectorData['onDeadlock'];
  /** What the file says. */
  #completeTo = -1;
  /** What the last drain saw: later than the file's while nothing happens. */
  #knownTo = 0 as Nanos;
  #repeatAfterMs = FIRST_REPEAT_MS;
  #quietSince = performance.now();
  #isOver = false;

  constructor(data: CollectorData) {
    this.#control = new Int32Array(data.control);
    this.#writer = new TraceWriter(data.file);
    this.#watchdog = new Watchdog(data.header.root);
    const encoder = new TraceEncoder((bytes) => this.#writer.add(bytes));
    this.#trace = fanOut([encoder, this.#watchdog.visitor]);
    this.#drain = new Drain(new DefinitionTable(data.header.root, this.#trace), this.#events);
    this.#drain.addRing(data.ring, data.port);
    this.#trace.header({ ...data.header, version: FORMAT_VERSION });
    this.#writer.flush();
    this.#onDeadlock = data.onDeadlock;
  }

  /** Tells the main thread that nothing more can be lost, then works until the process ends. */
  run(): void {
    Atomics.store(this.#control, CONTROL.READY, 1);
    Atomics.notify(this.#control, CONTROL.READY);
    for (;;) {
      const bell = Atomics.load(this.#control, CONTROL.DOORBELL);
      const asked = Atomics.load(this.#control, CONTROL.FLUSH);
      this.#round();
      if (asked !== Atomics.load(this.#control, CONTROL.FLUSHED)) this.#answer(asked);
      Atomics.wait(this.#control, CONTROL.DOORBELL, bell, ROUND_MS);
    }
  }

  /** The trace cannot be written: threads must not wait for room, nor for an answer. */
  giveUp(error: unknown): void {
    this.#isOver = true;
    const message = error instanceof Error ? error.message : String(error);
    if (Atomics.compareExchange(this.#control, CONTROL.OFF, 0, 1) === 0) {
      writeStandardError(`threadlanes: recording stopped: ${message}\n`);
    }
  }

  #round(): void {
    if (this.#isOver) return;
    try {
      this.#write();
      for (const alarm of this.#watchdog.look(this.#knownTo)) this.#tell(alarm);
    } catch (error) {
      this.giveUp(error);
    }
  }

  #write(): void {
    const { completeTo, markers, definitions } = this.#drain.run();
    this.#knownTo = completeTo;
    const isQuiet = this.#events.length === 0 && markers.length === 0 && definitions === 0;
    // What came after `completeTo` waits for the next marker.
    const isAhead = this.#drain.lastEvent > this.#completeTo;
    const now = performance.now();
    if (isQuiet && !isAhead && now - this.#quietSince < this.#repeatAfterMs) return;
    if (isQuiet && !isAhead) this.#repeatAfterMs = Math.min(this.#repeatAfterMs * REPEAT_GROWTH, LAST_REPEAT_MS);
    else this.#repeatAfterMs = FIRST_REPEAT_MS;
    this.#quietSince = now;
    if (this.#events.length > 0) this.#trace.events(this.#events);
    for (const marker of markers) this.#trace.marker(marker);
    this.#completeTo = completeTo;
    this.#trace.marker({ kind: 'complete', t: completeTo });
    this.#writer.flush();
  }

  /** A thread asked for everything up to now; the main thread asks when the process ends. */
  #answer(asked: number): void {
    const { end } = this.#drain;
    if (end !== null && !this.#isOver) this.#finish(end.clean ? 'clean' : 'exit', end.code);
    Atomics.store(this.#control, CONTROL.FLUSHED, asked);
    Atomics.notify(this.#control, CONTROL.FLUSHED);
  }

  #finish(end: EndKind, code: number | null): void {
    const t = Math.max(nanosFromMillis(performance.now()), this.#drain.lastEvent) as Nanos;
    const marker: MarkerRecord = { kind: 'end', t, end, code, signal: null };
    this.#isOver = true;
    this.#trace.marker(marker);
    this.#writer.flush();
  }

  #tell({ text, threads }: Alarm): void {
    writeStandardError(text);
    if (this.#isOver) return;
    // The file has to know as much as the watchdog, should the program be killed now.
    this.#completeTo = this.#knownTo;
    this.#trace.marker({ kind: 'complete', t: this.#knownTo });
    this.#writer.flush();
    if (threads === null) return;
    this.#trace.marker({ kind: 'deadlock', t: nanosFromMillis(performance.now()), threads });
    this.#writer.flush();
    if (this.#onDeadlock !== 'end') return;
    this.#finish('deadlock', null);
    process.kill(process.pid, 'SIGKILL');
  }
}

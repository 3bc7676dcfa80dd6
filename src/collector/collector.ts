/**
 * The collector's life: drain, encode, append; look at who waits; sleep until somebody rings or the next round is due.
 * Everything comes through shared memory and ports that are read synchronously; the event loop only frees what is closed.
 */
import { statSync } from 'node:fs';
import type { Nanos } from '../base/brand.js';
import { millisFromNanos, nanosFromMillis } from '../base/brand.js';
import type { CollectorData } from '../probe/definitions.js';
import { parseKeep } from '../probe/keep.js';
import { CONTROL } from '../probe/ring.js';
import { EventColumns } from '../trace/eventBatch.js';
import type { EndKind, MarkerRecord } from '../trace/records.js';
import { FORMAT_VERSION } from '../trace/records.js';
import type { TraceVisitor } from '../trace/visitor.js';
import { DefinitionTable } from './definitionTable.js';
import { Drain } from './drain.js';
import { Segments } from './segments.js';
import { writeStandardError } from './standardError.js';
import type { Alarm } from './watchdog.js';
import { Watchdog } from './watchdog.js';

/** An event is in the file at most this long after it happened; at once when a thread blocks without a timeout. */
const ROUND_MS = 25;
/** While nothing happens the rounds are longer: they are all that an idle program pays. */
const IDLE_ROUND_MS = 40;
/** So many rounds without anything new are idleness: a second. */
const IDLE_AFTER_ROUNDS = 40;
/**
 * With nothing to do, the trace's end advances after this long, then ever more rarely, up to the last: who reads the
 * trace of a program that hangs learns in time for how long it does, and one that hangs for days costs no disk.
 */
const FIRST_REPEAT_MS = 500;
const REPEAT_GROWTH = 1.4;
const LAST_REPEAT_MS = 30_000;

/** A file of this size is worth a word. */
const LARGE_BYTES = 1e9;
/** How often it is looked whether the file is still there. */
const CHECK_PLACE_MS = 5000;

export class Collector {
  readonly #control: Int32Array;
  readonly #events = new EventColumns();
  readonly #segments: Segments;
  readonly #trace: Told;
  readonly #definitions: DefinitionTable;
  readonly #drain: Drain;
  readonly #watchdog: Watchdog;
  readonly #onDeadlock: CollectorData['onDeadlock'];
  /** What the file says. */
  #completeTo = -1;
  /** What the last drain saw: later than the file's while nothing happens. */
  #knownTo = 0 as Nanos;
  #repeatAfterMs = FIRST_REPEAT_MS;
  #quietSince = performance.now();
  #idleRounds = 0;
  #isOver = false;
  #isLargeTold = false;
  #placeCheckedAt = performance.now();

  constructor(data: CollectorData) {
    this.#control = new Int32Array(data.control);
    const header = { ...data.header, version: FORMAT_VERSION };
    // The recorder has checked its settings.
    const keep = data.keep === undefined ? null : parseKeep(data.keep);
    const { root } = header;
    const isFile = statSync(data.file).isFile();
    this.#watchdog = new Watchdog({
      root,
      file: isFile ? data.file : null,
      isComplete: isFile && keep !== null,
      onForgotten: (objects, isInUse) => this.#definitions.forget(objects, isInUse),
    });
    this.#watchdog.visitor.header(header);
    this.#segments = new Segments(data.file, header, keep, this.#watchdog.dictionary, performance.now());
    this.#trace = both(this.#watchdog.visitor, this.#segments);
    this.#definitions = new DefinitionTable(data.header.root, this.#trace);
    this.#drain = new Drain(this.#definitions, this.#events);
    this.#drain.addRing(data.ring, data.port);
    this.#onDeadlock = data.onDeadlock;
  }

  /** Tells the main thread that nothing more can be lost. */
  open(): void {
    try {
      this.#segments.flush();
    } catch (error) {
      this.giveUp(error);
    }
    Atomics.store(this.#control, CONTROL.READY, 1);
    Atomics.notify(this.#control, CONTROL.READY);
  }

  /** Works until the process ends; comes back whenever the event loop has to turn. */
  run(): void {
    while (!this.#drain.takeReleased()) {
      const since = performance.now();
      const bell = Atomics.load(this.#control, CONTROL.DOORBELL);
      const asked = Atomics.load(this.#control, CONTROL.FLUSH);
      this.#round();
      if (asked !== Atomics.load(this.#control, CONTROL.FLUSHED)) this.#answer(asked);
      const roundMs = this.#idleRounds > IDLE_AFTER_ROUNDS ? IDLE_ROUND_MS : ROUND_MS;
      Atomics.wait(this.#control, CONTROL.DOORBELL, bell, Math.max(1, roundMs - (performance.now() - since)));
      if (this.#watchdog.turn()) return;
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
      if (this.#segments.isFull(millisFromNanos(this.#completeTo))) this.#beginSegment();
      for (const alarm of this.#watchdog.look(this.#knownTo)) this.#tell(alarm);
    } catch (error) {
      this.giveUp(error);
    }
  }

  #write(): void {
    const { completeTo, markers, definitions } = this.#drain.run();
    this.#knownTo = completeTo;
    this.#control[CONTROL.THREADS] = this.#drain.threads;
    const isQuiet = this.#events.length === 0 && markers.length === 0 && definitions === 0;
    // What came after `completeTo` waits for the next marker.
    const isAhead = this.#drain.lastEvent > this.#completeTo;
    const isIdle = isQuiet && !isAhead;
    this.#idleRounds = isIdle ? this.#idleRounds + 1 : 0;
    const now = performance.now();
    if (isIdle && now - this.#quietSince < this.#repeatAfterMs) return;
    if (isIdle) this.#repeatAfterMs = Math.min(this.#repeatAfterMs * REPEAT_GROWTH, LAST_REPEAT_MS);
    else this.#repeatAfterMs = FIRST_REPEAT_MS;
    this.#quietSince = now;
    if (this.#events.length > 0) this.#trace.events(this.#events);
    for (const marker of markers) this.#trace.marker(marker);
    this.#completeTo = completeTo;
    this.#trace.marker({ kind: 'complete', t: completeTo });
    this.#segments.flush();
    this.#checkFile(now);
  }

  #checkFile(now: number): void {
    if (now - this.#placeCheckedAt >= CHECK_PLACE_MS) {
      this.#placeCheckedAt = now;
      this.#segments.checkPlace();
    }
    if (this.#isLargeTold || this.#segments.isFlightRecorder || this.#segments.bytes < LARGE_BYTES) return;
    this.#isLargeTold = true;
    writeStandardError(
      'threadlanes: the trace has 1 GB and grows on; "threadlanes record --keep 1GB" keeps only the end of a long run\n',
    );
  }

  #beginSegment(): void {
    this.#segments.begin(this.#watchdog.snapshot(), this.#completeTo as Nanos);
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
    this.#segments.flush();
  }

  #tell({ text, threads }: Alarm): void {
    // The file first: whoever reads the line may kill the program at once, and `check` has to say the same.
    if (!this.#isOver) this.#mark(threads);
    writeStandardError(text);
    if (this.#isOver || threads === null || this.#onDeadlock !== 'end') return;
    this.#finish('deadlock', null);
    process.kill(process.pid, 'SIGKILL');
  }

  #mark(deadlock: Alarm['threads']): void {
    this.#completeTo = this.#knownTo;
    this.#trace.marker({ kind: 'complete', t: this.#knownTo });
    if (deadlock !== null) {
      this.#trace.marker({ kind: 'deadlock', t: nanosFromMillis(performance.now()), threads: deadlock });
    }
    this.#segments.flush();
  }
}

type Told = Required<Omit<TraceVisitor, 'damage' | 'header'>>;

/** The watchdog first: a segment takes from its dictionary what it has to define again. */
function both(watchdog: Told, segments: Segments): Told {
  return {
    thread: (record) => (watchdog.thread(record), segments.visitor.thread(record)),
    object: (record) => (watchdog.object(record), segments.visitor.object(record)),
    file: (record, index) => (watchdog.file(record, index), segments.visitor.file(record, index)),
    site: (record, index) => (watchdog.site(record, index), segments.visitor.site(record, index)),
    stack: (record, index) => (watchdog.stack(record, index), segments.visitor.stack(record, index)),
    string: (text, index) => (watchdog.string(text, index), segments.visitor.string(text, index)),
    events: (batch) => (watchdog.events(batch), segments.visitor.events(batch)),
    marker: (marker) => (watchdog.marker(marker), segments.visitor.marker(marker)),
  };
}

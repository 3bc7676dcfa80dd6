/** The consumer's side of a thread's ring. */
import type { MessagePort } from 'node:worker_threads';
import { nanosFromMillis } from '../base/brand.js';
import {
  FIELD,
  OP_MASK,
  RECORD_DOUBLES,
  RECORD_INTS,
  RING,
  RING_HEADER_BYTES,
  RING_STATE,
  SAMPLED_FLAG,
  STORE_DELAY_MS,
} from '../probe/ring.js';

/**
 * A thread that died between `BEGUN` and its record would hold back the trace's end for as long as its parent does not
 * see it gone. Rounds count too: while a process is stopped by a signal time passes for all of its threads.
 */
const STALE_WRITING = { ms: 1000, rounds: 20 } as const;

/** One record as the thread wrote it: ids are those of the rings. Reused for each record. */
export interface RawRecord {
  t: number;
  op: number;
  object: number;
  stack: number;
  sampled: boolean;
  arg: number;
  extra: number;
}

export class RingReader {
  readonly #header: Int32Array;
  readonly #ints: Int32Array;
  readonly #doubles: Float64Array;
  readonly #mask: number;
  readonly #record: RawRecord = { t: 0, op: 0, object: 0, stack: 0, sampled: false, arg: NaN, extra: 0 };
  #head = 0;
  #tail = 0;
  /** Milliseconds: since when the same record is being written. */
  #writingSince = -1;
  #writingRounds = 0;
  /** Milliseconds: the last published record's time. */
  #lastTime = -1;

  constructor(
    ring: SharedArrayBuffer,
    readonly port: MessagePort,
  ) {
    this.#header = new Int32Array(ring, 0, RING_HEADER_BYTES / 4);
    this.#ints = new Int32Array(ring, RING_HEADER_BYTES);
    this.#doubles = new Float64Array(ring, RING_HEADER_BYTES);
    this.#mask = this.#ints.length / RECORD_INTS - 1;
    this.#head = this.#tail = Atomics.load(this.#header, RING.TAIL);
  }

  get thread(): number {
    return Atomics.load(this.#header, RING.THREAD);
  }

  get state(): number {
    return Atomics.load(this.#header, RING.STATE);
  }

  exchangeState(state: number): number {
    return Atomics.exchange(this.#header, RING.STATE, state);
  }

  /** Everything is read: lets go of the ring, which may be another thread's at once. */
  release(): void {
    this.port.close();
    Atomics.store(this.#header, RING.STATE, RING_STATE.FREE);
  }

  get dropped(): number {
    return Atomics.load(this.#header, RING.DROPPED) >>> 0;
  }

  get fullMicros(): number {
    return Atomics.load(this.#header, RING.FULL_MICROS) >>> 0;
  }

  /**
   * Fixes what the next {@link read} takes.
   * @param now milliseconds, read before this call
   * @returns the time up to which everything of this thread is published
   */
  snapshot(now: number): number {
    const begun = Atomics.load(this.#header, RING.BEGUN);
    const head = Atomics.load(this.#header, RING.HEAD);
    // `HEAD` was read later, and may be ahead of what `BEGUN` was.
    const isWriting = ((begun - head) | 0) > 0;
    if (!isWriting || head !== this.#head) this.#writingSince = -1;
    this.#head = head;
    if (head !== this.#tail) this.#lastTime = this.#doubles[((head - 1) & this.#mask) * RECORD_DOUBLES] as number;
    if (!isWriting) return now - STORE_DELAY_MS;
    if (this.#writingSince < 0) {
      this.#writingSince = now;
      this.#writingRounds = 0;
    }
    const isStale = ++this.#writingRounds > STALE_WRITING.rounds && now - this.#writingSince > STALE_WRITING.ms;
    return isStale ? now - STORE_DELAY_MS : this.#lastTime;
  }

  /** Hands out the records up to the last snapshot and makes room. The record is reused. */
  read(take: (record: RawRecord) => void): void {
    if (this.#tail === this.#head) return;
    const record = this.#record;
    for (; this.#tail !== this.#head; this.#tail = (this.#tail + 1) | 0) {
      const slot = this.#tail & this.#mask;
      const i = slot * RECORD_INTS;
      const d = slot * RECORD_DOUBLES;
      const op = this.#ints[i + FIELD.OP] as number;
      record.t = nanosFromMillis(this.#doubles[d + FIELD.TIME] as number);
      record.arg = this.#doubles[d + FIELD.ARG] as number;
      record.op = op & OP_MASK;
      record.sampled = (op & SAMPLED_FLAG) !== 0;
      record.object = (this.#ints[i + FIELD.OBJECT] as number) >>> 0;
      record.stack = this.#ints[i + FIELD.STACK] as number;
      record.extra = this.#ints[i + FIELD.EXTRA] as number;
      take(record);
    }
    Atomics.store(this.#header, RING.TAIL, this.#tail);
    Atomics.add(this.#header, RING.ROOM, 1);
    Atomics.notify(this.#header, RING.ROOM);
  }
}

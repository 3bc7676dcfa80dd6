/**
 * The producer's side of a thread's ring. The order of stores is what makes `complete` markers true: `BEGUN` is raised
 * before the clock is read and `HEAD` follows once the record is whole, so a collector that sees them equal knows that
 * every time up to shortly before its own reading of the clock is published. `BEGUN` may be late as long as it is seen
 * soon, so it is a plain store: an atomic one costs a fifth of the clock.
 */
import { CONTROL, FIELD, RECORD_DOUBLES, RECORD_INTS, RING, RING_HEADER_BYTES, SAMPLED_FLAG } from '../probe/ring.js';
import { atomics, now } from './raw.js';

const { load, store, add, notify, wait } = atomics;

/**
 * These processors show stores to others in the order of the program, and V8 keeps the order of stores to typed arrays:
 * a plain store of `HEAD` publishes what was stored before it. Others need the atomic one.
 */
const keepsStoreOrder = process.arch === 'x64' || process.arch === 'ia32';

/** After this long without room the collector is taken for dead. */
const PATIENCE_MS = 10_000;

export class RingWriter {
  readonly #header: Int32Array;
  readonly #ints: Int32Array;
  readonly #doubles: Float64Array;
  readonly #capacity: number;
  readonly #half: number;
  readonly #waits: boolean;
  #head = 0;
  /** As last read: the true tail is this or later. */
  #tail = 0;

  constructor(
    ring: SharedArrayBuffer,
    readonly control: Int32Array,
    whenFull: 'wait' | 'drop',
  ) {
    this.#header = new Int32Array(ring, 0, RING_HEADER_BYTES / 4);
    this.#ints = new Int32Array(ring, RING_HEADER_BYTES);
    this.#doubles = new Float64Array(ring, RING_HEADER_BYTES);
    this.#capacity = this.#ints.length / RECORD_INTS;
    this.#half = this.#capacity / 2 - 1;
    this.#waits = whenFull === 'wait';
    this.#head = load(this.#header, RING.HEAD);
    this.#tail = load(this.#header, RING.TAIL);
  }

  /**
   * Reads the clock for the record that the next {@link finish} writes: what is done in between does not count as later.
   * @returns milliseconds; negative when there is no room, and the record is dropped
   */
  begin(): number {
    if (((this.#head - this.#tail) | 0) >= this.#capacity && !this.#makeRoom()) return -1;
    this.#header[RING.BEGUN] = (this.#head + 1) | 0;
    return now();
  }

  /**
   * @param time what {@link begin} gave
   * @param stack a stack's id; negative: that of an earlier event of the same object
   */
  finish(time: number, op: number, object: number, stack: number, arg: number, extra: number): void {
    const slot = this.#head & (this.#capacity - 1);
    const i = slot * RECORD_INTS;
    const d = slot * RECORD_DOUBLES;
    this.#doubles[d + FIELD.TIME] = time;
    this.#doubles[d + FIELD.ARG] = arg;
    this.#ints[i + FIELD.OP] = stack < 0 ? op | SAMPLED_FLAG : op;
    this.#ints[i + FIELD.OBJECT] = object;
    this.#ints[i + FIELD.STACK] = stack < 0 ? -stack : stack;
    this.#ints[i + FIELD.EXTRA] = extra;
    const next = (this.#head + 1) | 0;
    this.#head = next;
    if (keepsStoreOrder) this.#header[RING.HEAD] = next;
    else store(this.#header, RING.HEAD, next);
    if ((next & this.#half) === 0) this.ringBell();
  }

  /** A record of now. Gives its time, negative when it was dropped. */
  write(op: number, object: number, stack: number, arg: number, extra: number): number {
    const time = this.begin();
    if (time >= 0) this.finish(time, op, object, stack, arg, extra);
    return time;
  }

  /** Wakes the collector. */
  ringBell(): void {
    add(this.control, CONTROL.DOORBELL, 1);
    notify(this.control, CONTROL.DOORBELL);
  }

  setState(state: number): void {
    store(this.#header, RING.STATE, state);
  }

  #isFull(): boolean {
    this.#tail = load(this.#header, RING.TAIL);
    return ((this.#head - this.#tail) | 0) >= this.#capacity;
  }

  #makeRoom(): boolean {
    if (!this.#isFull()) return true;
    if (!this.#waits) {
      add(this.#header, RING.DROPPED, 1);
      this.ringBell();
      return false;
    }
    const since = now();
    for (;;) {
      const room = load(this.#header, RING.ROOM);
      if (!this.#isFull()) break;
      if (load(this.control, CONTROL.OFF) !== 0) return false;
      if (now() - since > PATIENCE_MS) throw new Error('the collector does not make room');
      this.ringBell();
      wait(this.#header, RING.ROOM, room, 50);
    }
    add(this.#header, RING.FULL_MICROS, Math.round((now() - since) * 1000));
    return true;
  }
}

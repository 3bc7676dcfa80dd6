/**
 * Waiters of any threads in shared memory, in the order in which they came, each with words of its own to wait on: whoever
 * provides chooses whom it wakes, so no wake-up can go to somebody else, and none is lost with a waiter that gave up.
 *
 * What changes the line is called between `enter` and `leave`. A place's state is written last when it is taken and alone
 * when it changes: a thread that is terminated in between leaves the line whole. A waiter whose thread is known to be dead
 * is passed over. One that does not take what it was granted, because it was terminated unseen or because its event loop is
 * blocked, loses it after a while to those behind it, and is passed over until it asks again.
 */
import { AsyncLine, wakeAsync } from './asyncWait.js';
import { growTo } from '../crossing/growableMemory.js';
import type { Named } from '../crossing/handle.js';
import { raw } from '../recording.js';
import { isDead, ownToken } from '../threads/registry.js';
import { enter, leave } from './robustMutex.js';
import { RECHECK_MILLIS, remaining } from './timeout.js';

/** Words at the start of the memory that the primitive may use as it likes. */
export const OWN_WORDS = 12;
const WORD = { MUTEX: 12, ORDER: 13, PLACES: 14 } as const;
const HEADER_WORDS = 16;

const PLACE = { STATE: 0, ORDER: 1, TOKEN: 2, KIND: 3, ASYNC: 4, ANSWERED_AT: 5, NOTE: 6 } as const;
const PLACE_WORDS = 8;
const PLACE_BYTES = PLACE_WORDS * 4;

const FIRST_PLACES = 14;
/** Address space; memory is taken as places are. */
const MAX_BYTES = 2 ** 20;

const FREE = 0;
const WAITING = 1;
/** The waiter got what it waits for. */
export const GRANTED = 2;
/** The waiter will never get it. */
export const REFUSED = 3;
/** It did not take what it was granted. */
const PASSED_OVER = 4;
export type Answer = typeof GRANTED | typeof REFUSED;

export interface Place {
  readonly cells: Int32Array;
  /** What the waiter wants, as the primitive numbers it. */
  readonly kind: number;
}

export function newLineMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(HEADER_WORDS * 4 + FIRST_PLACES * PLACE_BYTES, { maxByteLength: MAX_BYTES });
}

export class WaitLine {
  readonly #memory: SharedArrayBuffer;
  readonly #header: Int32Array;
  readonly #who: Named;
  readonly #places: Int32Array[] = [];

  constructor(memory: SharedArrayBuffer, who: Named) {
    this.#memory = memory;
    this.#header = new Int32Array(memory, 0, HEADER_WORDS);
    this.#who = who;
  }

  enter(): void {
    enter(this.#header, WORD.MUTEX);
  }

  leave(): void {
    leave(this.#header, WORD.MUTEX);
  }

  /** Takes a place at the end of the line. */
  join(kind = 0): Place {
    const cells = this.#freePlace();
    cells[PLACE.TOKEN] = ownToken;
    cells[PLACE.KIND] = kind;
    return this.rejoin({ cells, kind });
  }

  /** Goes to the end of the line. */
  rejoin(place: Place): Place {
    const order = raw.load(this.#header, WORD.ORDER);
    raw.store(this.#header, WORD.ORDER, order + 1);
    place.cells[PLACE.ORDER] = order;
    raw.store(place.cells, PLACE.STATE, WAITING);
    return place;
  }

  /** Those that wait, the first comes first. */
  waiting(): Place[] {
    const found: Int32Array[] = [];
    for (const cells of this.#all()) {
      if (raw.load(cells, PLACE.STATE) !== WAITING) continue;
      if (isDead(cells[PLACE.TOKEN] as number)) raw.store(cells, PLACE.STATE, FREE);
      else found.push(cells);
    }
    // The difference counts: orders wrap at 2^32.
    found.sort((a, b) => ((a[PLACE.ORDER] as number) - (b[PLACE.ORDER] as number)) | 0);
    return found.map((cells) => ({ cells, kind: cells[PLACE.KIND] as number }));
  }

  /**
   * Says to a waiter that its wait is over; it is to be woken outside.
   * @param note a number that goes with the answer
   */
  answer({ cells }: Place, answer: Answer, note = 0): void {
    cells[PLACE.NOTE] = note;
    cells[PLACE.ANSWERED_AT] = Date.now() | 0;
    raw.store(cells, PLACE.STATE, answer);
  }

  /** What went with the answer, before the place is given back. */
  noteOf({ cells }: Place): number {
    return cells[PLACE.NOTE] as number;
  }

  /** Gives the place back; what was answered, or null when the waiter gave up. */
  quit({ cells }: Place): Answer | null {
    const state = raw.exchange(cells, PLACE.STATE, FREE);
    return state === GRANTED || state === REFUSED ? state : null;
  }

  /** Those that have not taken what they were granted, for too long; it is the caller's now. */
  passOver(): Place[] {
    const late: Place[] = [];
    for (const cells of this.#all()) {
      if (raw.load(cells, PLACE.STATE) !== GRANTED) continue;
      const isGone = isDead(cells[PLACE.TOKEN] as number);
      // Clocks of 32 bits wrap; one that was set is no more than an early or a late turn.
      if (!isGone && ((Date.now() - (cells[PLACE.ANSWERED_AT] as number)) | 0) < RECHECK_MILLIS) continue;
      raw.store(cells, PLACE.STATE, isGone ? FREE : PASSED_OVER);
      late.push({ cells, kind: cells[PLACE.KIND] as number });
    }
    return late;
  }

  /** After `leave`. */
  wake(places: readonly Place[]): void {
    for (const { cells } of places) {
      raw.notify(cells, PLACE.STATE);
      wakeAsync(cells, PLACE.ASYNC);
    }
  }

  isAnswered({ cells }: Place): boolean {
    return raw.load(cells, PLACE.STATE) !== WAITING;
  }

  /** It has to go to the end of the line. */
  isPassedOver({ cells }: Place): boolean {
    return raw.load(cells, PLACE.STATE) === PASSED_OVER;
  }

  /** Until it is answered or the deadline has passed, or a while: then there may be something to repair. */
  sleep({ cells }: Place, deadline: number): void {
    const left = Math.min(remaining(deadline), RECHECK_MILLIS);
    if (left > 0) raw.wait(cells, PLACE.STATE, WAITING, left);
  }

  /** What an asynchronous waiter waits on. */
  asyncLine({ cells }: Place): AsyncLine {
    return new AsyncLine(cells, PLACE.ASYNC);
  }

  #freePlace(): Int32Array {
    const free = this.#all().find((cells) => raw.load(cells, PLACE.STATE) === FREE);
    if (free !== undefined) return free;
    const count = raw.load(this.#header, WORD.PLACES);
    const needed = HEADER_WORDS * 4 + (count + 1) * PLACE_BYTES;
    if (this.#memory.byteLength < needed) growTo(this.#memory, HEADER_WORDS * 4 + count * 2 * PLACE_BYTES, this.#who);
    raw.store(this.#header, WORD.PLACES, count + 1);
    return this.#all().at(-1) as Int32Array;
  }

  #all(): readonly Int32Array[] {
    const count = raw.load(this.#header, WORD.PLACES);
    while (this.#places.length < count) {
      const offset = HEADER_WORDS * 4 + this.#places.length * PLACE_BYTES;
      this.#places.push(new Int32Array(this.#memory, offset, PLACE_WORDS));
    }
    return this.#places;
  }
}

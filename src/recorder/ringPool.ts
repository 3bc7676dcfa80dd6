/**
 * The rings of the threads that this thread starts. A ring is given to another one once its thread is gone and the
 * collector has read it to the end, so that a program with many short threads needs no more memory than one with as many
 * at once. Each thread has a pool of its own: when the thread is ended by others, at any moment, the pool goes with it.
 */
import { RING, RING_HEADER_BYTES, RING_STATE, ringBytes } from '../probe/ring.js';
import { atomics } from './raw.js';

/** What a ring's `THREAD` says until the thread has its id. */
const UNBORN = -1;

/** Rings of gone threads that are kept for the next ones: 16 MiB. What is beyond that goes back to the system. */
const KEPT = 32;

/** As Node made it: programs count what is made with theirs. */
const Memory = globalThis.SharedArrayBuffer;

export function newRing(events: number): SharedArrayBuffer {
  return new Memory(ringBytes(events));
}

export const headerOf = (ring: SharedArrayBuffer): Int32Array => new Int32Array(ring, 0, RING_HEADER_BYTES / 4);

export class RingPool {
  readonly #events: number;
  readonly #retired: SharedArrayBuffer[] = [];

  /** @param events how many of them a ring holds */
  constructor(events: number) {
    this.#events = events;
  }

  /** A ring in the state `NEW` that no thread writes and that the collector does not know. */
  take(): SharedArrayBuffer {
    const ring = this.#takeFree() ?? newRing(this.#events);
    atomics.store(headerOf(ring), RING.THREAD, UNBORN);
    return ring;
  }

  /** The thread of this ring is gone, and the ring's state says so: the collector makes it free. */
  retire(ring: SharedArrayBuffer): void {
    if (this.#retired.length >= KEPT) this.#retired.shift();
    this.#retired.push(ring);
  }

  #takeFree(): SharedArrayBuffer | null {
    // The last one first: its memory has been touched.
    for (let i = this.#retired.length - 1; i >= 0; i--) {
      const ring = this.#retired[i] as SharedArrayBuffer;
      const header = headerOf(ring);
      if (atomics.load(header, RING.STATE) !== RING_STATE.FREE) continue;
      this.#retired.splice(i, 1);
      // The state last: until then nobody else looks at it.
      for (const word of Object.values(RING)) if (word !== RING.STATE) atomics.store(header, word, 0);
      atomics.store(header, RING.STATE, RING_STATE.NEW);
      return ring;
    }
    return null;
  }
}

/**
 * The layout of the shared memory between a traced thread and the collector: one ring per thread, one producer, one
 * consumer, and one control block per process.
 *
 * A record is 32 bytes: time (double, ms), arg (double), op and flags (16 + 16 bits), object, stack, extra (32 bits each).
 */
export const RECORD_BYTES = 32;
export const RECORD_DOUBLES = RECORD_BYTES / 8;
export const RECORD_INTS = RECORD_BYTES / 4;

/** Where a field lies in its record: `TIME` and `ARG` count doubles, the others 32-bit integers. */
export const FIELD = { TIME: 0, ARG: 1, OP: 4, OBJECT: 5, STACK: 6, EXTRA: 7 } as const;

/** In the upper half of the OP field: the stack is that of an earlier event of the same object. */
export const SAMPLED_FLAG = 1 << 16;
export const OP_MASK = 0xffff;

/** Int32 words at the start of a ring. `HEAD` and `TAIL` count records and wrap at 2^32. */
export const RING = {
  HEAD: 0,
  TAIL: 1,
  /** Raised and notified by the collector when it made room. */
  ROOM: 2,
  /**
   * Counts records like `HEAD`, and is raised before the clock is read: while it is ahead of `HEAD`, the producer writes a
   * record whose time may have passed already. A plain store: it is seen within {@link STORE_DELAY_MS}.
   */
  BEGUN: 3,
  THREAD: 4,
  /** See {@link RING_STATE}. */
  STATE: 5,
  /** Records dropped so far (policy `drop`). */
  DROPPED: 6,
  /** Microseconds waited for room so far (policy `wait`). */
  FULL_MICROS: 7,
} as const;

/**
 * `ENDED`: the thread wrote its own end. `JOINED`: its parent saw it gone, and with it every thread that it had started.
 * `FREE`: the collector has read it to the end and let go of it; the parent may give it to another thread.
 */
export const RING_STATE = { NEW: 0, OPEN: 1, ENDED: 2, JOINED: 3, FREE: 4 } as const;

export const RING_HEADER_BYTES = 64;

/**
 * How long a plain store may stay invisible to another thread: processors keep stores back for nanoseconds, and an
 * interrupted thread's are written out. Generous.
 */
export const STORE_DELAY_MS = 0.05;

export function ringBytes(events: number): number {
  return RING_HEADER_BYTES + events * RECORD_BYTES;
}

/** Int32 words of the control block. */
export const CONTROL = {
  /** Raised and notified to wake the collector. */
  DOORBELL: 0,
  /** 1 when the collector has opened its file; 2 when it could not. */
  READY: 1,
  /** A thread raises it to ask for a drain to the end, and waits for `FLUSHED` to reach it. */
  FLUSH: 2,
  FLUSHED: 3,
  /** The last object id that was given out. */
  OBJECTS: 4,
  /** The last stack id that was given out. Ids of rings are from 1; 0 means unknown. */
  STACKS: 5,
  /** The last string id that was given out. */
  STRINGS: 6,
  /** 1: a recorder failed and recording is off in the whole process. */
  OFF: 7,
  /** Counts messages that ports went with: while it is 0, no message needs to be searched for ports. */
  HANDED: 8,
  /** Threads that record, as the collector last saw. */
  THREADS: 9,
  /** Microseconds of processor time that the threads of the program took, as far as Node can tell. Wraps. */
  THREAD_MICROS: 10,
} as const;

export const CONTROL_BYTES = 256;

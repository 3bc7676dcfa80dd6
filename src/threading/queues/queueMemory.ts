/**
 * The words of a queue's memory, on lines that processors do not share: what is read by all and seldom written, what those
 * write that put, what those write that take. What waits has two words for each thing to wait for: of those that sleep (see
 * `queueBells.ts`), and of those that wait without sleeping.
 */
export const WORD = {
  /** The id that the recorder knows it by. */
  OBJECT: 0,
  MAX_SIZE: 1,
  /** See {@link OPENNESS}. */
  CLOSED: 2,
  ITEMS: 3,
  ROOM: 4,
  DONE: 5,
  ITEMS_ASYNC: 6,
  ROOM_ASYNC: 7,
  DONE_ASYNC: 8,
  /** A number that tells queues apart, for the items that travel beside the queue's memory. */
  QUEUE: 9,
  /** Of a priority queue: 1 when it was made with a function for priorities, which does not cross threads. */
  OWN_RULE: 10,
  /** The lock of those that put, and of all that the other one does not guard. It is taken first. */
  MUTEX: 32,
  /** Of a store where they do not meet those that take: the last 32 bits of how many items were put. */
  PUT: 33,
  /** Of a priority queue: see `itemHeap.ts`. */
  ROOT: 34,
  /** The lock of those that take from a store where they do not meet those that put. */
  TAKE_MUTEX: 64,
} as const;

/** What a store keeps beside those words, in bytes from the start. */
export const PUT_STATE_AT = 144;
export const TAKE_STATE_AT = 272;

export const HEADER_BYTES = 384;

/** `FINISHED`: what was left was thrown away as well. */
export const OPENNESS = { OPEN: 0, CLOSED: 1, FINISHED: 2 } as const;

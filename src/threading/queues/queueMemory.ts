/**
 * The first words of a queue's memory. What waits has three words for each thing to wait for: how many threads sleep for
 * it (about: one that is terminated asleep stays counted), the bell that they sleep on, which counts the wake-ups, and
 * the word of those that wait without sleeping.
 */
export const WORD = {
  MUTEX: 0,
  /** The id that the recorder knows it by. */
  OBJECT: 1,
  MAX_SIZE: 2,
  /** See {@link OPENNESS}. */
  CLOSED: 3,
  GETTERS: 4,
  PUTTERS: 5,
  JOINERS: 6,
  ITEMS: 7,
  ROOM: 8,
  DONE: 9,
  /** Changes with everything that is put or taken. */
  VERSION: 10,
  ITEMS_ASYNC: 11,
  ROOM_ASYNC: 12,
  DONE_ASYNC: 13,
  /** A number that tells queues apart, for the items that travel beside the queue's memory. */
  QUEUE: 14,
  /** Of a priority queue: 1 when it was made with a function for priorities, which does not cross threads. */
  OWN_RULE: 15,
  /** Of a priority queue: see `itemHeap.ts`. */
  ROOT: 16,
} as const;

export const HEADER_BYTES = 128;

/** `FINISHED`: what was left was thrown away as well. */
export const OPENNESS = { OPEN: 0, CLOSED: 1, FINISHED: 2 } as const;

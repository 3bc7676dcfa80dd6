/** What a thread does at a moment. Codes are stored in tiles; the words are the design's dictionary. */
export const THREAD_STATE = {
  notStarted: 0,
  running: 1,
  /** In its event loop, between recorded callbacks. */
  loop: 2,
  /** Wants a lock. */
  blocked: 3,
  /** For an event, queue, condition, barrier, message, task or join. */
  waiting: 4,
  /** In `Atomics.wait` on a word whose purpose is not known. */
  parked: 5,
  sleeping: 6,
  ended: 7,
  /** Dropped events, a thread without the recorder, a torn end. */
  unknown: 8,
  /** It has ended, and its worker goes on: it shuts down, or serves what the thread has left behind. Waits are waits. */
  livesOn: 9,
} as const;

export type ThreadStateName = keyof typeof THREAD_STATE;
export type ThreadState = (typeof THREAD_STATE)[ThreadStateName];

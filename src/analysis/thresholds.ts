/** How long nothing must have moved before a thread is said to be dead. */
export const STUCK = {
  deadNs: 1e9,
  /** The same while the program runs: the watchdog knows that nothing has moved. */
  deadLiveNs: 500e6,
  /** What is only likely has to stand longer before the watchdog says it. */
  likelyLiveNs: 2e9,
  /** What those who did it before have not done for so many times the longest wait is not likely to come. */
  patienceFactor: 10,
  patienceNs: 1e9,
  /**
   * An event loop that nothing is seen to wake may still run a job of the thread pool (crypto, zlib, a native module),
   * which no recorder sees. Where a message of its thread waits for a blocked thread, the two most likely wait for each
   * other; less so when it was asked by that thread before and may be at work; else only a long silence speaks.
   */
  idleAskerNs: 2e9,
  busyAskerNs: 4e9,
  idleLoopNs: 6e9,
  /** From when on a note is made of a wait that an event loop could still end. */
  openNs: 6e9,
} as const;

/** Above what waiting for a lock is worth a word: both must hold. */
export const CONTENTION = {
  /** Total waiting as a share of the run. */
  shareOfRun: 0.01,
  waitNs: 50e6,
  /**
   * A warning needs more: both must hold without the holds that cost most, which a busy machine or a start may have made
   * long, and it must have happened often.
   */
  holdsSetAside: 3,
  waitsOfWarning: 10,
  /** Fewer waits than this for a Web Lock are taken for a change of leaders. */
  asyncWaits: 3,
} as const;

/** How much is kept. What a cap cuts off is counted, and the verdict says that it is not complete. */
export const CAPS = {
  /** Pairs of locks that one thread held at the same time. */
  lockPairs: 20_000,
  /** Different places and threads for each pair. */
  instancesAPair: 64,
  /** Moments of each of those that hard order tells apart. */
  momentsAnInstance: 32,
  /** Locks in one cycle. */
  cycleLength: 8,
  /** Steps of the search for cycles. */
  cycleSteps: 200_000,
  /** Changes of what a thread knows of the others; older ones are forgotten in favour of silence. */
  clockHistory: 4096,
  contendedLines: 20_000,
  /** Words that a thread has loaded and not stored since. */
  openReads: 20_000,
  /** Pairs of lines, of which the second stores what the first has loaded. */
  updateLines: 20_000,
  /** Durations that are kept exactly for the median of a lock. */
  waitsALock: 50_000,
} as const;

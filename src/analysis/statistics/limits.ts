/** How much statistics keep. What a limit cuts off is counted, and told as `notKept`. */
export const LIMITS = {
  /** Ended waits of which the critical path keeps every one; older ones are folded into sums. */
  pathRows: 1 << 19,
  /** Stretches of the critical path that are listed: the longest. */
  segments: 500,
  /** Keys of one tally: threads, objects or lines. */
  tallied: 20_000,
  objects: 10_000,
  /** Pairs of lines of all locks together. */
  blamePairs: 20_000,
  lines: 20_000,
} as const;

/**
 * Events as columns: what decoders hand out and the model takes. Row `i` is one event; rows ascend in time.
 * A batch is borrowed: it is reused after the call that handed it out.
 */
export interface EventBatch {
  readonly length: number;
  /** Nanoseconds. */
  readonly t: Float64Array;
  readonly thread: Int32Array;
  readonly op: Uint16Array;
  readonly object: Uint32Array;
  /** Index of a stack; -1: unknown. */
  readonly stack: Int32Array;
  /** 1: the stack was captured for an earlier event of the same object. */
  readonly sampled: Uint8Array;
  /** NaN: none. */
  readonly arg: Float64Array;
  readonly extra: Int32Array;
}

/**
 * Small plain values as bytes: strings, booleans, null, undefined, and objects and arrays of them and of numbers, a few
 * levels deep. That takes a fifth of the time of V8's serializer, through which everything else goes: whatever might come
 * back otherwise than from a structured clone is refused by `plainWriter.ts`.
 */

/** What the first byte of a value says. */
export const KIND = {
  UNDEFINED: 0,
  NULL: 1,
  TRUE: 2,
  FALSE: 3,
  INT8: 4,
  INT32: 5,
  DOUBLE: 6,
  LATIN: 7,
  UTF16: 8,
  ARRAY: 9,
  OBJECT: 10,
} as const;

/** Kind and length. */
export const STRING_HEAD = 3;

/** A number and its bytes. */
export const double = new Float64Array(1);
export const doubleBytes = new Uint8Array(double.buffer);

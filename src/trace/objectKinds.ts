/**
 * The kinds of objects that threads wait on, as data. Codes are an ABI like those of `ops.ts`.
 * A `port` is one *direction* of a channel: what one side posts and the other receives.
 * A `word` is an Int32 or BigInt64 of shared memory that a program uses through Atomics itself.
 */
const kinds = {
  lock: 1,
  rlock: 2,
  rwlock: 3,
  weblock: 4,
  semaphore: 5,
  condition: 6,
  event: 7,
  barrier: 8,
  queue: 9,
  port: 10,
  word: 11,
  task: 12,
  pool: 13,
} as const;

export type ObjectKind = keyof typeof kinds;

export const OBJECT_KIND_CODE: Readonly<Record<ObjectKind, number>> = kinds;

const names = new Map<number, ObjectKind>(Object.entries(kinds).map(([name, code]) => [code, name as ObjectKind]));

/** `undefined` for a kind that a newer library wrote. */
export function objectKindName(code: number): ObjectKind | undefined {
  return names.get(code);
}

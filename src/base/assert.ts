/** A bug of ours, never a user's mistake: those are a {@link Result}. */
export function assert(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Error(`Threadlanes has a bug: ${what}`);
}

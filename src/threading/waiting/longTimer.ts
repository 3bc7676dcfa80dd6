/** A timer of any length: Node's take whole milliseconds, 31 bits of them, and may fire early by part of one. */

/** As they were when the library was loaded: tests of programs replace them. */
const { setTimeout, clearTimeout } = globalThis;

const MAX_TIMER_MILLIS = 2 ** 31 - 1;

/** Calls `fire` once after `millis`; never for Infinity. Gives what stops it. */
export function startTimer(millis: number, fire: () => void): () => void {
  if (millis === Infinity) return () => {};
  const end = performance.now() + millis;
  let timer: ReturnType<typeof setTimeout>;
  const arm = (): void => {
    timer = setTimeout(look, Math.min(Math.max(0, Math.ceil(end - performance.now())), MAX_TIMER_MILLIS));
  };
  const look = (): void => (performance.now() < end ? arm() : fire());
  arm();
  return () => clearTimeout(timer);
}

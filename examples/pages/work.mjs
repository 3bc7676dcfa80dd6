/** Keeps this thread busy. */
export function work(milliseconds) {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

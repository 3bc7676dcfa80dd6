/**
 * Nanoseconds of single calls. The machine is shared, so short slices are timed, those of all calls in turn, and the 20th
 * percentile of each call's counts. After each slice comes a pause, in which a recorder empties its ring: what is
 * measured is the call, not the disk.
 */
const SLICES = 60;
const SLICE_MS = 0.5;
const PAUSE_MS = 2;
const WARM_UP_MS = 40;
const WARM_UP_CALLS = 500;

export interface Measured {
  readonly name: string;
  readonly call: () => void;
}

type Loop = (call: () => void, times: number) => void;

/** A loop of its own for each call, from a text of its own: V8 learns what a shared one calls, and then that it varies. */
const loopFor = (name: string): Loop =>
  new Function('call', 'times', `for (let i = 0; i < times; i++) call(); // ${name}`) as Loop;

/** @param wait `Atomics.wait` as Node made it */
export function nsOfEach(measured: readonly Measured[], wait: typeof Atomics.wait): Record<string, number> {
  const word = new Int32Array(new SharedArrayBuffer(4));
  const pause = (): void => void wait(word, 0, 0, PAUSE_MS);
  const runs = measured.map(({ name, call }) => {
    const loop = loopFor(name);
    return { name, call, loop, times: calibrated(loop, call, pause), slices: [] as number[] };
  });
  for (let i = 0; i < SLICES; i++) {
    for (const { call, loop, times, slices } of runs) {
      const start = performance.now();
      loop(call, times);
      slices.push(((performance.now() - start) * 1e6) / times);
      pause();
    }
  }
  return Object.fromEntries(
    runs.map(({ name, slices }) => [name, slices.sort((a, b) => a - b)[Math.floor(SLICES / 5)] as number]),
  );
}

/** Warms the call up, and gives how many of them make a slice. */
function calibrated(loop: Loop, call: () => void, pause: () => void): number {
  let best = Infinity;
  for (let spent = 0; spent < WARM_UP_MS;) {
    const start = performance.now();
    loop(call, WARM_UP_CALLS);
    const ms = performance.now() - start;
    spent += ms;
    best = Math.min(best, ms / WARM_UP_CALLS);
    if (ms > SLICE_MS) pause();
  }
  pause();
  return Math.max(1, Math.round(SLICE_MS / best));
}

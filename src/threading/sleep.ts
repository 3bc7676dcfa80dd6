import { OP } from '../trace/ops.js';
import { startTimer } from './waiting/longTimer.js';
import { probe, raw } from './recording.js';
import { checkTimeout } from './waiting/timeout.js';

const nobodyNotifies = new Int32Array(new SharedArrayBuffer(4));

/**
 * Blocks the calling thread for `ms` milliseconds: its timers and messages wait too. Throws a RangeError when `ms` is
 * negative or not finite. Without blocking: `await sleepAsync(ms)`. Python: `time.sleep`, which takes seconds.
 */
export function sleep(ms: number): void {
  checkSleep(ms, 'sleep');
  if (probe !== undefined) probe.record(OP['sleep.begin'], 0, ms);
  raw.wait(nobodyNotifies, 0, 0, ms);
  if (probe !== undefined) probe.record(OP['sleep.end'], 0);
}

/** {@link sleep} that leaves the thread to its event loop, as `setTimeout` of `node:timers/promises` does. Python: `asyncio.sleep`. */
export async function sleepAsync(ms: number): Promise<void> {
  checkSleep(ms, 'sleepAsync');
  await new Promise<void>((resolve) => startTimer(ms, resolve));
}

function checkSleep(ms: number, who: string): void {
  if (checkTimeout(ms, who) === Infinity) throw new RangeError(`${who}: needs a finite number of milliseconds`);
}

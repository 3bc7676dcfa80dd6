import { OP } from '../trace/ops.js';
import { probe, raw } from './recording.js';
import { checkTimeout } from './timeout.js';

const nobodyNotifies = new Int32Array(new SharedArrayBuffer(4));

/**
 * Blocks the calling thread for `ms` milliseconds: its timers and messages wait too. Throws a RangeError when `ms` is
 * negative or not finite. Python: `time.sleep`, which takes seconds.
 */
export function sleep(ms: number): void {
  if (checkTimeout(ms, 'sleep') === Infinity) throw new RangeError('sleep: needs a finite number of milliseconds');
  if (probe !== undefined) probe.record(OP['sleep.begin'], 0, ms);
  raw.wait(nobodyNotifies, 0, 0, ms);
  if (probe !== undefined) probe.record(OP['sleep.end'], 0);
}

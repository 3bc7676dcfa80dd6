import { writeSync } from 'node:fs';
import { format } from 'node:util';
import { raw } from './recording.js';

const STDOUT = 1;
const STDERR = 2;
const BUSY_PAUSE_MILLIS = 1;

const nobodyNotifies = new Int32Array(new SharedArrayBuffer(4));

/** Writes all of a text, also to a pipe that another process set to non-blocking and that is full just now. */
function writeAll(file: number, text: string): void {
  let rest: Uint8Array = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(file, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      raw.wait(nobodyNotifies, 0, 0, BUSY_PAUSE_MILLIS);
    }
  }
}

/**
 * Writes a line to standard output before it returns, formatted as by `console.log`. (`console.log` in a worker appears
 * only when the main thread's event loop runs.) Lines of different threads do not mix. Python: `print`.
 */
export function print(...values: unknown[]): void {
  writeAll(STDOUT, `${format(...values)}\n`);
}

/** A line on standard error, at once. */
export function printError(line: string): void {
  writeAll(STDERR, `${line}\n`);
}

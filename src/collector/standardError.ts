import { writeSync } from 'node:fs';

/** How often a full pipe is tried again: its reader may be slow, and nothing else waits for this thread. */
const ATTEMPTS = 50;
const PAUSE_MS = 10;

/** Writes at once, past the main thread, which may be blocked for ever. */
export function writeStandardError(text: string): void {
  const bytes = Buffer.from(text);
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let at = 0, attempts = 0; at < bytes.length && attempts < ATTEMPTS;) {
    try {
      at += writeSync(2, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      attempts++;
      Atomics.wait(pause, 0, 0, PAUSE_MS);
    }
  }
}

import { writeSync } from 'node:fs';

/** One line on standard error, written at once and whatever the program did to `process.stderr`. Never throws. */
export function stderrLine(message: string): void {
  try {
    writeSync(2, `threadlanes: ${message}\n`);
  } catch {
    // Closed, or a full pipe that does not block: nowhere is left to tell it.
  }
}

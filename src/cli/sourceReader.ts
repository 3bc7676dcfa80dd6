import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ReadText } from '../sources/sourceMaps.js';

/** A trace comes from anywhere and may name anything: larger than any source that people write. */
const MAX_SOURCE_BYTES = 32 << 20;

/**
 * Reads the program's files by their paths in a trace.
 * @param root the folder that a person named, else the trace's own; read when it is needed
 */
export function sourceReader(root: () => string): ReadText {
  return (path) => {
    const absolute = path.startsWith('file:') ? pathOfAddress(path) : isAbsolute(path) ? path : null;
    if (absolute !== null) return readFile(absolute);
    // A trace from another machine names a root that is not here; often one stands in the checkout.
    return readFile(join(root(), path)) ?? readFile(resolve(path));
  };
}

function pathOfAddress(address: string): string | null {
  try {
    return fileURLToPath(address);
  } catch {
    return null;
  }
}

function readFile(path: string): string | null {
  try {
    const state = statSync(path);
    return state.isFile() && state.size <= MAX_SOURCE_BYTES ? readFileSync(path, 'utf8') : null;
  } catch {
    return null;
  }
}

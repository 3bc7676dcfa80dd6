/** What to say when a module of the program is TypeScript and this Node cannot run it in a thread. */
import { withoutPlace } from './threadError.js';

const TYPESCRIPT = /\.[cm]?tsx?\b/;

/** The error that explains, or the one that came. Node 20 runs tsx in its main thread only. */
export function explainImport(error: unknown, module: string): unknown {
  const { code } = (error ?? {}) as { code?: unknown };
  if (code !== 'ERR_UNKNOWN_FILE_EXTENSION' || !TYPESCRIPT.test((error as Error).message)) return error;
  const explained = new TypeError(
    `${module}: this Node (${process.version}) cannot run TypeScript in threads, under tsx neither: ` +
      'use Node 22.18 or newer, which can by itself, or compile the program to JavaScript',
    { cause: error },
  );
  return Object.assign(withoutPlace(explained), { code });
}

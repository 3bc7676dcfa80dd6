/** Which modules this thread imports just now to run something in them. */
import { ownStart } from './threadStart.js';
import type { ThreadTarget } from './threadTarget.js';

const modules = new Set<string>(ownStart === undefined ? [] : [ownStart.module]);

export function beginImport(module: string): void {
  modules.add(module);
}

export function endImport(module: string): void {
  modules.delete(module);
}

/**
 * Throws when the thread that is to be started would only start itself again: the module of its target is still being
 * imported in a thread that was started for the same.
 */
export function checkNotImporting({ module, exportName }: ThreadTarget, isPool: boolean, who: string): void {
  if (!modules.has(module)) return;
  const isSame = isPool ? ownStart?.pool !== undefined : ownStart?.exportName === exportName;
  if (!isSame) return;
  throw new Error(
    `${who}: cannot be started while a thread imports ${module} to run it: it would start itself again without end. ` +
      `Guard the main part of that module with if (isMainThread) { … }, from node:worker_threads`,
  );
}

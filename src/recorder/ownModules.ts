/** The program's modules are not joined by the recorder's. */
import { load } from './raw.js';

/** Makes Node forget that it loaded a file: it is in no cache, and no request is known to lead to it. */
export function forgetModule(path: string): void {
  delete load.cache[path];
  const { _pathCache: paths } = load('node:module') as { _pathCache?: Record<string, string> };
  for (const [request, found] of Object.entries(paths ?? {})) if (found === path) delete paths?.[request];
}

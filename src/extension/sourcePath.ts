/** Where a file that a trace names may be on this machine. */
import { posix, win32 } from 'node:path';
import { fileURLToPath } from 'node:url';

const isAbsolute = (path: string): boolean => posix.isAbsolute(path) || win32.isAbsolute(path);

/**
 * Paths to try in this order.
 * @param root the folder that the trace's paths are relative to, as its header says it
 * @param folders of the workspace
 */
export function candidatePaths(file: string, root: string, folders: readonly string[]): string[] {
  if (file.startsWith('file:')) {
    try {
      return [fileURLToPath(file)];
    } catch {
      return []; // a path of another system
    }
  }
  if (isAbsolute(file)) return [file];
  return [root, ...folders]
    .filter((folder) => folder !== '')
    .map((folder) => `${folder.replace(/[\\/]$/, '')}/${file}`);
}

const parts = (path: string): string[] =>
  path.split(/[\\/]+/).filter((part) => part !== '' && part !== '.' && part !== '..');

/** How many names at their ends two paths have in common. */
export function commonSuffix(one: string, other: string): number {
  const a = parts(one).reverse();
  const b = parts(other).reverse();
  let count = 0;
  while (count < a.length && count < b.length && a[count] === b[count]) count++;
  return count;
}

/** The file of a workspace that a path from another machine means: the longest common end, null when two are equal. */
export function bestMatch(file: string, found: readonly string[]): string | null {
  let best: string | null = null;
  let bestCount = 0;
  for (const path of found) {
    const count = commonSuffix(file, path);
    if (count === bestCount) best = null;
    if (count > bestCount) [best, bestCount] = [path, count];
  }
  return best;
}

/** The last name of a path, for a search in the workspace. */
export function lastName(file: string): string {
  return parts(file).at(-1) ?? file;
}

/** What the trace says of a script: its path from the root, a hash of what was loaded, where its source map is. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FileRecord } from '../trace/records.js';

const HASH_DIGITS = 16;

/** The last one counts, as for V8. */
const mapComment = /^\s*\/\/[#@]\s*sourceMappingURL=(\S+)\s*$/gm;

const slashes = (path: string): string => path.replaceAll('\\', '/');

/** The path on disk of a script's name, or null: evaluated code, an address. */
export function pathOnDisk(script: string): string | null {
  if (script.startsWith('file:')) {
    try {
      return fileURLToPath(script);
    } catch {
      return null;
    }
  }
  return isAbsolute(script) ? script : null;
}

/** Relative to the root with `/`; what lies outside of it, or is no file, stays whole. */
export function tracePath(script: string, root: string): string {
  const path = pathOnDisk(script);
  if (path === null) return script;
  const fromRoot = relative(root, path);
  return slashes(fromRoot.startsWith('..') || isAbsolute(fromRoot) ? path : fromRoot);
}

export function describeFile(script: string, root: string): FileRecord {
  const path = tracePath(script, root);
  const disk = pathOnDisk(script);
  let text: string;
  try {
    if (disk === null) return { path, hash: null, map: null };
    text = readFileSync(disk, 'utf8');
  } catch {
    return { path, hash: null, map: null };
  }
  const hash = createHash('sha256').update(text).digest('hex').slice(0, HASH_DIGITS);
  return { path, hash, map: mapOf(text, disk, root) };
}

function mapOf(text: string, disk: string, root: string): string | null {
  const named = [...text.matchAll(mapComment)].at(-1)?.[1];
  if (named?.startsWith('data:')) return 'inline';
  if (named === undefined) return existsSync(`${disk}.map`) ? tracePath(`${disk}.map`, root) : null;
  if (named.startsWith('file:')) return tracePath(named, root);
  if (/^[a-z][a-z0-9+.-]+:/i.test(named)) return null;
  return tracePath(resolve(dirname(disk), decoded(named)), root);
}

/** An address with a `%` that codes nothing is a name as it stands. */
function decoded(address: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}

/**
 * What one process found out and the next one need not find out again: small files by name, in the person's own cache
 * folder. Whatever fails here fails silently: then it is found out again.
 */
import { readFileSync, readdirSync, renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { makeFolder } from './makeFolder.js';
import { realThreadId } from './raw.js';

const MAX_FILES = 4000;
const MAX_BYTES = 64 << 20;

/** Where a user's caches are by the custom of the system; null: there is no such place. */
function ownCaches(): string | null {
  const { LOCALAPPDATA, XDG_CACHE_HOME } = process.env;
  const named = process.platform === 'win32' ? LOCALAPPDATA : process.platform === 'darwin' ? null : XDG_CACHE_HOME;
  if (named && isAbsolute(named)) return named;
  try {
    const home = homedir();
    if (!isAbsolute(home)) return null;
    if (process.platform === 'win32') return join(home, 'AppData', 'Local');
    return process.platform === 'darwin' ? join(home, 'Library', 'Caches') : join(home, '.cache');
  } catch {
    // A user that the system does not know, as in a container.
    return null;
  }
}

function cacheFolders(): string[] {
  const own = ownCaches();
  const shared = join(tmpdir(), `threadlanes-${process.getuid?.() ?? ''}`);
  return own === null ? [shared] : [join(own, 'threadlanes'), shared];
}

let folder: string | null = null;

/**
 * What is kept under this name, byte by byte as it was written; undefined: nothing. It stands in its file twice: to compare
 * is the check of all bytes that costs least before anything is compiled to machine code.
 */
export function readKept(name: string): Buffer | undefined {
  folder ??= cacheFolders().find(isOurs) ?? null;
  if (folder === null) return undefined;
  try {
    const file = readFileSync(join(folder, name));
    const half = file.length >> 1;
    const content = file.subarray(0, half);
    // Code is made of this: a bit that the disk has lost would break somebody's program.
    return content.equals(file.subarray(half)) ? content : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps what `make` makes for other threads of the run and for the next run. It is not called where nothing can be kept. */
export function keep(name: string, make: () => Uint8Array): void {
  folder ??= cacheFolders().find(isMade) ?? null;
  if (folder === null) return;
  const content = make();
  const path = join(folder, name);
  const draft = `${path}.${process.pid}-${realThreadId}`;
  try {
    writeFileSync(draft, Buffer.concat([content, content]), { mode: 0o600 });
    renameSync(draft, path);
    if (name.startsWith('0')) forgetOld(folder);
  } catch {
    // A full disk, a folder that went away.
  }
}

/** Nobody else can write there. */
function isOurs(path: string): boolean {
  try {
    const { uid, mode } = statSync(path);
    return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
  } catch {
    return false;
  }
}

function isMade(path: string): boolean {
  try {
    makeFolder(path, 0o700);
  } catch {
    return false;
  }
  return isOurs(path);
}

function forgetOld(path: string): void {
  const files = readdirSync(path)
    .map((name) => join(path, name))
    .flatMap((file) => {
      const found = statSync(file, { throwIfNoEntry: false });
      return found?.isFile() ? [{ file, size: found.size, time: found.mtimeMs }] : [];
    })
    .sort((a, b) => b.time - a.time);
  let bytes = 0;
  files.forEach(({ file, size }, i) => {
    bytes += size;
    if (i < MAX_FILES && bytes <= MAX_BYTES) return;
    try {
      unlinkSync(file);
    } catch {
      // Another process forgets, too.
    }
  });
}

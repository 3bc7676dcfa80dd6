/**
 * What was read off a file's text is kept on disk by that text: other threads of the run, and the next run, do not parse
 * again (a cold parser costs 10-30 ms a thread). Whatever fails here fails silently: then it is read again.
 */
import { mkdirSync, readFileSync, readdirSync, renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type * as crypto from 'node:crypto';
import { load, realThreadId } from '../raw.js';

const MAX_FILES = 4000;
const MAX_BYTES = 64 << 20;
const NAME_DIGITS = 40;

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
  const shared = join(tmpdir(), `threadlanes-sites-${process.getuid?.() ?? ''}`);
  return own === null ? [shared] : [join(own, 'threadlanes', 'sites'), shared];
}

export class SiteCache {
  readonly #version: string;
  #folder: string | null | undefined;

  /** @param parser the file that makes what is kept: another one makes something else */
  constructor(parser: string) {
    const { size, mtimeMs } = statSync(parser);
    this.#version = `2 ${size} ${mtimeMs}`;
  }

  /** What is kept for these texts, or what `make` makes. */
  get<T>(texts: readonly string[], make: () => T): T {
    const name = digestOf([this.#version, ...texts]);
    const kept = this.#read<T>(name);
    if (kept !== undefined) return kept;
    const made = make();
    this.#write(name, made);
    return made;
  }

  #read<T>(name: string): T | undefined {
    this.#folder ??= cacheFolders().find(isOurs) ?? null;
    if (this.#folder === null) return undefined;
    try {
      const text = readFileSync(join(this.#folder, name), 'utf8');
      // A position that a fault of the disk has changed would break the program's code.
      const body = text.slice(NAME_DIGITS);
      return text.startsWith(digestOf([body])) ? (JSON.parse(body) as T) : undefined;
    } catch {
      return undefined;
    }
  }

  #write(name: string, value: unknown): void {
    this.#folder ??= cacheFolders().find(make) ?? null;
    if (this.#folder === null) return;
    const path = join(this.#folder, name);
    const draft = `${path}.${process.pid}-${realThreadId}`;
    const body = JSON.stringify(value);
    try {
      writeFileSync(draft, digestOf([body]) + body, { mode: 0o600 });
      renameSync(draft, path);
      if (name.startsWith('0')) forgetOld(this.#folder);
    } catch {
      // A full disk, a folder that went away.
    }
  }
}

function digestOf(texts: readonly string[]): string {
  const { createHash } = load('node:crypto') as typeof crypto;
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text.length}\0`).update(text);
  return hash.digest('hex').slice(0, NAME_DIGITS);
}

/** Nobody else can write there. */
function isOurs(folder: string): boolean {
  try {
    const { uid, mode } = statSync(folder);
    return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
  } catch {
    return false;
  }
}

function make(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch {
    return false;
  }
  return isOurs(folder);
}

function forgetOld(folder: string): void {
  const files = readdirSync(folder)
    .map((name) => join(folder, name))
    .flatMap((path) => {
      const found = statSync(path, { throwIfNoEntry: false });
      return found ? [{ path, size: found.size, time: found.mtimeMs }] : [];
    })
    .sort((a, b) => b.time - a.time);
  let bytes = 0;
  files.forEach(({ path, size }, i) => {
    bytes += size;
    if (i < MAX_FILES && bytes <= MAX_BYTES) return;
    try {
      unlinkSync(path);
    } catch {
      // Another process forgets, too.
    }
  });
}

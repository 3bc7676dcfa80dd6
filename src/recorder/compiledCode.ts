/**
 * V8 takes half of the recorder's start to read its text. What it compiled in an earlier run is kept, and given to it:
 * that halves the start of every process and every thread. V8 itself refuses what another version or other flags made.
 */
import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Script } from 'node:vm';
import { textHash } from '../base/textHash.js';
import { keep, readKept } from './diskCache.js';
import { load } from './raw.js';

/** The last line of a file that was built for users: what is in it, so that nothing is kept of another content. */
const STAMP = /\n\/\/ content ([0-9a-f]{32})\n$/;
const STAMP_CHARS = 64;

type Body = (require: typeof load, __filename: string, __dirname: string, given: unknown) => void;

/** Runs a built file, which finds `given` by that name. No module is made of it: Node does not know that it was loaded. */
export function runCompiled(file: string, given: unknown): void {
  // What is built is ASCII but for comments, which may be misread: V8 reads one byte a character twice as fast as two.
  const text = readFileSync(file, 'latin1');
  const name = nameOf(text, file);
  const kept = name === null ? undefined : readKept(name);
  const script = new Script(`(function (require, __filename, __dirname, given) { ${text}})`, {
    filename: file,
    ...(kept && { cachedData: kept }),
  });
  (script.runInThisContext() as Body)(load, file, dirname(file), given);
  // Only now, when what a start needs has been compiled: V8 compiles a function when it is called first.
  if (name !== null && kept === undefined) keep(name, () => script.createCachedData());
}

function nameOf(text: string, file: string): string | null {
  const content = STAMP.exec(text.slice(-STAMP_CHARS))?.[1];
  if (content === undefined) return null;
  // Two builds of Node may have one version. V8 of Node 20 knows kept code by the path of the file that it was made of:
  // another copy of it must not get it.
  const { size, mtimeMs } = statSync(process.execPath);
  return ['code', content, textHash(file), process.version, process.arch, size, mtimeMs].join('-');
}

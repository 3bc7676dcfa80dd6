/** The library's only contact with a recorder, looked for once when the library is loaded. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { findProbe, type ObjectDefinition } from '../probe/probe.js';

/** `undefined` when nothing records: every operation asks that and nothing more. */
export const probe = findProbe();

/** Atomics as Node made them, so that one operation of the library is one event and not also its Atomics. */
export const raw = probe?.raw ?? Atomics;

/** This file, or the bundle that holds it. A program that was bundled as an ES module has no `__filename`. */
export const libraryFile = typeof __filename === 'string' ? __filename : undefined;

/**
 * The id that the recorder knows an object by. It lies in the object's own shared memory, so all threads say the same; an
 * object that was made where nothing recorded is defined by the first recorded thread that meets it.
 */
export function identify(cells: Int32Array, slot: number, definition: ObjectDefinition): number {
  if (probe === undefined) return 0;
  const known = raw.load(cells, slot);
  if (known !== 0) return known;
  const id = probe.define(definition);
  const earlier = raw.compareExchange(cells, slot, 0, id);
  return earlier === 0 ? id : earlier;
}

/** In a program that was bundled together with the library, `__filename` is the user's own file: never hide that. */
function isOwnFile(file: string): boolean {
  if (basename(file) !== 'index.cjs') return false;
  const manifest = join(dirname(file), '..', 'package.json');
  if (!existsSync(manifest)) return false;
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string }).name === 'threadlanes';
}

if (probe !== undefined && libraryFile !== undefined && isOwnFile(libraryFile)) probe.ownFile(libraryFile);

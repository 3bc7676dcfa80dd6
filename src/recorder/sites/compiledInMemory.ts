/**
 * Loaders such as tsx compile in memory: what runs is not what lies on disk, and its source map is known to this process
 * alone. Such positions are mapped here, once a frame; where the file on disk is what runs, readers map.
 */
import { readFileSync } from 'node:fs';
import { findSourceMap } from 'node:module';
import type { SourceMap } from 'node:module';
import { dirname, isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FrameDefinition } from '../../probe/definitions.js';
import type { NumberedCode } from './numberedCode.js';

/** The last one counts, as for V8. */
const mapComment = /^\s*\/\/[#@]\s*sourceMappingURL=(\S+)\s*$/gm;
/** Node itself strips types to blanks, so that positions stay, and has no map then. */
const needsCompiling = /\.(?:[cm]?ts|[jt]sx)$/;

export class CompiledInMemory {
  /** By script; null: what runs is on disk, or nothing is known. */
  readonly #maps = new Map<string, SourceMap | null>();
  readonly #code: NumberedCode | null;

  /** @param code the files whose text was edited, with what was loaded; null where none were */
  constructor(code: NumberedCode | null) {
    this.#code = code;
  }

  /** Positions of a script are mapped here. */
  isMapped(script: string): boolean {
    return this.#mapOf(script) !== null;
  }

  /** The frame where the person wrote it. */
  original(frame: FrameDefinition): FrameDefinition {
    const map = this.#mapOf(frame.script);
    // Both count lines and columns from 0.
    const entry = map?.findEntry(frame.line - 1, frame.column - 1);
    if (!entry || !('originalSource' in entry) || !entry.originalSource) return frame;
    const { originalSource, originalLine, originalColumn } = entry;
    const script = addressOf(originalSource, frame.script);
    return script === null ? frame : { ...frame, script, line: originalLine + 1, column: originalColumn + 1 };
  }

  #mapOf(script: string): SourceMap | null {
    let map = this.#maps.get(script);
    if (map === undefined) {
      map = findSourceMap(script) ?? null;
      if (map !== null && isOnDisk(script, map, this.#code?.fileOf(script)?.source ?? null)) map = null;
      this.#maps.set(script, map);
    }
    return map;
  }
}

/**
 * What runs is the file, with the map that it names.
 * @param loaded its text before it was edited; null where it was not
 */
function isOnDisk(script: string, map: SourceMap, loaded: string | null): boolean {
  const path = pathOf(script);
  if (path === null || needsCompiling.test(path)) return false;
  try {
    const text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
    const address = [...text.matchAll(mapComment)].at(-1)?.[1];
    if (address === undefined) return false;
    return loaded === null ? readMappings(address, path) === map.payload.mappings : loaded === text;
  } catch {
    return false;
  }
}

function readMappings(address: string, path: string): unknown {
  const data = /^data:[^,]*;base64,(.*)$/s.exec(address)?.[1];
  const text =
    data === undefined
      ? readFileSync(resolve(dirname(path), decodeURIComponent(address)), 'utf8')
      : Buffer.from(data, 'base64').toString('utf8');
  return (JSON.parse(text) as { readonly mappings?: unknown }).mappings;
}

function pathOf(script: string): string | null {
  if (!script.startsWith('file:')) return isAbsolute(script) ? script : null;
  try {
    return fileURLToPath(script);
  } catch {
    return null;
  }
}

/** A map names its sources by address, by path, or relative to the script. Null: it is no file. */
function addressOf(source: string, script: string): string | null {
  if (source.startsWith('file:') || isAbsolute(source)) return source;
  const path = pathOf(script);
  return path === null || /^[a-z][a-z0-9+.-]+:/i.test(source) ? null : resolve(dirname(path), source);
}

import type { TraceMap } from '@jridgewell/trace-mapping';
import { AnyMap, originalPositionFor, sourceContentFor } from '@jridgewell/trace-mapping';
import { sha256 } from '../base/sha256.js';
import { utf8Decode } from '../base/utf8.js';
import type { FileRecord } from '../trace/records.js';

/** A place in a file; line and column from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Reads a file by its path in the trace (relative to its root, or absolute); null when it is not at hand. */
export type ReadText = (path: string) => string | null;

/** Some servers' maps begin so that nobody runs them as a script. */
const guard = /^\)\]\}'[^\n]*\n/;

/** The source maps of a program's files, each read once. */
export class SourceMaps {
  private readonly maps = new Map<FileRecord, TraceMap | null>();
  /** Texts that maps bring with them: what was compiled, even where the file has changed since. */
  private readonly contents = new Map<string, string>();
  private readonly texts = new Map<string, string | null>();
  /** By source, as maps name them. */
  private readonly paths = new Map<string, string>();
  /** Files that places stay in, by path. */
  private readonly unmapped = new Map<string, FileRecord>();
  private readonly changed = new Map<FileRecord, boolean>();

  constructor(
    private readonly readText: ReadText,
    private readonly root: () => string,
  ) {}

  /** Where a generated position came from; the position itself where no map says so. */
  original(file: FileRecord, line: number, column: number): Place {
    const map = this.mapOf(file);
    const found = map && lookUp(map, line, column);
    if (!map || !found) {
      this.unmapped.set(file.path, file);
      return { file: file.path, line, column };
    }
    const path = this.originalPath(found.source);
    const content = sourceContentFor(map, found.source);
    if (content !== null) this.contents.set(path, content);
    return { file: path, line: found.line, column: found.column + 1 };
  }

  /** The text of an original file, or null: it is not at hand, or another one than what ran. */
  text(path: string): string | null {
    const content = this.contents.get(path);
    if (content !== undefined) return content;
    const loaded = this.unmapped.get(path);
    return loaded && this.hasChanged(loaded) ? null : this.read(path);
  }

  /** Sources are addresses, but not every compiler codes the signs that addresses cannot have. */
  private originalPath(source: string): string {
    let path = this.paths.get(source);
    if (path === undefined) {
      path = tracePath(source, this.root());
      const decoded = safelyDecoded(path);
      if (decoded !== path && this.read(path) === null) path = decoded;
      this.paths.set(source, path);
    }
    return path;
  }

  private read(path: string): string | null {
    let text = this.texts.get(path);
    if (text === undefined) this.texts.set(path, (text = this.readText(path)));
    return text;
  }

  /** The file is there, but it is not what was loaded. */
  private hasChanged(file: FileRecord): boolean {
    let changed = this.changed.get(file);
    if (changed === undefined) {
      const text = file.hash === null ? null : this.read(file.path);
      changed = text !== null && !sha256(text).startsWith(file.hash as string);
      this.changed.set(file, changed);
    }
    return changed;
  }

  private mapOf(file: FileRecord): TraceMap | null {
    if (file.map === null) return null;
    let map = this.maps.get(file);
    if (map === undefined) this.maps.set(file, (map = this.readMap(file, file.map)));
    return map;
  }

  private readMap(file: FileRecord, address: string): TraceMap | null {
    // The map was written with the file: one that was compiled anew since has another.
    if (this.hasChanged(file)) return null;
    const isInline = address === 'inline' || address.startsWith('data:');
    const text = isInline ? this.inlineMap(file.path, address) : this.readText(address);
    if (text === null) return null;
    try {
      return AnyMap(text.replace(guard, ''), isInline ? file.path : address);
    } catch {
      return null;
    }
  }

  private inlineMap(path: string, address: string): string | null {
    return decodeDataAddress(address === 'inline' ? lastAddress(this.read(path)) : address);
  }
}

/** As maps count: lines from 1, columns from 0. */
interface OriginalPlace {
  readonly source: string;
  readonly line: number;
  readonly column: number;
}

/** Null: the map says nothing of it, or what cannot be. Maps are decoded when they are asked first. */
function lookUp(map: TraceMap, line: number, column: number): OriginalPlace | null {
  try {
    const { source, ...place } = originalPositionFor(map, { line, column: Math.max(0, column - 1) });
    // A source that is null, or not in the list at all, comes as its folder or as nothing.
    if (typeof source !== 'string' || /(?:^|\/)$/.test(source)) return null;
    return place.line !== null && place.line > 0 && place.column >= 0 ? { ...place, source } : null;
  } catch {
    return null;
  }
}

function lastAddress(text: string | null): string {
  const found = [...(text ?? '').matchAll(/^\s*\/\/[#@]\s*sourceMappingURL=(data:\S+)\s*$/gm)];
  return found.at(-1)?.[1] ?? '';
}

function decodeDataAddress(address: string): string | null {
  const [, isBase64, body] = /^data:[^,]*?(;base64)?,(.*)$/s.exec(address) ?? [];
  if (body === undefined) return null;
  try {
    return isBase64 ? utf8Decode(decodeBase64(body)) : decodeURIComponent(body);
  } catch {
    return null;
  }
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const digitOf = new Map([...digits].map((digit, value) => [digit.charCodeAt(0), value]));

/** Platforms differ in how they decode Base64, and this room has none. */
function decodeBase64(text: string): Uint8Array {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let length = 0;
  let bits = 0;
  let held = 0;
  for (let i = 0; i < text.length; i++) {
    const value = digitOf.get(text.charCodeAt(i));
    if (value === undefined) continue;
    held = ((held << 6) | value) & 0xffffff;
    bits += 6;
    if (bits >= 8) bytes[length++] = (held >> (bits -= 8)) & 0xff;
  }
  return bytes.subarray(0, length);
}

/** How a trace says the path of a source: relative to the root where it lies below it. */
function tracePath(source: string, root: string): string {
  const path = source.replace(/^file:\/\/(?=\/)/, '').replace(/^webpack:\/\/[^/]*\/(?:\.\/)?/, '');
  const decoded = source.startsWith('file:') ? safelyDecoded(path).replace(/^\/(?=[A-Za-z]:)/, '') : path;
  const folder = root.endsWith('/') ? root : `${root}/`;
  if (root !== '' && decoded.startsWith(folder)) return decoded.slice(folder.length);
  const relative = decoded.replace(/^(?:\.\/)+/, '');
  return root !== '' && relative.startsWith('../') ? outside(root, relative) : relative;
}

/** The absolute path of one that leads out of the root; as it is where it leads out of everything. */
function outside(root: string, relative: string): string {
  const folders = root.split('/').filter((name, i) => name !== '' || i === 0);
  const names = relative.split('/');
  const up = names.findIndex((name) => name !== '..');
  return up < 0 || up >= folders.length
    ? relative
    : [...folders.slice(0, folders.length - up), ...names.slice(up)].join('/');
}

function safelyDecoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

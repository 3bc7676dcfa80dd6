/** The files whose calls have numbers in this thread: what a number means, and where edited text came from. */
import type { FrameDefinition } from '../../probe/definitions.js';
import type { FunctionUse } from '../../trace/records.js';
import { mapPlaceOf, withShiftedMap } from './shiftedMap.js';
import type { EditedText } from './static/edits.js';
import { applyEdits } from './static/edits.js';
import type { ReadFile } from './static/main.js';

export interface NumberedFile {
  /** As V8 names the script. */
  readonly script: string;
  readonly source: string;
  readonly text: EditedText;
  /** Number of the first site, less 1. */
  readonly base: number;
  readonly sites: ReadFile['sites'];
  readonly awaited: ReadFile['awaited'];
  /** The text brings its source map, which was made that of the edited text. */
  readonly hasOwnMap: boolean;
  lineStarts: readonly number[] | null;
}

export interface Site {
  readonly file: NumberedFile;
  readonly isOperation: boolean;
  readonly isLockCode: boolean;
  /** The operation, or the name that is called. */
  readonly name: string;
  readonly position: number;
  readonly fn: string | null;
}

/** Bits of a site's kind in what the parser gives. */
const OPERATION = 1;
const LOCK_CODE = 2;

const lineEnd = /\r\n|[\n\r\u2028\u2029]/g;

export interface FileTable {
  readonly script: string;
  readonly functions: readonly FunctionUse[];
}

export class NumberedCode {
  readonly #files = new Map<string, NumberedFile>();
  readonly #sites: (Site | null)[] = [null];
  /** Of synchronisation code, over all files: which names a function of this name calls. */
  readonly #paths = new Map<string, Set<string>>();
  /** Gets what is known of each file's functions; until it is set they wait. */
  #toldTables: ((table: FileTable) => void) | null = null;
  #tables: FileTable[] = [];

  /**
   * Takes a file in and gives the text that is to be run; null where it stays, as its source map cannot follow or nothing
   * in it is numbered.
   * @param mapsCount Node reads source maps, and shows what they say in stacks
   */
  add(script: string, source: string, read: ReadFile, mapsCount: boolean): string | null {
    const base = this.#sites.length - 1;
    const edited = applyEdits(source, read.edits, base);
    const lineStarts = { lineStarts: null as readonly number[] | null, source };
    const mapPlace = mapsCount && read.edits.length > 0 ? mapPlaceOf(source) : 'none';
    const text = mapPlace === 'inline' ? withShiftedMap(edited, (at) => this.placeOf(lineStarts, at)) : edited;
    if (mapPlace === 'elsewhere' || text === null) return null;
    const file: NumberedFile = {
      ...lineStarts,
      script,
      text,
      base,
      sites: read.sites,
      awaited: read.awaited,
      hasOwnMap: mapPlace === 'inline',
    };
    this.#files.set(script, file);
    for (const [kind, name, position, fn] of read.sites) {
      const isOperation = (kind & OPERATION) !== 0;
      this.#sites.push({ file, name, position, fn, isOperation, isLockCode: (kind & LOCK_CODE) !== 0 });
    }
    for (const [name, called] of read.paths) this.#addPath(name, called);
    if (read.functions.length > 0) this.#tell({ script, functions: this.#functionsOf(file, read) });
    return read.edits.length > 0 ? text.code : null;
  }

  /** The tables of functions that came so far, and all that will come. */
  tellTables(listener: (table: FileTable) => void): void {
    this.#toldTables = listener;
    for (const table of this.#tables.splice(0)) listener(table);
  }

  site(number: number): Site | null {
    return this.#sites[number] ?? null;
  }

  fileOf(script: string): NumberedFile | null {
    return this.#files.get(script) ?? null;
  }

  files(): Iterable<NumberedFile> {
    return this.#files.values();
  }

  /** The site at a position of a file's original text. */
  siteAt(file: NumberedFile, position: number): Site | null {
    const index = file.sites.findIndex(([, , at]) => at === position);
    return index < 0 ? null : this.site(file.base + index + 1);
  }

  /** A function of the lock's code is reached from a call of this name. */
  leadsTo(name: string, fn: string | null): boolean {
    if (fn === null) return false;
    const seen = new Set([name]);
    for (const one of seen) {
      if (one === fn && this.#paths.has(one)) return true;
      for (const next of this.#paths.get(one) ?? []) seen.add(next);
    }
    return false;
  }

  /** @param isEdited counted in the text that runs, as its own source map counts */
  frameOf({ file, position, fn }: Site, isEdited: boolean): FrameDefinition {
    const place = this.placeOf(file, position);
    const shift = isEdited ? insertedBefore(file, position, position - place.column + 1) : 0;
    return { line: place.line, column: place.column + shift, script: file.script, fn, map: null };
  }

  /** Line and column, from 1, of a position in a file's original text. */
  placeOf(
    file: Pick<NumberedFile, 'source' | 'lineStarts'>,
    position: number,
  ): { readonly line: number; readonly column: number } {
    const starts = (file.lineStarts ??= lineStartsOf(file.source));
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] as number) <= position) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: position - (starts[low] as number) + 1 };
  }

  #addPath(name: string, called: readonly string[]): void {
    let known = this.#paths.get(name);
    if (!known) this.#paths.set(name, (known = new Set()));
    for (const one of called) known.add(one);
  }

  #tell(table: FileTable): void {
    if (this.#toldTables) this.#toldTables(table);
    else this.#tables.push(table);
  }

  #functionsOf(file: NumberedFile, { functions }: ReadFile): FunctionUse[] {
    return functions.map(([className, name, position, isThin, calls]) => ({
      className,
      name,
      ...this.placeOf(file, position),
      isThin,
      calls: calls.map(([op, at, word, literals, flags]) => ({ op, ...this.placeOf(file, at), word, literals, flags })),
    }));
  }
}

/** How much was inserted between the start of a line and a position. */
function insertedBefore({ text: { insertions } }: NumberedFile, position: number, lineStart: number): number {
  let length = 0;
  for (let i = 0; i < insertions.length; i += 2) {
    const at = insertions[i] as number;
    if (at >= lineStart && at <= position) length += insertions[i + 1] as number;
  }
  return length;
}

function lineStartsOf(source: string): number[] {
  const starts = [0];
  for (const match of source.matchAll(lineEnd)) starts.push(match.index + match[0].length);
  return starts;
}

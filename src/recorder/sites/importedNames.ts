/**
 * Which names lead into the synchronisation code of the files that a text imports. They are looked up before those files
 * run, one level deep and through re-exports, without asking the program's own hooks.
 */
import { readFileSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const specifier = /(?:\brequire\s*\(\s*|\bfrom\s*|\bimport\s*\(?\s*)(['"])([^'"\n]+)\1/g;
const reExport = /\bexport\b[^;]*\bfrom\b|\bmodule\.exports\s*=\s*require|__exportStar|__reExport/;
const usesAtomics = /\bAtomics\b/;

const extensions = ['', '.js', '.cjs', '.mjs', '.ts', '.cts', '.mts', '/index.js', '/index.ts'];
const compiledExtension = /\.([cm]?)js$/;

/** Imported files that one thread reads in advance; beyond, only names that are usual are found. */
const MAX_FILES = 400;
const MAX_CHARS = 1 << 20;

export class ImportedNames {
  readonly #known = new Map<string, readonly string[]>();
  readonly #namesIn: (source: string, file: string) => readonly string[];

  /** @param namesIn the names by which others get into a file's synchronisation code */
  constructor(namesIn: (source: string, file: string) => readonly string[]) {
    this.#namesIn = namesIn;
  }

  of(source: string, file: string, depth = 1): string[] {
    const names = new Set<string>();
    for (const [, , text] of source.matchAll(specifier)) {
      const path = text === undefined || isBuiltin(text) ? null : resolveImport(text, file);
      if (path !== null) for (const name of this.#namesOf(path, depth)) names.add(name);
    }
    return [...names].sort();
  }

  #namesOf(file: string, depth: number): readonly string[] {
    const known = this.#known.get(file);
    if (known) return known;
    if (this.#known.size >= MAX_FILES) return [];
    this.#known.set(file, []);
    let names: readonly string[] = [];
    try {
      const source = readFileSync(file, 'utf8');
      if (source.length > MAX_CHARS) return [];
      if (usesAtomics.test(source)) names = this.#namesIn(source, file);
      if (names.length === 0 && depth > 0 && reExport.test(source)) names = this.of(source, file, depth - 1);
    } catch {
      // Not there, or no text: nothing is known of it.
    }
    this.#known.set(file, names);
    return names;
  }
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** The file that an import means, as far as can be told without running anything; null otherwise. */
function resolveImport(text: string, from: string): string | null {
  try {
    if (text.startsWith('file:')) return fileURLToPath(text);
    if (/^\.{0,2}\//.test(text) || text === '.' || text === '..') return existing(resolve(dirname(from), text));
    return text.startsWith('#') || /^[a-z][a-z0-9+.-]+:/i.test(text) ? null : packageFile(text, dirname(from));
  } catch {
    return null;
  }
}

function existing(path: string): string | null {
  const found = extensions.find((extension) => isFile(path + extension));
  if (found !== undefined) return path + found;
  // TypeScript imports by the name of what it will become.
  const written = path.replace(compiledExtension, '.$1ts');
  return written !== path && isFile(written) ? written : null;
}

function packageFile(text: string, start: string): string | null {
  const parts = text.split('/');
  const name = parts.splice(0, text.startsWith('@') ? 2 : 1).join('/');
  for (let folder = start; ; folder = dirname(folder)) {
    const root = join(folder, 'node_modules', name);
    const manifest = join(root, 'package.json');
    if (isFile(manifest)) {
      if (parts.length > 0) return existing(join(root, ...parts));
      return existing(join(root, mainOf(JSON.parse(readFileSync(manifest, 'utf8')) as Manifest)));
    }
    if (dirname(folder) === folder) return null;
  }
}

interface Manifest {
  readonly main?: unknown;
  readonly exports?: unknown;
}

const conditions = ['.', 'node', 'require', 'import', 'default'];

function mainOf({ main, exports }: Manifest): string {
  let target = exports;
  while (typeof target === 'object' && target !== null) {
    const choices = target as Readonly<Record<string, unknown>>;
    target = choices[conditions.find((condition) => condition in choices) ?? ''];
  }
  if (typeof target === 'string') return target;
  return typeof main === 'string' ? main : 'index.js';
}

/**
 * From a file's text to the text that runs: decides from a glance whether the file can name synchronisation, and only then
 * has it read by the parser, which is loaded for the first such file.
 */
import { dirname, join, sep } from 'node:path';
import { forgetModule } from '../ownModules.js';
import { load, threads } from '../raw.js';
import { ImportedNames } from './importedNames.js';
import type { NumberedCode } from './numberedCode.js';
import { SiteCache } from './siteCache.js';
import { REGISTERS } from './static/edits.js';
import type * as parser from './static/main.js';
import { CALL_TEXT, LIBRARY_TEXT, OPERATION_TEXT, requestsWebLocks } from './static/operations.js';

/** Longer files are bundles of everything: reading one costs more than it tells. */
const MAX_CHARS = 2 << 20;
const MAX_PACKAGE_CHARS = 1 << 20;

/** The library, whatever its version, and recorders: their own calls are nobody's call sites. */
const OWN_TEXT = 'threadlanes.probe.';

const inPackage = `${sep}node_modules${sep}`;

/** How a text is to be parsed; null: not known. */
export type IsModule = boolean | null;

export class FileReader {
  readonly #code: NumberedCode;
  readonly #parserFile: string;
  readonly #ownFolder: string;
  readonly #withLoads: boolean;
  readonly #imports = new ImportedNames((source) => this.#lockNames(source));
  #cache: SiteCache | null = null;
  #parser: typeof parser | null = null;

  /** @param withLoads reads of words are events, too */
  constructor(code: NumberedCode, ownFile: string, withLoads: boolean) {
    this.#code = code;
    this.#ownFolder = dirname(ownFile) + sep;
    this.#parserFile = join(dirname(ownFile), 'sites.cjs');
    this.#withLoads = withLoads;
  }

  /** A file may name synchronisation, as far as a glance tells. Never throws. */
  concerns(source: string, path: string): boolean {
    return this.#namesFor(source, path) !== null;
  }

  /**
   * The text to run instead of a file's, or null where it stays. Never throws.
   * @param script as V8 will name it
   */
  edited(source: string, script: string, path: string, isModule: IsModule): string | null {
    try {
      const names = this.#namesFor(source, path);
      const read = names && this.#read(source, isModule, names);
      return read && this.#code.add(script, source, read, areMapsRead());
    } catch {
      // Whatever this is, Node will say what is wrong with it.
      return null;
    }
  }

  /** What leads into the lock files that a file imports; null: the file is not to be read. */
  #namesFor(source: string, path: string): readonly string[] | null {
    if (source.length > MAX_CHARS || path.startsWith(this.#ownFolder)) return null;
    const isPackage = path.includes(inPackage);
    if (isPackage && (source.length > MAX_PACKAGE_CHARS || !hasOperation(source))) return null;
    const names = isPackage ? [] : this.#imports.of(source, path);
    if (!isPackage && !mentions(source, names)) return null;
    return source.includes(REGISTERS) || source.includes(OWN_TEXT) ? null : names;
  }

  #read(source: string, isModule: IsModule, names: readonly string[]): parser.ReadFile | null {
    const key = `${isModule === null ? 'either' : isModule ? 'module' : 'script'} ${String(this.#withLoads)} ${names.join()}`;
    return this.#kept().get([key, source], () => {
      try {
        return this.#load().readFile(source, isModule, names, this.#withLoads);
      } catch {
        return null;
      }
    });
  }

  #lockNames(source: string): readonly string[] {
    return this.#kept().get(['names', source], () => {
      try {
        return this.#load().lockNames(source);
      } catch {
        return [];
      }
    });
  }

  #kept(): SiteCache {
    return (this.#cache ??= new SiteCache(this.#parserFile));
  }

  #load(): typeof parser {
    if (this.#parser === null) {
      this.#parser = load(this.#parserFile) as typeof parser;
      // The program's modules are not joined by ours.
      forgetModule(this.#parserFile);
    }
    return this.#parser;
  }
}

/** Node has to have been told when it compiles a file. */
const areMapsRead = (): boolean => (process as { readonly sourceMapsEnabled?: boolean }).sourceMapsEnabled === true;

/** Node has them since 24.5. */
const hasWebLocks = 'locks' in threads;
const mayRequestLocks = (source: string): boolean => hasWebLocks && requestsWebLocks(source);

const hasOperation = (source: string): boolean => OPERATION_TEXT.test(source) || mayRequestLocks(source);

function mentions(source: string, names: readonly string[]): boolean {
  const isNamed = CALL_TEXT.test(source) || LIBRARY_TEXT.test(source) || names.some((name) => source.includes(name));
  return isNamed || mayRequestLocks(source);
}

/**
 * Stands where files are loaded. ES modules go by `module.registerHooks` (Node 22.15 and later), CommonJS by
 * `Module.prototype._compile`, which other loaders such as tsx hand their results to.
 *
 * Where the hook has seen a CommonJS file already, `_compile` is Node's own: no frame of ours stands in the stacks of what
 * the file does when it is loaded.
 */
/* eslint-disable @typescript-eslint/unbound-method -- functions are replaced here, and called with the program's own `this` */
import { readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from '../raw.js';
import { disguise } from '../patches/replacement.js';
import type { FileReader, IsModule } from './fileReader.js';

type Compile = (this: ModuleLike, content: unknown, filename: unknown, ...rest: unknown[]) => unknown;
type Extensions = Readonly<Record<string, unknown>>;

interface ModuleLike {
  readonly filename?: unknown;
}

interface ModuleClass {
  readonly prototype: { _compile: Compile };
  readonly _extensions: Extensions;
}

interface LoadContext {
  readonly format?: string | null | undefined;
}

interface Loaded {
  readonly format?: string | null | undefined;
  readonly source?: unknown;
}

type NextLoad = (url: string, context: LoadContext) => Loaded;
type LoadHook = (url: string, context: LoadContext, next: NextLoad) => Loaded;

/** What of Node's module the types of Node 20 do not have. */
interface NewerModule {
  registerHooks?(hooks: { load: LoadHook }): void;
  stripTypeScriptTypes?(code: string, options: { readonly mode: 'strip'; readonly sourceUrl?: string }): string;
}

const newer = nodeModule as NewerModule;

export function hookLoading(reader: FileReader): void {
  const seen = new Set<string>();
  hookCompile(reader, seen);
  newer.registerHooks?.({
    load(url, context, next) {
      const loaded = next(url, context);
      return url.startsWith('file:') ? (editedLoad(reader, seen, url, loaded) ?? loaded) : loaded;
    },
  });
}

/** What a hook gives instead of what was loaded, or null. Never throws. */
function editedLoad(reader: FileReader, seen: Set<string>, url: string, loaded: Loaded): Loaded | null {
  try {
    const { format } = loaded;
    const isTypeScript = format === 'module-typescript';
    if (!isTypeScript && format !== 'module' && format !== 'commonjs' && format != null) return null;
    const text = textOf(loaded.source);
    if (text === null) return null;
    const path = fileURLToPath(url);
    if (format !== 'module' && !isTypeScript) {
      seen.add(path);
      const edited = reader.edited(text, path, path, format === 'commonjs' ? false : null);
      return edited === null ? null : { ...loaded, source: edited };
    }
    const source = isTypeScript ? withoutTypes(text) : text;
    const edited = source === null ? null : reader.edited(source, url, path, true);
    return edited === null ? null : { ...loaded, format: 'module', source: edited };
  } catch {
    return null;
  }
}

function textOf(source: unknown): string | null {
  if (typeof source === 'string') return withoutMark(source);
  if (!(source instanceof Uint8Array) && !(source instanceof ArrayBuffer)) return null;
  return new TextDecoder('utf-8').decode(source);
}

/** Node takes a byte order mark off before it compiles, so positions count without it. */
const withoutMark = (text: string): string => (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);

/** Types become blanks: positions stay. Null: it is more than types. Node tells once that this is experimental. */
function withoutTypes(source: string): string | null {
  const warn = process.emitWarning;
  try {
    process.emitWarning = () => undefined;
    return newer.stripTypeScriptTypes?.(source, { mode: 'strip' }) ?? null;
  } catch {
    return null;
  } finally {
    process.emitWarning = warn;
  }
}

function hookCompile(reader: FileReader, seen: Set<string>): void {
  const { prototype, _extensions: extensions } = load('node:module') as ModuleClass;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, '_compile');
  if (!descriptor?.configurable || typeof descriptor.value !== 'function') return;
  const compile = descriptor.value as Compile;
  const own: Extensions = { ...extensions };
  // V8 calls a frame without a name by the property that holds its function, and an accessor holds none.
  if (compile.name === '') Object.defineProperty(compile, 'name', { value: '_compile', configurable: true });
  const editing = disguise(function (
    this: ModuleLike,
    content: unknown,
    filename: unknown,
    ...rest: unknown[]
  ): unknown {
    return Reflect.apply(compile, this, editedContent(reader, content, filename, rest) ?? [content, filename, ...rest]);
  }, compile);
  /** What the program has put here, if anything. */
  let current: Compile = editing;
  Object.defineProperty(prototype, '_compile', {
    configurable: true,
    enumerable: descriptor.enumerable ?? true,
    get(this: ModuleLike): Compile {
      const { filename } = this;
      if (current !== editing || typeof filename !== 'string') return current;
      // Another loader may have made something else of the file since.
      const extension = extname(filename) in extensions ? extname(filename) : '.js';
      if (extensions[extension] !== own[extension]) return current;
      if (newer.registerHooks === undefined && !isOnDiskWorthReading(reader, filename)) return compile;
      return seen.has(filename) ? compile : current;
    },
    set(this: ModuleLike, value: Compile) {
      if (this === prototype) current = value;
      else Object.defineProperty(this, '_compile', { value, configurable: true, enumerable: true, writable: true });
    },
  });
}

/** Without a hook that sees files before, each is looked at here first: reading it again is cheaper than being seen. */
function isOnDiskWorthReading(reader: FileReader, path: string): boolean {
  try {
    return reader.concerns(readFileSync(path, 'utf8'), path);
  } catch {
    return true;
  }
}

const plainFormats: Readonly<Record<string, string | undefined>> = {
  typescript: undefined,
  'commonjs-typescript': 'commonjs',
  'module-typescript': 'module',
};

/** The arguments for Node's own function, or null where they stay. Never throws. */
function editedContent(
  reader: FileReader,
  content: unknown,
  filename: unknown,
  [format, ...rest]: readonly unknown[],
): unknown[] | null {
  if (typeof content !== 'string' || typeof filename !== 'string') return null;
  try {
    const isTypeScript = typeof format === 'string' && format in plainFormats;
    const source = isTypeScript ? withoutTypes(content) : content;
    const plain = isTypeScript ? plainFormats[format] : format;
    const isModule: IsModule = plain === 'module' ? true : plain === 'commonjs' ? false : null;
    const edited = source === null ? null : reader.edited(source, filename, filename, isModule);
    return edited === null ? null : [edited, filename, plain, ...rest];
  } catch {
    return null;
  }
}

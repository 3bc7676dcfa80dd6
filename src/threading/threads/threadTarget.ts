/** What a thread runs, in the only form that can cross: a module and the name of one of its exports. */
import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { shown } from '../crossing/handle.js';
import { withoutPlace } from './threadError.js';

export interface ThreadTarget {
  /** An absolute URL. */
  readonly module: string;
  readonly exportName: string;
}

const TARGET = Symbol.for('threadlanes.target.1');

interface Targeted {
  [TARGET]?: ThreadTarget;
}

export type AnyFunction = (...args: never[]) => unknown;

/** For the compiler, whose error says the name of the property; at run time there is none. */
export interface MadeByThreadFunction {
  /** What `threadFunction` gives has it, and nothing else: a function as such cannot cross to another thread. */
  readonly 'made by threadFunction': true;
}

/** A function that a thread can run: what {@link threadFunction} makes of one. */
export type ThreadFunction<F extends AnyFunction = AnyFunction> = F & MadeByThreadFunction;

function moduleUrl(module: string | URL): string {
  if (module instanceof URL) return module.href;
  if (isAbsolute(module)) return pathToFileURL(module).href;
  if (URL.canParse(module)) return module;
  throw new TypeError(
    `A thread's module must be a URL or an absolute path (import.meta.url or __filename), got ${JSON.stringify(module)}`,
  );
}

export function targetOf(module: string | URL, exportName: string): ThreadTarget {
  if (typeof exportName !== 'string' || exportName === '') {
    throw new TypeError(
      "A thread's target needs the name that its module exports it by: import.meta.url, 'work'; " +
        `got ${shown(exportName)} after the module`,
    );
  }
  return { module: moduleUrl(module), exportName };
}

/** The target of a function that was made known by {@link threadFunction}; throws a TypeError that says how to. */
export function targetOfFunction(fn: unknown, who: string): ThreadTarget {
  if (typeof fn !== 'function') {
    throw new TypeError(`${who}: expected a function made by threadFunction, got ${shown(fn)}`);
  }
  const target = knownTarget(fn);
  if (target !== undefined) return target;
  const name = fn.name === '' ? 'work' : fn.name;
  throw new TypeError(
    `${who}: a function cannot cross to another thread by itself: export it from a module, as ` +
      `export const ${name} = threadFunction(import.meta.url, '${name}', …)`,
  );
}

/** What this thread has made known so far. */
const functions = new Map<string, AnyFunction>();

const keyOf = ({ module, exportName }: ThreadTarget): string => `${module} ${exportName}`;

/** The function of a target, when its module has been imported in this thread. */
export function functionOf(target: ThreadTarget): AnyFunction | undefined {
  return functions.get(keyOf(target));
}

const FORM = "takes the module, the name of its export and the function: (import.meta.url, 'work', (a, b) => { … })";

export function remember<T extends object>(value: T, target: ThreadTarget): T {
  Object.defineProperty(value, TARGET, { value: target, configurable: true });
  return value;
}

/** The target that a function or class was made known as; not that of a class it extends. */
export function knownTarget(value: object): ThreadTarget | undefined {
  return Object.hasOwn(value, TARGET) ? (value as Targeted)[TARGET] : undefined;
}

/**
 * Makes a function startable as a thread, and gives it back. It must be exported under this very name: the thread imports
 * the module and looks it up there, since a closure cannot cross threads. A generic one is given with its types:
 * `pool.submit(first<number>, [1, 2])`.
 *
 * @param module `import.meta.url`, or `__filename` in CommonJS
 * @example
 * export const download = threadFunction(import.meta.url, 'download', (url: string) => { … });
 * if (isMainThread) new Thread(download, ['https://…']).start();
 */
export function threadFunction<F extends AnyFunction>(
  module: string | URL,
  exportName: string,
  fn: F,
): ThreadFunction<F> {
  if (typeof fn !== 'function') {
    throw new TypeError(`threadFunction: ${FORM}; got ${shown(fn ?? exportName ?? module)} as the last`);
  }
  const target = targetOf(module, exportName);
  functions.set(keyOf(target), fn);
  return remember(fn, target) as ThreadFunction<F>;
}

/** Throws what can be known about a target before its thread is started. */
export function checkModule({ module }: ThreadTarget, who: string): void {
  if (module.startsWith('file:') && !existsSync(fileURLToPath(module))) {
    throw new Error(`${who}: there is no module ${fileURLToPath(module)}`);
  }
}

/** The export, also of a CommonJS module whose names Node could not see from outside. */
export function findExport(namespace: Record<string, unknown>, { module, exportName }: ThreadTarget): AnyFunction {
  const inner = namespace['default'] as Record<string, unknown> | null | undefined;
  const found = namespace[exportName] ?? inner?.[exportName];
  if (typeof found === 'function') return found as AnyFunction;
  const names = Object.keys(namespace).filter((name) => name !== 'default' && name !== 'module.exports');
  const exported = names.length === 0 ? 'nothing' : names.join(', ');
  throw withoutPlace(
    new TypeError(
      `${module} does not export a function or class "${exportName}"; it exports ${exported}: ` +
        wayOut(namespace, { module, exportName }),
    ),
  );
}

function wayOut(namespace: Record<string, unknown>, target: ThreadTarget): string {
  const { module, exportName } = target;
  const isSame = (value: unknown): boolean => {
    const known = typeof value === 'function' ? knownTarget(value) : undefined;
    return known !== undefined && keyOf(known) === keyOf(target);
  };
  const [other] = Object.entries(namespace).find(([, value]) => isSame(value)) ?? [];
  if (other !== undefined && other !== 'default') {
    return `its "${other}" was made known as '${exportName}', and both names have to be the same`;
  }
  const isCommonJs = 'module.exports' in namespace || /\.c[jt]s$/.test(module);
  return `say ${isCommonJs ? `exports.${exportName}` : `export const ${exportName}`} = …`;
}

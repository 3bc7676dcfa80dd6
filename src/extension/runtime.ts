/** Decides what runs a program: the person's setting, a local tsx, or Node with the options that a `.ts` file needs. */
import { basename, dirname, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Result } from '../base/result.js';
import { failure, success } from '../base/result.js';
import type { TraceSettings } from './traceSettings.js';

/** `node` and what stands between it and the program. */
export interface Runtime {
  readonly executable: string;
  readonly options: readonly string[];
}

/** A version as `node --version` prints it: `v22.18.0`. */
export type NodeVersion = readonly [major: number, minor: number];

const OLDEST_NODE = 20;

const extensionKind: Readonly<Record<string, 'javascript' | 'typescript' | 'jsx'>> = {
  '.js': 'javascript',
  '.cjs': 'javascript',
  '.mjs': 'javascript',
  '.ts': 'typescript',
  '.cts': 'typescript',
  '.mts': 'typescript',
  '.jsx': 'jsx',
  '.tsx': 'jsx',
};

/** Whether a file is one that Trace Current Program can run. */
export function isProgram(path: string): boolean {
  return extname(path) in extensionKind;
}

export function parseNodeVersion(text: string): NodeVersion | null {
  const match = /^v(\d+)\.(\d+)\./.exec(text.trim());
  return match ? [Number(match[1]), Number(match[2])] : null;
}

/** What Node itself needs to run TypeScript by stripping its types; null when it cannot. */
export function typeStripping([major, minor]: NodeVersion): readonly string[] | null {
  if (major > 23 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18)) return [];
  return major === 23 || (major === 22 && minor >= 6) ? ['--experimental-strip-types'] : null;
}

/** tsx's loader in the nearest `node_modules` above a file. */
export function findTsx(program: string, exists: (path: string) => boolean): string | null {
  for (let folder = dirname(program); ; folder = dirname(folder)) {
    const loader = join(folder, 'node_modules', 'tsx', 'dist', 'loader.mjs');
    if (exists(loader)) return loader;
    if (dirname(folder) === folder) return null;
  }
}

/** The executable that the settings name, before it is known what it can do. */
export function executableOf(settings: TraceSettings): string {
  return settings.runtime === '' ? 'node' : settings.runtime;
}

/** Whether an executable is Node by its name: only then its version says something. */
export function isNode(executable: string): boolean {
  return /^node(js)?(\.exe)?$/i.test(basename(executable.replaceAll('\\', '/')));
}

/**
 * @param version of the executable; null when it is not Node
 * @param tsx see {@link findTsx}
 */
export function chooseRuntime(
  program: string,
  settings: TraceSettings,
  version: NodeVersion | null,
  tsx: string | null,
): Result<Runtime> {
  const executable = executableOf(settings);
  const given = settings.runtimeArguments;
  // Another runtime knows by itself what it can run.
  if (version === null) return success({ executable, options: given });
  if (version[0] < OLDEST_NODE) {
    return failure(`Tracing needs Node ${OLDEST_NODE} or newer, and ${executable} is Node ${version.join('.')}.`);
  }
  const kind = extensionKind[extname(program)];
  // Who gives options for a loader has decided what runs TypeScript.
  const isDecided = given.some((option) => /^(--import|--loader|--experimental-loader|-r|--require)\b/.test(option));
  if (kind === undefined || kind === 'javascript' || isDecided) return success({ executable, options: given });
  if (tsx !== null) return success({ executable, options: [...given, '--import', pathToFileURL(tsx).href] });
  const stripping = kind === 'typescript' ? typeStripping(version) : null;
  if (stripping !== null) return success({ executable, options: [...given, ...stripping] });
  return failure(
    `Node ${version.join('.')} cannot run ${basename(program)} by itself: install tsx in its folder (npm install --save-dev tsx), or set threadlanes.runtime.`,
  );
}

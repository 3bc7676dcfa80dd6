/** Decides what runs a program: the person's setting, a local tsx, or Node with the options that a `.ts` file needs. */
import { basename, extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Result } from '../base/result.js';
import { failure, success } from '../base/result.js';
import { typeStripping, type NodeVersion } from '../base/typescriptRuntime.js';
import type { TraceSettings } from './traceSettings.js';

/** `node` and what stands between it and the program. */
export interface Runtime {
  readonly executable: string;
  readonly options: readonly string[];
}

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

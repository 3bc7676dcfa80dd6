/**
 * Child processes are of the same run as their parent. Under the launcher the environment says which; where the recorder
 * was loaded by `-r` alone, the run is added to the environment of each child that loads it too, for its recorder only.
 * Children that are waited for synchronously are not announced by Node: theirs is a run of their own.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as diagnosticsChannel from 'node:diagnostics_channel';
import { SETTINGS_VARIABLE } from '../../probe/settings.js';
import { load } from '../raw.js';
import type { ThreadRecorder } from '../threadRecorder.js';

/** What Node's native side gets. */
interface SpawnOptions {
  readonly args?: readonly string[];
  readonly envPairs?: string[];
  readonly cwd?: string;
}

/** Node 20 and 22 give the options, 24 and 26 their values one by one: file, arguments, folder, environment. */
type NativeArguments = readonly [options: SpawnOptions] | readonly unknown[];

function optionsOf([first, args, cwd, envPairs]: NativeArguments): SpawnOptions {
  if (typeof first === 'object' && first !== null) return first;
  return { args, ...(typeof cwd === 'string' && { cwd }), envPairs } as SpawnOptions;
}

interface Handle {
  /** On its prototype. */
  spawn?(...given: NativeArguments): unknown;
}

export function shareRun(recorder: ThreadRecorder, run: string, preloadFile: string): void {
  const { subscribe } = load('node:diagnostics_channel') as typeof diagnosticsChannel;
  subscribe('child_process', (message) => {
    recorder.guard(() => {
      const handle = (message as { readonly process?: { readonly _handle?: Handle } }).process?._handle;
      if (typeof handle?.spawn === 'function') interceptOnce(handle, (options) => addRun(options, run, preloadFile));
    });
  });

  function interceptOnce(handle: Handle, before: (options: SpawnOptions) => void): void {
    const value = (...given: NativeArguments): unknown => {
      delete handle.spawn;
      recorder.guard(() => before(optionsOf(given)));
      // The prototype's again.
      return (handle as Required<Handle>).spawn(...given);
    };
    Object.defineProperty(handle, 'spawn', { value, configurable: true, enumerable: false });
  }
}

function addRun({ args = [], envPairs, cwd = process.cwd() }: SpawnOptions, run: string, preloadFile: string): void {
  if (!Array.isArray(envPairs)) return;
  const valueOf = (name: string): string | undefined => {
    const start = `${name}=`;
    return envPairs.find((pair) => pair.startsWith(start))?.slice(start.length);
  };
  const before = valueOf(SETTINGS_VARIABLE);
  const settings = settingsIn(before);
  if (settings === null || 'run' in settings) return;
  const options = valueOf('NODE_OPTIONS') ?? '';
  if (!options.includes(preloadFile) && !loads([...options.split(/[\s"]+/), ...args], cwd, preloadFile)) return;
  const pair = `${SETTINGS_VARIABLE}=${JSON.stringify({ ...settings, run, before: before ?? null })}`;
  const at = envPairs.findIndex((each) => each.startsWith(`${SETTINGS_VARIABLE}=`));
  if (at < 0) envPairs.push(pair);
  else envPairs[at] = pair;
}

/** Null for what the child will complain about by itself. */
function settingsIn(text: string | undefined): object | null {
  if (!text) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** These arguments of Node load the recorder: by its path, or by its name as a package. */
function loads(words: readonly string[], cwd: string, preloadFile: string): boolean {
  const { resolve } = createRequire(join(cwd, 'any'));
  return words.some((word, i) => {
    const name = /^(?:--require|-r)=(.+)$/.exec(word)?.[1] ?? (/^(?:--require|-r)$/.test(word) ? words[i + 1] : null);
    if (!name) return false;
    try {
      return resolve(name) === preloadFile;
    } catch {
      return false;
    }
  });
}

/**
 * How the recorder gets into a worker whose options would leave it out: `execArgv` replaces the arguments that load it,
 * and an `env` object replaces NODE_OPTIONS. The worker takes both away again before its program looks.
 */
import type { WorkerOptions } from 'node:worker_threads';
import type { HiddenPreload } from '../../probe/definitions.js';

export interface WorkerPreload {
  /** The options to use in place of the program's. */
  readonly options: Partial<Record<'execArgv' | 'env', unknown>>;
  readonly hidden: HiddenPreload;
}

type Given = Pick<WorkerOptions, 'execArgv' | 'env'>;

/**
 * @param hiddenArguments how many of this thread's own arguments are hidden: a worker inherits them from Node's native
 *   side, where they are not
 */
export function preloadFor({ execArgv, env }: Given, preloadFile: string, hiddenArguments: number): WorkerPreload {
  if (execArgv) {
    const preload = ['--require', preloadFile];
    return { options: { execArgv: [...preload, ...execArgv] }, hidden: { arguments: preload.length } };
  }
  // Node compares with `process.env` itself, and then takes what this thread was started with. Not as `execArgv`: what
  // the process was started with, such as `--expose-gc`, may not be given to a worker.
  const isReplaced = typeof env === 'object' && env !== null && env !== process.env;
  const inherited = { options: {}, hidden: { arguments: hiddenArguments } };
  if (!isReplaced || hiddenArguments > 0) return inherited;
  const given = Object.getOwnPropertyDescriptor(env, 'NODE_OPTIONS');
  const before: unknown = given?.value;
  // Anything else than a text Node refuses, or it comes from the program's code.
  if (given && typeof before !== 'string') return inherited;
  if (typeof before === 'string' && before.includes(preloadFile)) return inherited;
  const preload = `--require "${preloadFile.replace(/["\\]/g, '\\$&')}"`;
  const value = before === undefined ? preload : `${before as string} ${preload}`;
  // Getters of the program run once, when Node reads them.
  const added = Object.defineProperties({}, Object.getOwnPropertyDescriptors(env));
  Object.defineProperty(added, 'NODE_OPTIONS', { value, enumerable: true, configurable: true });
  return { options: { env: added }, hidden: { arguments: 0, nodeOptions: (before as string | undefined) ?? null } };
}

/** In the worker: makes its arguments and environment what the program gave. */
export function hidePreload({ arguments: count, nodeOptions }: HiddenPreload): void {
  process.execArgv.splice(0, count);
  if (nodeOptions === undefined) return;
  if (nodeOptions === null) delete process.env['NODE_OPTIONS'];
  else process.env['NODE_OPTIONS'] = nodeOptions;
}

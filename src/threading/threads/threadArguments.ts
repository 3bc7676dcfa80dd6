/** Reads what the forms of `new Thread(…)` are given. */
import { checkFlag, checkOptions, libraryClasses, shown } from '../crossing/handle.js';
import type { PoolStart } from '../pools/poolStart.js';
import { knownTarget, targetOf, targetOfFunction, type ThreadTarget } from './threadTarget.js';

export interface ThreadOptions {
  /** What messages, the timeline and the process's tools call it. Default `Thread-1`, `Thread-2`, … */
  readonly name?: string;
  /** True: the process does not wait for it at its end. Default false. */
  readonly daemon?: boolean;
}

/** What this thread alone knows of a Thread: where it was constructed, what to run. */
export interface Origin {
  readonly target: ThreadTarget;
  /** `undefined` for an instance of a thread class. */
  readonly args: readonly unknown[] | undefined;
  /** Of a thread of an executor: what it is started with, and whom to tell that its worker is gone. */
  readonly pool?: PoolStart;
  readonly onExit?: () => void;
}

export function readArguments(
  type: { readonly name: string },
  [first, second, third, fourth]: readonly unknown[],
): { origin: Origin; options: ThreadOptions } {
  if (typeof first === 'function') {
    const target = targetOfFunction(first, 'Thread');
    return { origin: { target, args: checkArgs(second) }, options: checkThreadOptions(third) };
  }
  if (typeof first === 'string' || first instanceof URL) {
    const target = targetOf(first, second as string);
    return { origin: { target, args: checkArgs(third) }, options: checkThreadOptions(fourth) };
  }
  const target = knownTarget(type);
  if (target === undefined) throw new TypeError(noTarget(type, first));
  return { origin: { target, args: undefined }, options: checkThreadOptions(first) };
}

function noTarget(type: { readonly name: string }, first: unknown): string {
  if (!libraryClasses.has(type)) {
    const name = type.name === '' ? 'Work' : type.name;
    return (
      `${name}: a thread class has to be exported and made known: ` +
      `export const ${name} = threadClass(import.meta.url, '${name}', class extends Thread { … })`
    );
  }
  const got = first === undefined ? '' : `; got ${shown(first)}`;
  return (
    'Thread: needs a target first: new Thread(work, [a, b], { name }), where work is a function made by threadFunction, ' +
    `or a module and the name of its export, or a subclass made by threadClass${got}`
  );
}

function checkThreadOptions(given: unknown): ThreadOptions {
  if (given === undefined) return {};
  checkOptions(given as object, 'Thread', ['name', 'daemon']);
  const options = given as ThreadOptions;
  checkFlag(
    options.daemon,
    'daemon',
    typeof options.name === 'string' ? { kind: 'thread', name: options.name } : 'Thread',
  );
  return options;
}

function checkArgs(args: unknown): readonly unknown[] {
  if (args === undefined) return [];
  if (Array.isArray(args)) return args;
  throw new TypeError(`Thread: its arguments must be an array such as [a, b], got ${shown(args)}`);
}

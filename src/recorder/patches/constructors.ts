/** Constructors of `node:worker_threads` that are globals too. */
/* eslint-disable @typescript-eslint/unbound-method -- functions are replaced here, and called with the program's own `this` */
import { apply, construct, now, threads } from '../raw.js';
import { disguise } from './replacement.js';
import { standInFor, type Construct, type Make } from './standIn.js';

type Name = 'MessageChannel' | 'BroadcastChannel';

/**
 * Sees every object that a constructor makes, by whatever name the program has the constructor.
 * @param made must not throw; `skip` is the constructor as the program knows it, `since` the time (ms) of its call
 */
export function patchConstructor(
  name: Name,
  made: (object: object, skip: (...args: never[]) => unknown, since: number) => void,
): void {
  const Original = threads[name] as unknown as Construct;
  const make: Make = (args, newTarget) => {
    let since = 0;
    try {
      since = now();
    } catch {
      // The program replaced `Function.prototype.call`, and the next event will say so.
    }
    const object = construct<unknown[], object>(Original, args, newTarget);
    made(object, Patched as never, since);
    return object;
  };
  const Patched = standInFor(name, Original, make);
  (threads as Record<Name, unknown>)[name] = Patched;
  replaceGlobal(name, Original, Patched);
}

/** Node 20 loads a global when it is first read, and makes a plain property of it then. */
function replaceGlobal(name: Name, Original: Construct, Patched: Construct): void {
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, name);
  if (descriptor?.value === Original) {
    Object.defineProperty(globalThis, name, { value: Patched });
    return;
  }
  const { get, set } = descriptor ?? {};
  if (!get || !set) return;
  // A plain function, as Node's.
  const lazy = function (this: unknown): unknown {
    const value: unknown = apply(get, this, []);
    if (value !== Original) return value;
    Object.defineProperty(globalThis, name, { value: Patched });
    return Patched;
  };
  Object.defineProperty(globalThis, name, { get: disguise(lazy, get) });
}

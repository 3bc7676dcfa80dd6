/** Constructors of `node:worker_threads` that are globals too. */
/* eslint-disable @typescript-eslint/unbound-method -- functions are replaced here, and called with the program's own `this` */
import { showTextOf } from '../functionText.js';
import { now, threads } from '../raw.js';
import { disguise } from './replacement.js';

type Name = 'MessageChannel' | 'BroadcastChannel';
type Construct = new (...args: unknown[]) => object;

/**
 * Sees every object that a constructor makes, by whatever name the program has the constructor.
 * @param made must not throw; `skip` is the constructor as the program knows it, `since` the time (ms) of its call
 */
export function patchConstructor(
  name: Name,
  made: (object: object, skip: (...args: never[]) => unknown, since: number) => void,
): void {
  const Original = threads[name] as unknown as Construct;
  const Patched: Construct = new Proxy(Original, {
    construct(target, args, newTarget: Construct): object {
      const since = now();
      // With the Proxy as `new.target`, V8 would not find the class's name for stacks.
      const object: object = Reflect.construct(target, args, newTarget === Patched ? target : newTarget);
      made(object, Patched as never, since);
      return object;
    },
  });
  showTextOf(Patched, Original);
  (threads as Record<Name, unknown>)[name] = Patched;
  Object.defineProperty(Original.prototype, 'constructor', { value: Patched });
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
    const value: unknown = Reflect.apply(get, this, []);
    if (value !== Original) return value;
    Object.defineProperty(globalThis, name, { value: Patched });
    return Patched;
  };
  Object.defineProperty(globalThis, name, { get: disguise(lazy, get) });
}

/**
 * A constructor in the place of Node's: a class for a class, a function for a function. `util.inspect` tells them apart
 * by their text as V8 has it, and stacks name an object by the `constructor` of its prototype, which a Proxy cannot be.
 */
import { disguise } from './replacement.js';
import { apply } from '../raw.js';

export type Construct = new (...args: unknown[]) => object;
/** Makes the object, as a constructor does that was called with `new`. */
export type Make = (args: unknown[], newTarget: Construct) => object;
export type StandInName = keyof typeof shells;

/** V8 takes the names that stacks show from these properties, which a bundler leaves as they are. */
const shells = {
  Worker: (make: Make) =>
    ({
      Worker: class extends null {
        constructor(...args: unknown[]) {
          return make(args, new.target);
        }
      },
    }).Worker,
  BroadcastChannel: (make: Make) =>
    ({
      BroadcastChannel: class extends null {
        constructor(...args: unknown[]) {
          return make(args, new.target);
        }
      },
    }).BroadcastChannel,
  MessageChannel: (make: Make, call: (args: unknown[]) => unknown) =>
    ({
      MessageChannel: function (this: void, ...args: unknown[]): unknown {
        return new.target === undefined ? call(args) : make(args, new.target as unknown as Construct);
      },
    }).MessageChannel,
} as const;

/**
 * The prototype of a class is its own and cannot be given away: its instances inherit from a copy. Whatever is replaced
 * on Node's prototype has to be so before.
 */
export function standInFor<T>(name: StandInName, original: T, make: Make): T {
  const Original = original as Construct;
  const call = (args: unknown[]): unknown => apply(Original as never, undefined, args);
  const StandIn = shells[name](make, call) as unknown as Construct;
  if (isClass(StandIn)) copyMembers(Original.prototype as object, StandIn.prototype as object);
  return disguise(StandIn, Original) as T;
}

const isClass = (constructor: object): boolean =>
  Object.getOwnPropertyDescriptor(constructor, 'prototype')?.writable === false;

function copyMembers(from: object, to: object): void {
  for (const key of Reflect.ownKeys(from)) {
    if (key === 'constructor') continue;
    Object.defineProperty(to, key, Object.getOwnPropertyDescriptor(from, key) as PropertyDescriptor);
  }
  Object.setPrototypeOf(to, Object.getPrototypeOf(from) as object | null);
}

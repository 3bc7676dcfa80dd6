/** How one function takes another's place without being seen. */
import { showTextOf } from '../functionText.js';

/**
 * Gives a function the properties of the one that it stands for: name, length, prototypes, whatever else hangs on it,
 * and its text. Whether `new` works on it is for the caller: a method stands for a method, a `function` for one, a class for
 * a class, whose prototype stays its own.
 */
export function disguise<T extends object>(replacement: T, original: object): T {
  for (const key of Reflect.ownKeys(original)) {
    const descriptor = Object.getOwnPropertyDescriptor(original, key) as PropertyDescriptor;
    // A class keeps the one that it was made with.
    if (key === 'prototype' && !isWritable(replacement, key)) continue;
    // The `prototype` of a function is there from the start and only its value can change.
    Object.defineProperty(replacement, key, descriptor);
    const { value } = descriptor as { value: unknown };
    if (key === 'prototype' && typeof value === 'object' && value !== null) {
      const constructor = Object.getOwnPropertyDescriptor(value, 'constructor');
      if (constructor?.configurable)
        Object.defineProperty(value, 'constructor', { ...constructor, value: replacement });
    }
  }
  const prototype: unknown = Object.getPrototypeOf(original);
  if (prototype !== Object.getPrototypeOf(replacement)) Object.setPrototypeOf(replacement, prototype as object | null);
  showTextOf(replacement, original);
  return replacement;
}

const isWritable = (target: object, key: string): boolean =>
  Object.getOwnPropertyDescriptor(target, key)?.writable !== false;

/** Puts a function in the place of another one: same shape, same attributes of the property that holds it. */
export function replace<T extends object, K extends keyof T>(target: T, key: K, replacement: T[K] & object): void {
  const original = target[key] as object;
  const descriptor = Object.getOwnPropertyDescriptor(target, key) ?? {
    writable: true,
    configurable: true,
    enumerable: false,
  };
  Object.defineProperty(target, key, { ...descriptor, value: disguise(replacement, original) });
}

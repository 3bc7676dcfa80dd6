/** What the patches of messages have in common: the prototype of ports, and Node's own names on it. */
import type { MessagePort } from 'node:worker_threads';
import { threads } from '../raw.js';

export type PortMethod = (this: MessagePort, ...args: unknown[]) => unknown;

export const portPrototype = threads.MessagePort.prototype as unknown as Record<string | symbol, PortMethod>;

/** Node's own name for the one method that every form of listener is called through (20 to 26). */
export const DISPATCH = Symbol.for('nodejs.internal.kHybridDispatch');

/** Puts a method where none is of its own; the one that it calls is inherited. */
export function override(prototype: object, key: symbol, method: PortMethod, inherited: PortMethod): void {
  for (const property of ['name', 'length'] as const) {
    const descriptor = Object.getOwnPropertyDescriptor(inherited, property);
    if (descriptor) Object.defineProperty(method, property, descriptor);
  }
  Object.defineProperty(prototype, key, { value: method, configurable: true, writable: true, enumerable: false });
}

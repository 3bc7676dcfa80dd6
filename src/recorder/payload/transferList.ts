/** The ports of a transfer list. */
import type { MessagePort } from 'node:worker_threads';
import { threads } from '../raw.js';

/* eslint-disable-next-line @typescript-eslint/unbound-method -- called by `Reflect.apply` */
const { isPrototypeOf } = Object.prototype;

const isPort = (value: unknown): value is MessagePort =>
  typeof value === 'object' && value !== null && Reflect.apply(isPrototypeOf, threads.MessagePort.prototype, [value]);

/** What a data property holds: getters are the program's code, which Node alone runs. */
const valueOf = (target: object, key: PropertyKey): unknown => Object.getOwnPropertyDescriptor(target, key)?.value;

/**
 * In the order of the list, which is that in which Node shows them to the receiver; null when it cannot be read without
 * running the program's code: an iterable, a getter.
 * @param given the list, or the options that hold it
 */
export function transferredPorts(given: unknown): MessagePort[] | null {
  if (typeof given !== 'object' || given === null) return [];
  const list = Array.isArray(given) ? given : valueOf(given, 'transfer');
  if (!Array.isArray(list)) return null;
  const ports: MessagePort[] = [];
  for (let i = 0; i < list.length; i++) {
    const item = valueOf(list, i);
    if (isPort(item)) ports.push(item);
  }
  return ports;
}

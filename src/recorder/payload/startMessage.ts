/**
 * The message by which Node starts a worker. It holds `workerData`, all environment data and the transfer list at once, so
 * that what the recorder names in its own part of it is, in the worker, the very same object.
 */
/* eslint-disable @typescript-eslint/unbound-method -- functions as Node made them, called by `Reflect.apply` */
import { types } from 'node:util';
import type { Handover } from '../../probe/definitions.js';
import { HANDOVER_KEY } from '../workers/handover.js';
import type { Carried } from './walk.js';
import { walkPayload } from './walk.js';

const mapEntries = Map.prototype.forEach;
const mapGet = Map.prototype.get;

/** What this Node calls the parts of the message (20 to 26). */
const valueOf = (message: object, key: 'environmentData' | 'workerData'): unknown =>
  Object.getOwnPropertyDescriptor(message, key)?.value;

const environmentOf = (message: unknown): object | null => {
  const data = typeof message === 'object' && message !== null ? valueOf(message, 'environmentData') : undefined;
  return types.isMap(data) ? data : null;
};

/** What the recorder gives to the worker that a message starts; null for all other messages. */
export function handoverIn(message: unknown): Handover | null {
  const environment = environmentOf(message);
  return environment && ((Reflect.apply(mapGet, environment, [HANDOVER_KEY]) as Handover | undefined) ?? null);
}

/** The shared memory that a worker is started with. The recorder's own is left out. */
export function buffersOfStart(message: object): Pick<Carried, 'buffers' | 'isWhole'> {
  const parts = [walkPayload(valueOf(message, 'workerData'))];
  Reflect.apply(mapEntries, environmentOf(message), [
    (value: unknown, key: unknown) => {
      if (key !== HANDOVER_KEY) parts.push(walkPayload(key), walkPayload(value));
    },
  ]);
  const buffers = new Set(parts.flatMap((part) => part.buffers));
  return { buffers: [...buffers], isWhole: parts.every((part) => part.isWhole) };
}

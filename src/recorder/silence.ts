/** What Node does for the collector's thread is nobody's news: neither its subscribers' nor that of replaced methods. */
import type * as diagnosticsChannel from 'node:diagnostics_channel';
import type { Worker } from 'node:worker_threads';
import { load, threads, workerPrototype } from './raw.js';

const { defineProperty, deleteProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;

interface Method {
  readonly holder: object;
  readonly key: string | symbol;
  readonly descriptor: PropertyDescriptor;
}

/** Methods that Node calls on workers and ports, as they were before the recorder or the program replaced any. */
const methods: readonly Method[] = prototypesOf(threads.MessagePort.prototype)
  .concat(prototypesOf(workerPrototype))
  .flatMap((holder) => ownKeys(holder).map((key) => ({ holder, key, descriptor: ownMethod(holder, key) })))
  .filter((method): method is Method => method.descriptor !== null);

function prototypesOf(first: object): object[] {
  const prototypes: object[] = [];
  for (let each: object | null = first; each !== null && each !== Object.prototype; each = getPrototypeOf(each)) {
    prototypes.push(each);
  }
  return prototypes;
}

function ownMethod(holder: object, key: string | symbol): PropertyDescriptor | null {
  const descriptor = getOwnPropertyDescriptor(holder, key);
  const isMethod = key !== 'constructor' && typeof descriptor?.value === 'function';
  return isMethod && descriptor.configurable === true ? descriptor : null;
}

/** Runs `construct`, which must not call the program, while Node finds its own methods. */
export function withNodesMethods<T>(construct: () => T): T {
  const restores = methods.map(restored);
  try {
    return construct();
  } finally {
    for (const restore of restores) restore?.();
  }
}

/** Makes a worker; the channel `worker_threads` publishes nothing of it. */
export function withoutNews(construct: () => Worker): Worker {
  const { channel } = load('node:diagnostics_channel') as typeof diagnosticsChannel;
  const restore = put(channel('worker_threads'), 'publish', { value: () => {}, configurable: true });
  try {
    return withNodesMethods(() => {
      const worker = construct();
      // It says later that it is there.
      defineProperty(worker, 'emit', { value: worker.emit.bind(worker) });
      return worker;
    });
  } finally {
    restore();
  }
}

/** Null: it is Node's. */
function restored({ holder, key, descriptor }: Method): (() => void) | null {
  const current = getOwnPropertyDescriptor(holder, key);
  return current !== undefined && current.value === descriptor.value ? null : put(holder, key, descriptor);
}

/** Where the program made it read-only, it stays. Gives what undoes it. */
function put(holder: object, key: string | symbol, descriptor: PropertyDescriptor): () => void {
  const own = getOwnPropertyDescriptor(holder, key);
  defineProperty(holder, key, descriptor);
  return () => void (own ? defineProperty(holder, key, own) : deleteProperty(holder, key));
}

/**
 * Finds the message ports and shared buffers of a value, in the order in which V8's serializer writes them: depth first,
 * at the first visit, own enumerable string keys with the integers first. So both sides of a message count alike.
 *
 * No code of the program is run: accessors are not called, proxies not touched. What an accessor would give can shift all
 * that comes after it, so a walk ends there, as it does at its limits: what was found before is still right.
 */
/* eslint-disable @typescript-eslint/unbound-method -- functions as Node made them, called by `Reflect.apply` */
import type { MessagePort } from 'node:worker_threads';
import { types } from 'node:util';
import { threads } from '../raw.js';

/** Values, primitive ones included. */
const MAX_VALUES = 20_000;
const MAX_DEPTH = 200;

export interface Carried {
  readonly ports: MessagePort[];
  readonly buffers: SharedArrayBuffer[];
  /** False: there may be more of them. */
  isWhole: boolean;
}

type Getter = (this: unknown) => unknown;

const getterOf = (prototype: object, name: string): Getter =>
  Object.getOwnPropertyDescriptor(prototype, name)?.get as Getter;
const typedArrayBuffer = getterOf(Object.getPrototypeOf(Int8Array.prototype) as object, 'buffer');
const dataViewBuffer = getterOf(DataView.prototype, 'buffer');
// A Node without WebAssembly (`--jitless`) has no memories either.
const memoryPrototype = (globalThis as { WebAssembly?: { Memory: { prototype: object } } }).WebAssembly?.Memory
  .prototype;
const memoryBuffer = memoryPrototype && getterOf(memoryPrototype, 'buffer');
const portPrototype = threads.MessagePort.prototype as object;

const { getOwnPropertyDescriptor, keys } = Object;
const isPrototypeOf = (prototype: object, value: object): boolean =>
  Reflect.apply(Object.prototype.isPrototypeOf, prototype, [value]);
// As Node made them: the program may replace them.
const { isArray } = Array;
const { isSharedArrayBuffer } = types;
const { isView } = ArrayBuffer;
const mapEntries = Map.prototype.forEach;
const setEntries = Set.prototype.forEach;

/** The buffer of a view or of a WebAssembly memory; undefined for everything else. */
function bufferOf(value: object): unknown {
  if (types.isSharedArrayBuffer(value)) return value;
  if (isView(value)) return Reflect.apply(types.isDataView(value) ? dataViewBuffer : typedArrayBuffer, value, []);
  if (!memoryPrototype || !memoryBuffer || !isPrototypeOf(memoryPrototype, value)) return undefined;
  try {
    return Reflect.apply(memoryBuffer, value, []);
  } catch {
    // An object that only inherits from a memory.
    return undefined;
  }
}

/**
 * The shared buffer that a message is, by itself or by a view of it. It costs 2 % of a post; to ask whether it is a memory
 * or a proxy costs 10 %, to look at its properties 15 %.
 */
export function bufferItself(message: object): SharedArrayBuffer | undefined {
  const buffer = isView(message) ? bufferOf(message) : message;
  return isSharedArrayBuffer(buffer) ? buffer : undefined;
}

/** Written without the properties that it may have beside. */
const isLeaf = (value: object): boolean =>
  types.isDate(value) ||
  types.isRegExp(value) ||
  types.isBoxedPrimitive(value) ||
  types.isAnyArrayBuffer(value) ||
  types.isPromise(value) ||
  types.isExternal(value);

class Walk implements Carried {
  readonly ports: MessagePort[] = [];
  readonly buffers: SharedArrayBuffer[] = [];
  readonly #seen = new Set<object>();
  #left: number;
  isWhole = true;

  constructor(limit: number) {
    this.#left = limit;
  }

  visit(value: unknown, depth: number): void {
    if (!this.isWhole) return;
    if (--this.#left < 0 || depth > MAX_DEPTH) this.isWhole = false;
    else if (typeof value === 'object' && value !== null && !this.#seen.has(value)) this.#enter(value, depth + 1);
  }

  #enter(value: object, depth: number): void {
    // Cannot be cloned, and looking at its prototype would run the program's code.
    if (types.isProxy(value)) return;
    this.#seen.add(value);
    if (isArray(value)) {
      // Keys are listed at once.
      if (value.length > this.#left) this.#firstElements(value, depth);
      else this.#properties(value, depth);
      return;
    }
    const buffer = bufferOf(value);
    if (buffer !== undefined) this.#buffer(buffer as object, buffer === value);
    else if (types.isMap(value)) {
      Reflect.apply(mapEntries, value, [
        (item: unknown, key: unknown) => {
          this.visit(key, depth);
          this.visit(item, depth);
        },
      ]);
    } else if (types.isSet(value)) Reflect.apply(setEntries, value, [(item: unknown) => this.visit(item, depth)]);
    else if (types.isNativeError(value)) this.#property(value, 'cause', depth);
    else if (isPrototypeOf(portPrototype, value)) this.ports.push(value as MessagePort);
    else if (!isLeaf(value)) this.#properties(value, depth);
  }

  #buffer(buffer: object, isItself: boolean): void {
    if (!types.isSharedArrayBuffer(buffer) || (!isItself && this.#seen.has(buffer))) return;
    this.#seen.add(buffer);
    this.buffers.push(buffer);
  }

  #firstElements(array: readonly unknown[], depth: number): void {
    for (let i = 0; this.isWhole; i++) {
      if (--this.#left < 0) this.isWhole = false;
      else this.#property(array, i, depth);
    }
  }

  #properties(value: object, depth: number): void {
    for (const key of keys(value)) {
      if (!this.isWhole) return;
      this.#property(value, key, depth);
    }
  }

  #property(value: object, key: string | number, depth: number): void {
    const property = getOwnPropertyDescriptor(value, key);
    if (property === undefined) return;
    if ('value' in property) this.visit(property.value, depth);
    else this.isWhole = false;
  }
}

const NOTHING: Carried = { ports: [], buffers: [], isWhole: true };

/** @param limit values that are looked at; the side that looks at fewer finds the first of what the other one finds */
export function walkPayload(payload: unknown, limit = MAX_VALUES): Carried {
  if (typeof payload !== 'object' || payload === null) return NOTHING;
  const walk = new Walk(limit);
  walk.visit(payload, 0);
  return walk;
}

/** The word of shared memory that a call of Atomics means, found without running anything of the program. */
/* eslint-disable @typescript-eslint/unbound-method -- these functions need no `this` */
import { types } from 'node:util';

const { apply } = Reflect;
const { isSharedArrayBuffer } = types;

const typedArray = Object.getPrototypeOf(Int32Array.prototype) as object;
type Getter = (this: unknown) => unknown;
const getterOf = (name: string | symbol): Getter => Object.getOwnPropertyDescriptor(typedArray, name)?.get as Getter;
const kindOf = getterOf(Symbol.toStringTag);
const bufferOf = getterOf('buffer');
const lengthOf = getterOf('length');
const byteOffsetOf = getterOf('byteOffset');

/** The kinds of arrays that Atomics take. */
interface ElementKind {
  readonly bytes: number;
  /** How far an Int32 is shifted so that only the bits of an element are left. */
  readonly shift: number;
  /** An element is not negative and fits an Int32. */
  readonly isUnsigned: boolean;
  readonly isBig: boolean;
  /** Atomics can wait for it. */
  readonly isWaitable: boolean;
}

const kind = (bytes: number, isUnsigned = false, isWaitable = false): ElementKind => {
  return { bytes, shift: bytes < 4 ? 32 - 8 * bytes : 0, isUnsigned, isBig: bytes === 8, isWaitable };
};

const kinds: ReadonlyMap<unknown, ElementKind> = new Map([
  ['Int8Array', kind(1)],
  ['Uint8Array', kind(1, true)],
  ['Int16Array', kind(2)],
  ['Uint16Array', kind(2, true)],
  ['Int32Array', kind(4, false, true)],
  ['Uint32Array', kind(4)],
  ['BigInt64Array', kind(8, false, true)],
  ['BigUint64Array', kind(8)],
]);

/** A typed array over shared memory. */
export interface SharedView extends ElementKind {
  readonly buffer: SharedArrayBuffer;
  /** Where it starts in its buffer, in bytes. */
  readonly start: number;
  /** Elements that it has at least: an array without a length of its own grows with its buffer. */
  length: number;
}

/** Null when Atomics refuse the array, or when no other thread can see it. */
export function sharedViewOf(array: unknown): SharedView | null {
  const element = kinds.get(apply(kindOf, array, []));
  if (element === undefined) return null;
  const buffer = apply(bufferOf, array, []);
  if (!isSharedArrayBuffer(buffer)) return null;
  const start = apply(byteOffsetOf, array, []) as number;
  return { ...element, buffer, start, length: apply(lengthOf, array, []) as number };
}

/** Which element an index means; -1 when Atomics refuse it, or when converting it would run the program's code. */
export function positionIn(view: SharedView, array: unknown, index: unknown): number {
  if (index !== null && (typeof index === 'object' || typeof index === 'function')) return -1;
  if (typeof index === 'symbol' || typeof index === 'bigint') return -1;
  const position = Math.trunc(Number(index)) || 0;
  if (position >= view.length) view.length = apply(lengthOf, array, []) as number;
  return position >= 0 && position < view.length ? position : -1;
}

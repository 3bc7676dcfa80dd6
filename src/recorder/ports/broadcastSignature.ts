/**
 * What a broadcast message looks like: the same number before it is posted and after it was cloned. Receivers of several
 * senders are matched by it. Looks at a bounded part, at data properties only, and calls nothing of the program's.
 */
import { types } from 'node:util';

const MAX_NODES = 32;
const MAX_DEPTH = 3;
/** Of a string, a list or an object's keys. */
const MAX_PARTS = 16;

/** The message cannot be told from any other. */
export const UNKNOWN_SIGNATURE = 0;

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);

/** Something that cloning changes or that only the program's code could tell. */
class Opaque extends Error {}
const opaque = new Opaque();

/** FNV-1a over 32-bit words. */
class Hash {
  value = 0x811c9dc5 | 0;
  nodes = 0;

  add(word: number): void {
    this.value = Math.imul(this.value ^ word, 0x01000193);
    this.value ^= this.value >>> 15;
  }

  number(value: number): void {
    double[0] = Number.isNaN(value) ? NaN : value;
    this.add(words[0] as number);
    this.add(words[1] as number);
  }

  text(value: string): void {
    this.add(value.length);
    for (let i = Math.min(value.length, MAX_PARTS); i-- > 0;) this.add(value.charCodeAt(i));
    for (let i = Math.max(value.length - MAX_PARTS, 0); i < value.length; i++) this.add(value.charCodeAt(i));
  }
}

/** A 32-bit integer, or {@link UNKNOWN_SIGNATURE}. */
export function broadcastSignature(message: unknown): number {
  const hash = new Hash();
  try {
    addValue(hash, message, 0);
  } catch (error) {
    if (error === opaque) return UNKNOWN_SIGNATURE;
    throw error;
  }
  return hash.value === UNKNOWN_SIGNATURE ? 1 : hash.value;
}

const PRIMITIVE_TAGS: Readonly<Record<string, number>> = { undefined: 1, boolean: 2, number: 3, string: 4, bigint: 5 };

function addValue(hash: Hash, value: unknown, depth: number): void {
  if (hash.nodes++ >= MAX_NODES) return;
  if (value === null) return hash.add(6);
  hash.add(PRIMITIVE_TAGS[typeof value] ?? 7);
  switch (typeof value) {
    case 'boolean':
      return hash.add(value ? 1 : 0);
    case 'number':
      return hash.number(value);
    case 'string':
      return hash.text(value);
    case 'bigint':
      return hash.add(Number(BigInt.asIntN(32, value)));
    case 'object':
      return addObject(hash, value, depth);
    case 'undefined':
      return;
    case 'function':
    case 'symbol':
      throw opaque;
  }
}

/** Objects whose own properties do not travel with them. */
const CLOSED: readonly ((value: object) => boolean)[] = [
  types.isMap,
  types.isSet,
  types.isDate,
  types.isRegExp,
  types.isNativeError,
  types.isAnyArrayBuffer,
  types.isTypedArray,
  types.isDataView,
  types.isBoxedPrimitive,
];

function addObject(hash: Hash, value: object, depth: number): void {
  if (types.isProxy(value)) throw opaque;
  const kind = CLOSED.findIndex((isKind) => isKind(value));
  hash.add(8 + kind);
  if (kind >= 0) return;
  const isList = Array.isArray(value);
  if (isList) hash.add(value.length);
  const keys = isList ? listKeys(value) : Object.keys(value);
  hash.add(keys.length);
  for (const key of keys.slice(0, MAX_PARTS)) {
    const property = Object.getOwnPropertyDescriptor(value, key);
    if (property && !('value' in property)) throw opaque;
    hash.text(key);
    if (depth < MAX_DEPTH) addValue(hash, property?.value, depth + 1);
  }
}

/** A long list's keys are not made for this. */
const listKeys = (list: readonly unknown[]): readonly string[] =>
  Array.from({ length: Math.min(list.length, MAX_PARTS) }, (_, index) => String(index));

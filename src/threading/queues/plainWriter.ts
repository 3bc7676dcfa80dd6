/** A small plain value into the thread's buffer: see `plainItem.ts`. */
import { isHalfWritten, setHalfWritten, smallBytes as bytes, SMALL_BYTES } from './itemBytes.js';
import { double, doubleBytes, KIND, STRING_HEAD } from './plainItem.js';

/** One byte counts them. */
const MAX_PARTS = 255;
/** Longer arrays gain nothing. */
const MAX_ARRAY = 16;
const MAX_OBJECTS = 12;
/** A head of 9 bytes always fits behind this. */
const LIMIT = SMALL_BYTES - 16;

/** The objects met in this value: one that comes twice must come back as one. */
const met = new Array<object | undefined>(MAX_OBJECTS).fill(undefined);
let metCount = 0;
let at = 0;

/** The length of the bytes written into the thread's buffer, or -1 when the value is none of those. */
export function writePlain(value: unknown): number {
  if (isHalfWritten) return -1;
  at = 0;
  if (typeof value !== 'object') return write(value) ? at : -1;
  setHalfWritten(true);
  try {
    return write(value) ? at : -1;
  } finally {
    setHalfWritten(false);
    while (metCount > 0) met[--metCount] = undefined;
  }
}

/** Longer strings go another way. */
const SHORT = 100;

/** Whether the thread's buffer begins with this string now, a byte for each character. */
export function writeShort(value: string): boolean {
  const { length } = value;
  if (length > SHORT || isHalfWritten) return false;
  for (let i = 0; i < length; i++) {
    const code = value.charCodeAt(i);
    if (code > 255) return false;
    bytes[i] = code;
  }
  return true;
}

function isMet(value: object): boolean {
  for (let i = 0; i < metCount; i++) if (met[i] === value) return true;
  return false;
}

function write(value: unknown): boolean {
  if (at > LIMIT) return false;
  switch (typeof value) {
    case 'string':
      return writeString(value);
    case 'number':
      writeNumber(value);
      return true;
    case 'boolean':
      bytes[at++] = value ? KIND.TRUE : KIND.FALSE;
      return true;
    case 'undefined':
      bytes[at++] = KIND.UNDEFINED;
      return true;
    case 'object':
      if (value !== null) return writeObject(value);
      bytes[at++] = KIND.NULL;
      return true;
    default:
      return false;
  }
}

function writeNumber(value: number): void {
  // Not minus zero.
  if ((value | 0) === value && (value !== 0 || 1 / value > 0)) {
    if (value >= -128 && value < 128) {
      bytes[at] = KIND.INT8;
      bytes[at + 1] = value;
      at += 2;
      return;
    }
    bytes[at] = KIND.INT32;
    bytes[at + 1] = value;
    bytes[at + 2] = value >> 8;
    bytes[at + 3] = value >> 16;
    bytes[at + 4] = value >> 24;
    at += 5;
    return;
  }
  bytes[at++] = KIND.DOUBLE;
  double[0] = value;
  for (let i = 0; i < 8; i++) bytes[at + i] = doubleBytes[i] as number;
  at += 8;
}

function writeString(value: string): boolean {
  const { length } = value;
  const start = at;
  const first = start + STRING_HEAD;
  if (first + 2 * length > LIMIT) return false;
  bytes[start] = KIND.LATIN;
  bytes[start + 1] = length;
  bytes[start + 2] = length >> 8;
  for (let i = 0; i < length; i++) {
    const code = value.charCodeAt(i);
    if (code > 255) {
      writeUtf16(value, start);
      return true;
    }
    bytes[first + i] = code;
  }
  at = first + length;
  return true;
}

function writeUtf16(value: string, start: number): void {
  bytes[start] = KIND.UTF16;
  let end = start + STRING_HEAD;
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    bytes[end] = unit;
    bytes[end + 1] = unit >> 8;
    end += 2;
  }
  at = end;
}

function writeObject(value: object): boolean {
  if (metCount === MAX_OBJECTS || isMet(value)) return false;
  met[metCount++] = value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype) return writeProperties(value as Record<string, unknown>);
  return prototype === Array.prototype && Array.isArray(value) && writeArray(value);
}

function writeProperties(value: Record<string, unknown>): boolean {
  const keys = Object.keys(value);
  const { length } = keys;
  if (length > MAX_PARTS) return false;
  bytes[at] = KIND.OBJECT;
  bytes[at + 1] = length;
  at += 2;
  for (let i = 0; i < length; i++) {
    const key = keys[i] as string;
    if (!writeKey(key) || !writeProperty(value, key)) return false;
  }
  return true;
}

/** A getter is left to V8's serializer, which may have to copy the item anyway: called here, it would be called twice. */
function writeProperty(owner: object, key: string | number): boolean {
  const property = Object.getOwnPropertyDescriptor(owner, key);
  return property !== undefined && property.get === undefined && write(property.value);
}

function writeKey(key: string): boolean {
  const { length } = key;
  const first = at + 1;
  if (length > MAX_PARTS || first + length > LIMIT) return false;
  bytes[at] = length;
  for (let i = 0; i < length; i++) {
    const code = key.charCodeAt(i);
    if (code > 255) return false;
    bytes[first + i] = code;
  }
  at = first + length;
  return true;
}

function writeArray(value: readonly unknown[]): boolean {
  const { length } = value;
  // No holes, no properties beside the elements.
  if (length > MAX_ARRAY || Object.keys(value).length !== length) return false;
  bytes[at] = KIND.ARRAY;
  bytes[at + 1] = length;
  at += 2;
  for (let i = 0; i < length; i++) {
    if (!writeProperty(value, i) || value.length !== length) return false;
  }
  return true;
}

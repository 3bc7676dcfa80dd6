/**
 * Small plain values as bytes: strings, booleans, null, undefined, and objects and arrays of them and of numbers, a few
 * levels deep. That takes a fifth of the time of V8's serializer, through which everything else goes: whatever might come
 * back otherwise than from a structured clone is refused here.
 */
import { smallBytes as bytes, SMALL_BYTES } from './itemBytes.js';

const KIND = {
  UNDEFINED: 0,
  NULL: 1,
  TRUE: 2,
  FALSE: 3,
  INT8: 4,
  INT32: 5,
  DOUBLE: 6,
  LATIN: 7,
  UTF16: 8,
  ARRAY: 9,
  OBJECT: 10,
} as const;

/** One byte counts them. */
const MAX_PARTS = 255;
/** Kind and length. */
const STRING_HEAD = 3;
/** Longer arrays gain nothing. */
const MAX_ARRAY = 16;
const MAX_OBJECTS = 12;
/** A head of 9 bytes always fits behind this. */
const LIMIT = SMALL_BYTES - 16;

const double = new Float64Array(1);
const doubleBytes = new Uint8Array(double.buffer);

/** The objects met in this value: one that comes twice must come back as one. */
const met = new Array<object | undefined>(MAX_OBJECTS).fill(undefined);
let metCount = 0;
let at = 0;
/** A getter inside the value may put another one. */
let isBusy = false;

/** The length of the bytes written into the thread's buffer, or -1 when the value is none of those. */
export function writePlain(value: unknown): number {
  if (isBusy) return -1;
  at = 0;
  if (typeof value !== 'object') return write(value) ? at : -1;
  isBusy = true;
  try {
    return write(value) ? at : -1;
  } finally {
    isBusy = false;
    while (metCount > 0) met[--metCount] = undefined;
  }
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
    if (!writeKey(key) || !write(value[key])) return false;
  }
  return true;
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
    if (!write(value[i]) || value.length !== length) return false;
  }
  return true;
}

/** What {@link writePlain} wrote, from the thread's buffer. */
export function readPlain(): unknown {
  at = 0;
  return read();
}

function read(): unknown {
  const kind = bytes[at++];
  switch (kind) {
    case KIND.UNDEFINED:
      return undefined;
    case KIND.NULL:
      return null;
    case KIND.TRUE:
      return true;
    case KIND.FALSE:
      return false;
    case KIND.INT8:
      return ((bytes[at++] as number) << 24) >> 24;
    case KIND.INT32:
      at += 4;
      return byte(at - 4) | (byte(at - 3) << 8) | (byte(at - 2) << 16) | (byte(at - 1) << 24);
    case KIND.DOUBLE:
      for (let i = 0; i < 8; i++) doubleBytes[i] = bytes[at + i] as number;
      at += 8;
      return double[0];
    case KIND.LATIN:
    case KIND.UTF16:
      return readString(kind);
    case KIND.ARRAY:
      return readArray();
    default:
      return readProperties();
  }
}

const byte = (index: number): number => bytes[index] as number;

/** Behind its kind. */
function readString(kind: number): string {
  const length = byte(at) | (byte(at + 1) << 8);
  const start = at + STRING_HEAD - 1;
  at = start + (kind === KIND.LATIN ? length : 2 * length);
  if (kind === KIND.UTF16) return bytes.toString('utf16le', start, at);
  return length <= SHORT ? shortLatin(start, length) : bytes.toString('latin1', start, at);
}

/** Up to here a string is made faster in JavaScript than by a call out of it. */
const SHORT = 24;

function shortLatin(start: number, length: number): string {
  let text = '';
  let i = start;
  for (const end = start + length - 3; i < end; i += 4) {
    text += String.fromCharCode(byte(i), byte(i + 1), byte(i + 2), byte(i + 3));
  }
  for (const end = start + length; i < end; i++) text += String.fromCharCode(byte(i));
  return text;
}

function readArray(): unknown[] {
  const length = byte(at++);
  const array: unknown[] = [];
  for (let i = 0; i < length; i++) array.push(read());
  return array;
}

function readProperties(): Record<string, unknown> {
  const length = byte(at++);
  const object: Record<string, unknown> = {};
  for (let i = 0; i < length; i++) {
    const key = readKey();
    // Names that objects inherit, `__proto__` among them: an assignment might call a setter, or be refused.
    if (key in Object.prototype) {
      Object.defineProperty(object, key, { value: read(), enumerable: true, configurable: true, writable: true });
    } else {
      object[key] = read();
    }
  }
  return object;
}

/** The names met lately, by length and two characters: items of one queue have the same ones. */
const keys: (string | undefined)[] = new Array<string | undefined>(1024).fill(undefined);

function readKey(): string {
  const length = byte(at++);
  const start = at;
  at += length;
  if (length === 0) return '';
  const place = ((length * 31 + byte(start)) * 31 + byte(at - 1)) & (keys.length - 1);
  const known = keys[place];
  if (known?.length === length && isAt(known, start)) return known;
  const key = bytes.toString('latin1', start, at);
  keys[place] = key;
  return key;
}

function isAt(text: string, start: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}

/** A small plain value out of the thread's buffer: see `plainItem.ts`. */
import { smallBytes as bytes } from './itemBytes.js';
import { double, doubleBytes, KIND, STRING_HEAD } from './plainItem.js';

let at = 0;

/** What `writePlain` wrote, from the thread's buffer. */
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
  return readLatin(start, length);
}

/** The string of the first bytes of the thread's buffer, a byte each. */
export function readShort(length: number): string {
  return readLatin(0, length);
}

/** Up to here a string is made faster of codes than by Node out of bytes. */
const SHORT = 24;

/** For each length a list, used again and again. */
const codesOf = Array.from({ length: SHORT + 1 }, (_, length) => new Array<number>(length).fill(0));

function readLatin(start: number, length: number): string {
  if (length > SHORT) return bytes.toString('latin1', start, start + length);
  const codes = codesOf[length] as number[];
  for (let i = 0; i < length; i++) codes[i] = byte(start + i);
  // All at once: what is put together of pieces has to be copied together later.
  return String.fromCharCode.apply(null, codes);
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

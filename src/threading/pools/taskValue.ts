/**
 * Arguments, results and errors as bytes. Lists of numbers, texts and the like go a short way; everything else through
 * V8's own serializer, with the fidelity of `structuredClone`. Shared memory does not fit into bytes: it is handed over
 * beside them.
 */
import { Deserializer, Serializer } from 'node:v8';
import { reviving } from '../crossing/reviving.js';

export interface EncodedValues {
  /** To be used up before anything else is encoded. */
  readonly bytes: Uint8Array;
  readonly buffers: readonly SharedArrayBuffer[];
  /** By which number the bytes know the first buffer. */
  readonly first: number;
}

/** What V8 writes begins with 255. */
const SIMPLE = 1;
const TAG = { UNDEFINED: 0, NULL: 1, FALSE: 2, TRUE: 3, INTEGER: 4, NUMBER: 5, TEXT: 6 } as const;

const CONSTANTS: readonly unknown[] = [undefined, null, false, true];
const MAX_SIMPLE = 16;
const MAX_SIMPLE_TEXT = 100;
/** Of a value: its tag and its number, or length and text. */
const MAX_VALUE_BYTES = 1 + 8 + MAX_SIMPLE_TEXT * 2;

const scratch = Buffer.alloc(2 + MAX_SIMPLE * MAX_VALUE_BYTES);
const none: readonly SharedArrayBuffer[] = [];

/** Where the next value goes; -1 when this one is not simple. */
function writeSimple(value: unknown, at: number): number {
  switch (typeof value) {
    case 'undefined':
    case 'boolean':
      scratch[at] = CONSTANTS.indexOf(value);
      return at + 1;
    case 'object':
      if (value !== null) return -1;
      scratch[at] = TAG.NULL;
      return at + 1;
    case 'number':
      if (value === (value | 0) && !Object.is(value, -0)) {
        scratch[at] = TAG.INTEGER;
        return scratch.writeInt32LE(value, at + 1);
      }
      scratch[at] = TAG.NUMBER;
      return scratch.writeDoubleLE(value, at + 1);
    case 'string':
      if (value.length > MAX_SIMPLE_TEXT) return -1;
      scratch[at] = TAG.TEXT;
      scratch[at + 1] = value.length;
      return at + 2 + scratch.write(value, at + 2, 'utf16le');
    default:
      return -1;
  }
}

/**
 * V8's format has shared memory as a tag and a number that Node's Deserializer cannot look up, and transferred memory as
 * another tag and a number that it can. (Both since the first version of the format, which newer ones go on to read.)
 */
const V8_TAG = { SHARED: 0x75, TRANSFERRED: 0x74 } as const;
/** Numbers whose bytes, five of them, do not occur in data by chance; should they, another one is taken. */
const FIRST_BUFFER = 2 ** 28;

class ValueSerializer extends Serializer {
  readonly buffers: SharedArrayBuffer[] = [];
  readonly first = FIRST_BUFFER + Math.floor(Math.random() * FIRST_BUFFER);

  // Once for each buffer: V8 refers back to what it has written.
  _getSharedArrayBufferId(buffer: SharedArrayBuffer): number {
    return this.first + this.buffers.push(buffer) - 1;
  }
}

/** How V8 writes a shared buffer: the tag, then 7 bits of the number a byte. */
function sharedTag(number: number): Buffer {
  const bytes: number[] = [V8_TAG.SHARED];
  let rest = number;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}

/** False: the data contains what stands for a buffer elsewhere too. */
function markTransferred(bytes: Buffer, first: number, count: number): boolean {
  for (let i = 0; i < count; i++) {
    const tag = sharedTag(first + i);
    const at = bytes.indexOf(tag);
    if (at < 0 || bytes.indexOf(tag, at + 1) >= 0) return false;
    bytes[at] = V8_TAG.TRANSFERRED;
  }
  return true;
}

/** Throws what V8 throws when a value cannot be copied. */
export function encodeValues(values: readonly unknown[]): EncodedValues {
  if (values.length <= MAX_SIMPLE) {
    scratch[0] = SIMPLE;
    scratch[1] = values.length;
    let at = 2;
    for (let i = 0; i < values.length && at >= 0; i++) at = writeSimple(values[i], at);
    if (at >= 0) return { bytes: scratch.subarray(0, at), buffers: none, first: 0 };
  }
  for (;;) {
    const serializer = new ValueSerializer();
    serializer.writeHeader();
    serializer.writeValue([...values]);
    const { buffers, first } = serializer;
    const bytes = serializer.releaseBuffer();
    if (buffers.length === 0) return { bytes, buffers, first: 0 };
    if (markTransferred(bytes, first, buffers.length)) return { bytes, buffers, first };
  }
}

/** `buffers` and `first` as the encoder gave them. Primitives are primitives again. */
export function decodeValues(bytes: Uint8Array, buffers: readonly SharedArrayBuffer[], first: number): unknown[] {
  if (bytes[0] === SIMPLE) return readSimple(bytes);
  const deserializer = new Deserializer(bytes);
  // Typed for transferred memory only; Node takes shared memory as well.
  buffers.forEach((buffer, i) => deserializer.transferArrayBuffer(first + i, buffer as never));
  deserializer.readHeader();
  const values = deserializer.readValue() as unknown[];
  return buffers.length === 0 ? values : (reviving.revive(values) as unknown[]);
}

function readSimple(bytes: Uint8Array): unknown[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values: unknown[] = new Array<unknown>(buffer[1] as number);
  let at = 2;
  for (let i = 0; i < values.length; i++) {
    const tag = buffer[at++] as number;
    if (tag === TAG.INTEGER) {
      values[i] = buffer.readInt32LE(at);
      at += 4;
    } else if (tag === TAG.NUMBER) {
      values[i] = buffer.readDoubleLE(at);
      at += 8;
    } else if (tag === TAG.TEXT) {
      const end = at + 1 + (buffer[at] as number) * 2;
      values[i] = buffer.toString('utf16le', at + 1, end);
      at = end;
    } else {
      values[i] = CONSTANTS[tag];
    }
  }
  return values;
}

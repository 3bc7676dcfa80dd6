/**
 * An item as bytes. Numbers, strings and bytes go a short way; everything else through V8's own serializer, so a queue
 * copies what `structuredClone` copies: cycles, Maps, Dates, Errors, typed arrays.
 */
import { Deserializer, Serializer } from 'node:v8';
import { describe, isHandle, type Named } from './handle.js';

export const TAG = { CLONE: 0, NUMBER: 1, STRING: 2, BYTES: 3 } as const;

export interface EncodedItem {
  readonly tag: number;
  /** The item itself when the tag is NUMBER. */
  readonly number: number;
  readonly bytes: Uint8Array;
}

/** The bytes of a number, which has none. */
export const noBytes = new Uint8Array(0);

/** Shared memory cannot travel as bytes, and nothing tells the thread that will take the item where to find it. */
class ItemSerializer extends Serializer {
  _getSharedArrayBufferId(): number {
    throw new TypeError('shared memory and primitives (Lock, Queue, Thread, …) cannot be put into a queue');
  }
}

const WAY_OUT = {
  shared: 'give them to the thread as arguments, and put an index or a name',
  other: 'functions, ports and other resources stay in their thread: put plain data, or use postMessage',
} as const;

function clone(item: unknown, who: Named): EncodedItem {
  const serializer = new ItemSerializer();
  try {
    serializer.writeHeader();
    serializer.writeValue(item);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const isShared = isHandle(item) || (error instanceof TypeError && reason.startsWith('shared memory'));
    const short = reason.length > 120 ? `${reason.slice(0, 60)} … ${reason.slice(-40)}` : reason;
    throw new TypeError(`${describe(who)}: ${short}; ${WAY_OUT[isShared ? 'shared' : 'other']}`);
  }
  return { tag: TAG.CLONE, number: 0, bytes: serializer.releaseBuffer() };
}

/** Throws a TypeError that names `who` and the way out when the item cannot be copied. */
export function encodeItem(item: unknown, who: Named): EncodedItem {
  if (typeof item === 'number') return { tag: TAG.NUMBER, number: item, bytes: noBytes };
  // UTF-16, as UTF-8 would lose unpaired surrogates.
  if (typeof item === 'string') return { tag: TAG.STRING, number: 0, bytes: Buffer.from(item, 'utf16le') };
  if (item instanceof Uint8Array && !(item.buffer instanceof SharedArrayBuffer)) {
    return { tag: TAG.BYTES, number: 0, bytes: item };
  }
  return clone(item, who);
}

/** `bytes` becomes part of the item: it must not be used by anybody else. */
export function decodeItem({ tag, number, bytes }: EncodedItem): unknown {
  if (tag === TAG.NUMBER) return number;
  if (tag === TAG.STRING) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf16le');
  if (tag === TAG.BYTES) return bytes;
  const deserializer = new Deserializer(bytes);
  deserializer.readHeader();
  return deserializer.readValue();
}

/**
 * An item as bytes. Numbers, strings, bytes and small plain values go a short way; everything else through V8's own
 * serializer, so a queue copies what `structuredClone` copies: cycles, Maps, Dates, Errors, typed arrays.
 */
import { Deserializer, Serializer } from 'node:v8';
import { messageOf } from '../crossing/copyError.js';
import { describe, type Named } from '../crossing/handle.js';
import { ItemBytes, smallArray, smallBytes, TAG } from './itemBytes.js';
import { readPlain, readShort } from './plainReader.js';
import { writePlain, writeShort } from './plainWriter.js';

export { TAG };

/** Shared memory cannot travel as bytes. */
class ItemSerializer extends Serializer {
  hasSharedMemory = false;

  _getSharedArrayBufferId(): number {
    this.hasSharedMemory = true;
    return 0;
  }
}

const WAY_OUT =
  'functions, ports and other resources stay in their thread: put plain data and primitives, or use postMessage';

function serialize(item: unknown, who: Named): ItemSerializer {
  const serializer = new ItemSerializer();
  try {
    serializer.writeHeader();
    serializer.writeValue(item);
  } catch (error) {
    throw new TypeError(`${describe(who)}: ${messageOf(error).replace(/\.$/, '')}; ${WAY_OUT}`, { cause: error });
  }
  return serializer;
}

/** A copy of the item, or `undefined` when it holds shared memory. Throws a TypeError when it cannot be copied. */
export function packItem(item: unknown, who: Named): ItemBytes | undefined {
  if (typeof item === 'number') return ItemBytes.ofNumber(item);
  if (typeof item === 'string' && writeShort(item)) return ItemBytes.small(TAG.LATIN, item.length);
  const length = writePlain(item);
  if (length >= 0) return ItemBytes.small(TAG.PLAIN, length);
  if (typeof item === 'string') return ItemBytes.own(TAG.STRING, Buffer.from(item, 'utf16le'));
  if (item instanceof Uint8Array && !(item.buffer instanceof SharedArrayBuffer)) return ItemBytes.own(TAG.BYTES, item);
  const serializer = serialize(item, who);
  return serializer.hasSharedMemory ? undefined : ItemBytes.own(TAG.CLONE, serializer.releaseBuffer());
}

/** The item; not one that is only an address. */
export function unpackItem(item: ItemBytes): unknown {
  switch (item.tag) {
    case TAG.NUMBER:
      return item.number;
    case TAG.LATIN:
      return item.isSmall ? readShort(item.length) : textOf(item, 'latin1');
    case TAG.PLAIN:
      return item.isSmall ? readPlain() : readAside(item);
    case TAG.STRING:
      return textOf(item, 'utf16le');
    case TAG.BYTES:
      return item.isSmall ? smallArray.slice(0, item.length) : new Uint8Array(item.content());
    default: {
      const deserializer = new Deserializer(item.content());
      deserializer.readHeader();
      return deserializer.readValue();
    }
  }
}

function textOf({ bytes, length }: ItemBytes, encoding: 'latin1' | 'utf16le'): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, length).toString(encoding);
}

/** Of bytes of its own: what lies in the thread's buffer may be half written, and stays. */
function readAside(item: ItemBytes): unknown {
  const there = Uint8Array.from(smallBytes.subarray(0, item.length));
  smallBytes.set(item.content());
  try {
    return readPlain();
  } finally {
    smallBytes.set(there);
  }
}

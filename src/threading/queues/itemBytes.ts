/**
 * An item on its way between a thread and a queue's memory. Short ones lie in one buffer of the thread, where they must be
 * used before the next one is written or read: making an array of its own for each would cost more than copying it.
 */
export const TAG = {
  /** By V8's serializer. */
  CLONE: 0,
  NUMBER: 1,
  /** UTF-16: UTF-8 would lose unpaired surrogates. */
  STRING: 2,
  BYTES: 3,
  /** See `plainItem.ts`. */
  PLAIN: 4,
  /** Only its address: the item holds shared memory and travels beside the queue. See `sharedItems.ts`. */
  SHARED: 5,
} as const;

export const SMALL_BYTES = 1024;

const small = new ArrayBuffer(SMALL_BYTES);
export const smallBytes = Buffer.from(small);
export const smallInts = new Int32Array(small);

/**
 * Whether a value is half written in the thread's buffer. A getter inside of it may run any code: what that reads and
 * writes takes bytes of its own.
 */
export let isHalfWritten = false;

export function setHalfWritten(isIt: boolean): void {
  isHalfWritten = isIt;
}

/** The bytes of a number, which has none. */
const none = new Uint8Array(0);

export class ItemBytes {
  private constructor(
    readonly tag: number,
    /** The item itself when the tag is NUMBER. */
    readonly number: number,
    readonly length: number,
    readonly bytes: Uint8Array,
    readonly isSmall: boolean,
  ) {}

  static ofNumber(number: number): ItemBytes {
    return new ItemBytes(TAG.NUMBER, number, 8, none, false);
  }

  /** Of the bytes that are in the thread's buffer now. */
  static small(tag: number, length: number): ItemBytes {
    return new ItemBytes(tag, 0, length, smallBytes, true);
  }

  static own(tag: number, bytes: Uint8Array): ItemBytes {
    return new ItemBytes(tag, 0, bytes.length, bytes, false);
  }

  /** One that can be kept. */
  kept(): ItemBytes {
    return this.isSmall ? ItemBytes.own(this.tag, Uint8Array.from(this.content())) : this;
  }

  content(): Uint8Array {
    return this.bytes.length === this.length ? this.bytes : this.bytes.subarray(0, this.length);
  }
}

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
  /** A short string of characters below 256, a byte each. */
  LATIN: 6,
  /** Only its address: the item holds shared memory and travels beside the queue. See `sharedItems.ts`. */
  SHARED: 5,
} as const;

export const SMALL_BYTES = 1024;

const memory = new ArrayBuffer(SMALL_BYTES);
export const smallBytes = Buffer.from(memory);
export const smallInts = new Int32Array(memory);
/** What is sliced of this one is a copy, and is no Buffer. */
export const smallArray = new Uint8Array(memory);

/**
 * Whether a value is half written in the thread's buffer. A getter inside of it may run any code: what that reads and
 * writes takes bytes of its own.
 */
export let isHalfWritten = false;

export function setHalfWritten(isIt: boolean): void {
  isHalfWritten = isIt;
}

export class ItemBytes {
  private constructor(
    public tag: number,
    /** The item itself when the tag is NUMBER. */
    public number: number,
    public length: number,
    readonly bytes: Uint8Array,
    /** It lies in the thread's buffer, or is a number: to be used before the next one is. */
    readonly isSmall: boolean,
  ) {}

  static ofNumber(number: number): ItemBytes {
    small.tag = TAG.NUMBER;
    small.number = number;
    small.length = 8;
    return small;
  }

  /** Of the bytes that are in the thread's buffer now. */
  static small(tag: number, length: number): ItemBytes {
    small.tag = tag;
    small.length = length;
    return small;
  }

  static own(tag: number, bytes: Uint8Array, number = 0): ItemBytes {
    return new ItemBytes(tag, number, bytes.length, bytes, false);
  }

  /** @internal */
  static forSmall(): ItemBytes {
    return new ItemBytes(TAG.NUMBER, 0.5, 8, smallArray, true);
  }

  /** One that can be kept: neither what is written next, nor what becomes of the array that was given, changes it. */
  kept(): ItemBytes {
    return this.isSmall || this.tag === TAG.BYTES
      ? ItemBytes.own(this.tag, new Uint8Array(this.content()), this.number)
      : this;
  }

  content(): Uint8Array {
    return this.bytes.length === this.length ? this.bytes : this.bytes.subarray(0, this.length);
  }
}

/** The one short item that is on its way. */
const small = ItemBytes.forSmall();

import { utf8Decode } from '../base/utf8.js';

/**
 * Takes values from bytes that may say anything. Past the end or after a value that cannot be, it answers zeros and is
 * no longer `ok`: callers check that before they believe what they took.
 */
export class ByteCursor {
  at = 0;
  ok = true;
  private readonly view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  byte(): number {
    if (!this.has(1)) return 0;
    return this.bytes[this.at++] as number;
  }

  /** A whole number below 2^53. */
  varint(): number {
    const { bytes } = this;
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = bytes[this.at++];
      if (byte === undefined) return this.fail();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    for (let scale = 0x10000000; scale < Number.MAX_SAFE_INTEGER; scale *= 128) {
      const byte = bytes[this.at++];
      if (byte === undefined) return this.fail();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return Number.isSafeInteger(value) ? value : this.fail();
    }
    return this.fail();
  }

  /** A varint that must not be greater than `most`. */
  varintUpTo(most: number): number {
    const value = this.varint();
    return value <= most ? value : this.fail();
  }

  signed(): number {
    const value = this.varintUpTo(0xffffffff);
    return (value >>> 1) ^ -(value & 1);
  }

  number(): number {
    const value = this.varint();
    if (value === 0) return this.float64();
    return value % 2 === 0 ? value / -2 : (value - 1) / 2;
  }

  uint32(): number {
    if (!this.has(4)) return 0;
    this.at += 4;
    return this.view.getUint32(this.at - 4, true);
  }

  float64(): number {
    if (!this.has(8)) return 0;
    this.at += 8;
    return this.view.getFloat64(this.at - 8, true);
  }

  raw(length: number): Uint8Array {
    if (!this.has(length)) return new Uint8Array(0);
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  text(): string {
    return utf8Decode(this.raw(this.varint()));
  }

  textOrNull(): string | null {
    const length = this.varint();
    return length === 0 ? null : utf8Decode(this.raw(length - 1));
  }

  fail(): 0 {
    this.ok = false;
    this.at = this.bytes.length;
    return 0;
  }

  private has(count: number): boolean {
    if (count <= this.left) return true;
    this.fail();
    return false;
  }
}

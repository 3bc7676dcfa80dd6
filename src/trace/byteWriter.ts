import { assert } from '../base/assert.js';
import { utf8Encode } from '../base/utf8.js';

const float = new DataView(new ArrayBuffer(8));

/** Bytes that grow; little endian. Its memory stays for the next use. */
export class ByteWriter {
  length = 0;
  private buffer: Uint8Array;

  constructor(capacity = 256) {
    this.buffer = new Uint8Array(capacity);
  }

  /** What was written: valid until the next write. */
  get bytes(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
  }

  byte(value: number): void {
    this.reserve(1);
    this.buffer[this.length++] = value;
  }

  /** A whole number from 0 below 2^53, seven bits a byte, lowest first. */
  varint(value: number): void {
    if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER)) assert(false, `${value} cannot be written as a varint`);
    this.reserve(8);
    const { buffer } = this;
    if (value < 0x80) {
      buffer[this.length++] = value;
      return;
    }
    let rest = value;
    let at = this.length;
    while (rest >= 0x10000000) {
      buffer[at++] = (rest & 0x7f) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 0x80) {
      buffer[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    buffer[at++] = rest;
    this.length = at;
  }

  /** A 32-bit integer; small ones of either sign are short. */
  signed(value: number): void {
    this.varint(((value << 1) ^ (value >> 31)) >>> 0);
  }

  /** Any number but NaN: whole ones as a varint, all others as they are, after a 0. */
  number(value: number): void {
    const isShort = Number.isInteger(value) && Math.abs(value) < 2 ** 51 && !Object.is(value, -0);
    if (isShort) return this.varint(value < 0 ? value * -2 : value * 2 + 1);
    this.varint(0);
    this.float64(value);
  }

  uint32(value: number): void {
    for (let shift = 0; shift < 32; shift += 8) this.byte((value >>> shift) & 0xff);
  }

  float64(value: number): void {
    float.setFloat64(0, value, true);
    for (let i = 0; i < 8; i++) this.byte(float.getUint8(i));
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  text(text: string): void {
    const bytes = utf8Encode(text);
    this.varint(bytes.length);
    this.raw(bytes);
  }

  /** 0: null; else one more than the length, and the text. */
  textOrNull(text: string | null): void {
    if (text === null) return this.varint(0);
    const bytes = utf8Encode(text);
    this.varint(bytes.length + 1);
    this.raw(bytes);
  }

  private reserve(count: number): void {
    if (this.length + count <= this.buffer.length) return;
    const grown = new Uint8Array(Math.max(this.buffer.length * 2, this.length + count));
    grown.set(this.bytes);
    this.buffer = grown;
  }
}

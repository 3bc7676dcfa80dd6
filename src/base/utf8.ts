/**
 * UTF-8 without a platform's encoder. A lone surrogate, which is legal in a JavaScript name, keeps its three bytes, so
 * that every string survives; bytes that are no text become U+FFFD.
 */
export function utf8Encode(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.codePointAt(i) as number;
    if (code < 0x80) {
      bytes[length++] = code;
      continue;
    }
    if (code < 0x800) {
      bytes[length++] = 0xc0 | (code >> 6);
    } else if (code < 0x10000) {
      bytes[length++] = 0xe0 | (code >> 12);
      bytes[length++] = 0x80 | ((code >> 6) & 0x3f);
    } else {
      bytes[length++] = 0xf0 | (code >> 18);
      bytes[length++] = 0x80 | ((code >> 12) & 0x3f);
      bytes[length++] = 0x80 | ((code >> 6) & 0x3f);
      i++;
    }
    bytes[length++] = 0x80 | (code & 0x3f);
  }
  return bytes.subarray(0, length);
}

/** `fromCharCode` takes its units as arguments, of which engines allow some ten thousands. */
const unitsAtOnce = 4096;

export function utf8Decode(bytes: Uint8Array): string {
  let text = '';
  // Most text is ASCII throughout. Spreading a typed array would go through its iterator, which is slow.
  let i = 0;
  while (i < bytes.length && (bytes[i] as number) < 0x80) i++;
  for (let from = 0; from < i; from += unitsAtOnce) {
    const piece = bytes.subarray(from, Math.min(i, from + unitsAtOnce));
    text += Reflect.apply(String.fromCharCode, null, piece) as string;
  }
  let units: number[] = [];
  while (i < bytes.length) {
    const [code, size] = codePointAt(bytes, i);
    i += size;
    if (code < 0x10000) units.push(code);
    else units.push(0xd7c0 + (code >> 10), 0xdc00 + (code & 0x3ff));
    if (units.length >= unitsAtOnce) {
      text += String.fromCharCode(...units);
      units = [];
    }
  }
  return text + String.fromCharCode(...units);
}

const smallestOfSize = [0, 0, 0x80, 0x800, 0x10000] as const;

function codePointAt(bytes: Uint8Array, at: number): readonly [code: number, size: number] {
  const lead = bytes[at] as number;
  if (lead < 0x80) return [lead, 1];
  const size = lead >= 0xf0 && lead < 0xf8 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 0;
  if (size === 0 || lead >= 0xf8) return [0xfffd, 1];
  let code = lead & (0xff >> (size + 1));
  for (let i = 1; i < size; i++) {
    const next = bytes[at + i];
    if (next === undefined || (next & 0xc0) !== 0x80) return [0xfffd, i];
    code = (code << 6) | (next & 0x3f);
  }
  const legal = code >= (smallestOfSize[size] as number) && code <= 0x10ffff;
  return legal ? [code, size] : [0xfffd, size];
}

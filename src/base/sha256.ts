import { utf8Encode } from './utf8.js';

/** Fractions of roots of the first primes, as the standard has them. */
const roots = ((): { readonly start: Int32Array; readonly rounds: Int32Array } => {
  const start = new Int32Array(8);
  const rounds = new Int32Array(64);
  const fraction = (root: number): number => ((root - Math.floor(root)) * 2 ** 32) | 0;
  for (let candidate = 2, count = 0; count < 64; candidate++) {
    let divisor = 2;
    while (divisor * divisor <= candidate && candidate % divisor !== 0) divisor++;
    if (divisor * divisor <= candidate) continue;
    if (count < 8) start[count] = fraction(Math.sqrt(candidate));
    rounds[count++] = fraction(Math.cbrt(candidate));
  }
  return { start, rounds };
})();

const rotated = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

/** SHA-256 of a text's UTF-8, in hex: platforms have it only as a promise, or not at all. */
export function sha256(text: string): string {
  const bytes = utf8Encode(text);
  const blocks = new Uint8Array(((bytes.length + 8) >> 6) * 64 + 64);
  blocks.set(bytes);
  blocks[bytes.length] = 0x80;
  const view = new DataView(blocks.buffer);
  view.setUint32(blocks.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(blocks.length - 4, bytes.length * 8);
  const state = Int32Array.from(roots.start);
  const schedule = new Int32Array(64);
  for (let at = 0; at < blocks.length; at += 64) addBlock(state, schedule, view, at);
  return [...state].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

function addBlock(state: Int32Array, schedule: Int32Array, view: DataView, at: number): void {
  for (let i = 0; i < 16; i++) schedule[i] = view.getInt32(at + i * 4);
  for (let i = 16; i < 64; i++) {
    const early = schedule[i - 15] as number;
    const late = schedule[i - 2] as number;
    const ofEarly = rotated(early, 7) ^ rotated(early, 18) ^ (early >>> 3);
    const ofLate = rotated(late, 17) ^ rotated(late, 19) ^ (late >>> 10);
    schedule[i] = (schedule[i - 16] as number) + ofEarly + (schedule[i - 7] as number) + ofLate;
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
  for (let i = 0; i < 64; i++) {
    const choice = (e & f) ^ (~e & g);
    const ofE = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    const first = (h + ofE + choice + (roots.rounds[i] as number) + (schedule[i] as number)) | 0;
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const ofA = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + ofA + majority) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => (state[i] = (state[i] as number) + word));
}

/**
 * What an operation of Atomics made of a word, as events. An element of up to 32 bits is told by the low bits of the
 * numbers that made it, as the array itself converts them; a BigInt's new value by its low 32 bits.
 */
/* eslint-disable @typescript-eslint/unbound-method -- these functions need no `this` */
import { WORD_WRITE, type WordWrite } from '../../trace/ops.js';
import type { ThreadRecorder } from '../threadRecorder.js';
import type { SharedView } from './word.js';
import type { Word, WordRuns } from './wordRuns.js';

export type Element = number | bigint;
type Call = (...args: never[]) => unknown;

const { asIntN } = BigInt;
const low32 = (value: bigint): number => Number(asIntN(32, value));

/** What becomes of the old value. */
interface Meaning {
  readonly ofNumbers: (old: number, value: number) => number;
  readonly ofBigInts: (old: bigint, value: bigint) => bigint;
}

const meanings = {
  exchange: { ofNumbers: (_old, value) => value, ofBigInts: (_old, value) => value },
  add: { ofNumbers: (old, value) => old + (value | 0), ofBigInts: (old, value) => old + value },
  sub: { ofNumbers: (old, value) => old - (value | 0), ofBigInts: (old, value) => old - value },
  and: { ofNumbers: (old, value) => old & value, ofBigInts: (old, value) => old & value },
  or: { ofNumbers: (old, value) => old | value, ofBigInts: (old, value) => old | value },
  xor: { ofNumbers: (old, value) => old ^ value, ofBigInts: (old, value) => old ^ value },
} as const satisfies Partial<Record<WordWrite, Meaning>>;

/** A value as Atomics have converted it; null when that ran the program's code, which may give another the next time. */
function converted(value: unknown, isBig: boolean): Element | null {
  if ((typeof value === 'object' && value !== null) || typeof value === 'function') return null;
  return isBig ? BigInt(value as bigint) : Number(value);
}

export class WordWrites {
  readonly #recorder: ThreadRecorder;
  readonly #runs: WordRuns;

  constructor(recorder: ThreadRecorder, runs: WordRuns) {
    this.#recorder = recorder;
    this.#runs = runs;
  }

  /** @param value only the bits of an element count */
  changed(op: number, word: Word, view: SharedView, old: number, value: number, call: Call): void {
    const { shift } = view;
    const element = view.isUnsigned ? (value << shift) >>> shift : (value << shift) >> shift;
    if ((old ^ value) << shift === 0) this.#runs.unchanged(word, op, old, element, call);
    else this.#write(op, word, old, element, call);
  }

  /** A compareExchange of numbers. */
  compared(word: Word, view: SharedView, found: number, expected: number, replacement: number, call: Call): void {
    if ((found ^ expected) << view.shift !== 0) this.#runs.missed(word, found, call);
    else this.changed(WORD_WRITE.compareExchange, word, view, found, replacement, call);
  }

  /** A store. */
  stored(word: Word, view: SharedView, result: Element, call: Call): void {
    const { shift } = view;
    const value = typeof result === 'bigint' ? low32(result) : result;
    const element = view.isUnsigned ? (value << shift) >>> shift : (value << shift) >> shift;
    this.#write(WORD_WRITE.store, word, NaN, element, call);
  }

  /** The same as {@link changed}, of BigInts or by a value that is no number. */
  changedBy(by: keyof typeof meanings, word: Word, view: SharedView, old: Element, operand: unknown, call: Call): void {
    try {
      const value = converted(operand, view.isBig);
      if (value === null) return;
      const { ofNumbers, ofBigInts } = meanings[by];
      if (typeof old === 'bigint') this.#bigChanged(WORD_WRITE[by], word, old, ofBigInts(old, value as bigint), call);
      else this.changed(WORD_WRITE[by], word, view, old, ofNumbers(old, value as number), call);
    } catch (error) {
      this.#recorder.fail(error);
    }
  }

  /** The same as {@link compared}, of BigInts or with values that are no numbers. */
  comparedWith(
    word: Word,
    view: SharedView,
    found: Element,
    expected: unknown,
    replacement: unknown,
    call: Call,
  ): void {
    try {
      const wanted = converted(expected, view.isBig);
      const value = converted(replacement, view.isBig);
      if (wanted === null || value === null) return;
      if (typeof found === 'number') this.compared(word, view, found, wanted as number, value as number, call);
      else if (asIntN(64, found - (wanted as bigint)) !== 0n) this.#runs.missed(word, Number(found), call);
      else this.#bigChanged(WORD_WRITE.compareExchange, word, found, value as bigint, call);
    } catch (error) {
      this.#recorder.fail(error);
    }
  }

  #bigChanged(op: number, word: Word, old: bigint, value: bigint, call: Call): void {
    if (asIntN(64, old - value) === 0n) this.#runs.unchanged(word, op, Number(old), low32(value), call);
    else this.#write(op, word, Number(old), low32(value), call);
  }

  #write(op: number, word: Word, old: number, value: number, call: Call): void {
    if (this.#runs.isActive) this.#runs.end();
    this.#recorder.record(op, word.id, old, value, call);
  }
}

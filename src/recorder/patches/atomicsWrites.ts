/**
 * The functions of Atomics that change a word, and `load` on demand. Their time is read after the operation, while the
 * word is looked up before it, so that nothing slow stands between. What the program passes, gets and catches is what it
 * would without us. Each wrapper is written out: V8 compiles each for what it calls.
 */
/* eslint-disable @typescript-eslint/unbound-method -- functions are replaced here; those of Atomics need no `this` */
import { WORD_WRITE, WORD_WRITES } from '../../trace/ops.js';
import { atomics } from '../raw.js';
import type { SharedWords, WordView } from '../words/sharedWords.js';
import type { ThreadRecorder } from '../threadRecorder.js';
import type { WordRuns } from '../words/wordRuns.js';
import { WordWrites, type Element } from '../words/wordWrites.js';
import { replace } from './replacement.js';

type Read = (array: unknown, index: unknown) => Element;
type Write = (array: unknown, index: unknown, value: unknown) => Element;
type CompareExchange = (array: unknown, index: unknown, expected: unknown, replacement: unknown) => Element;

const rawCompareExchange = atomics.compareExchange as CompareExchange;
const rawExchange = atomics.exchange as Write;
const rawStore = atomics.store as Write;
const rawAdd = atomics.add as Write;
const rawSub = atomics.sub as Write;
const rawAnd = atomics.and as Write;
const rawOr = atomics.or as Write;
const rawXor = atomics.xor as Write;
const rawLoad = atomics.load as Read;

export function patchWrites(recorder: ThreadRecorder, words: SharedWords, runs: WordRuns): void {
  const writes = new WordWrites(recorder, runs);
  const wrappers = {
    compareExchange(array: unknown, index: unknown, expected: unknown, replacement: unknown): Element {
      const word = recorder.isOpen ? words.find(array, index, compareExchange) : null;
      if (word === null) return rawCompareExchange(array, index, expected, replacement);
      const view = words.view as WordView;
      const found = rawCompareExchange(array, index, expected, replacement);
      if (typeof found === 'number' && typeof expected === 'number' && typeof replacement === 'number')
        writes.compared(word, view, found, expected, replacement, compareExchange);
      else writes.comparedWith(word, view, found, expected, replacement, compareExchange);
      return found;
    },

    exchange(array: unknown, index: unknown, value: unknown): Element {
      const word = recorder.isOpen ? words.find(array, index, exchange) : null;
      if (word === null) return rawExchange(array, index, value);
      const view = words.view as WordView;
      const old = rawExchange(array, index, value);
      if (typeof old === 'number' && typeof value === 'number')
        writes.changed(WORD_WRITE.exchange, word, view, old, value, exchange);
      else writes.changedBy('exchange', word, view, old, value, exchange);
      return old;
    },

    store(array: unknown, index: unknown, value: unknown): Element {
      const word = recorder.isOpen ? words.find(array, index, store) : null;
      if (word === null) return rawStore(array, index, value);
      const view = words.view as WordView;
      const result = rawStore(array, index, value);
      writes.stored(word, view, result, store);
      return result;
    },

    add(array: unknown, index: unknown, value: unknown): Element {
      const word = recorder.isOpen ? words.find(array, index, add) : null;
      if (word === null) return rawAdd(array, index, value);
      const view = words.view as WordView;
      const old = rawAdd(array, index, value);
      if (typeof old === 'number' && typeof value === 'number')
        writes.changed(WORD_WRITE.add, word, view, old, old + (value | 0), add);
      else writes.changedBy('add', word, view, old, value, add);
      return old;
    },

    sub(array: unknown, index: unknown, value: unknown): Element {
      const word = recorder.isOpen ? words.find(array, index, sub) : null;
      if (word === null) return rawSub(array, index, value);
      const view = words.view as WordView;
      const old = rawSub(array, index, value);
      if (typeof old === 'number' && typeof value === 'number')
        writes.changed(WORD_WRITE.sub, word, view, old, old - (value | 0), sub);
      else writes.changedBy('sub', word, view, old, value, sub);
      return old;
    },

    and(array: unknown, index: unknown, value: unknown): Element {
      const word = recorder.isOpen ? words.find(array, index, and) : null;
      if (word === null) return rawAnd(array, index, value);
      const view = words.view as WordView;
      const old = rawAnd(array, index, value);
      if (typeof old === 'number' && typeof value === 'number')
        writes.changed(WORD_WRITE.and, word, view, old, old & value, and);
      else writes.changedBy('and', word, view, old, value, and);
      return old;
    },

    or(array: unknown, index: unknown, value: unknown): Element {
      const word = recorder.isOpen ? words.find(array, index, or) : null;
      if (word === null) return rawOr(array, index, value);
      const view = words.view as WordView;
      const old = rawOr(array, index, value);
      if (typeof old === 'number' && typeof value === 'number')
        writes.changed(WORD_WRITE.or, word, view, old, old | value, or);
      else writes.changedBy('or', word, view, old, value, or);
      return old;
    },

    xor(array: unknown, index: unknown, value: unknown): Element {
      const word = recorder.isOpen ? words.find(array, index, xor) : null;
      if (word === null) return rawXor(array, index, value);
      const view = words.view as WordView;
      const old = rawXor(array, index, value);
      if (typeof old === 'number' && typeof value === 'number')
        writes.changed(WORD_WRITE.xor, word, view, old, old ^ value, xor);
      else writes.changedBy('xor', word, view, old, value, xor);
      return old;
    },
  };
  const { compareExchange, exchange, store, add, sub, and, or, xor } = wrappers;
  for (const name of WORD_WRITES) replace(Atomics, name, wrappers[name] as never);
}

/** Loads change nothing and are many: recorded only when the settings ask for it. */
export function patchLoad(recorder: ThreadRecorder, words: SharedWords, runs: WordRuns): void {
  const { load } = {
    load(array: unknown, index: unknown): Element {
      const word = recorder.isOpen ? words.find(array, index, load) : null;
      const value = rawLoad(array, index);
      if (word !== null) runs.loaded(word, Number(value), load);
      return value;
    },
  };
  replace(Atomics, 'load', load as never);
}

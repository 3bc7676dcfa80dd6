/**
 * `Atomics.wait`, `waitAsync` and `notify` of the program. The attempt of a wait is written before the thread can sleep,
 * everything else after the operation. What the program passes, gets and catches is what it would without us: arguments
 * that are no primitives could run the program's code when they are converted, so those calls go through as they are.
 */
/* eslint-disable @typescript-eslint/unbound-method -- functions are replaced here; those of Atomics need no `this` */
import { OP, NO_TIMEOUT } from '../../trace/ops.js';
import { apply, atomics } from '../raw.js';
import type { SharedWords } from '../words/sharedWords.js';
import { isCalledByNode } from '../sites/stackCapture.js';
import type { ThreadRecorder } from '../threadRecorder.js';
import type { Word, WordRuns } from '../words/wordRuns.js';
import { replace } from './replacement.js';

type WaitResult = ReturnType<typeof Atomics.wait>;
type Wait = (array: unknown, index: unknown, value: unknown, timeout: unknown) => WaitResult;
type AsyncWait = (array: unknown, index: unknown, value: unknown, timeout: unknown) => AsyncWaitResult;
type Notify = (array: unknown, index: unknown, count: unknown) => number;

/** What `Atomics.waitAsync` gives. */
type AsyncWaitResult =
  { readonly async: false; readonly value: WaitResult } | { readonly async: true; readonly value: Promise<WaitResult> };

const rawWait = atomics.wait as Wait;
const rawWaitAsync = atomics.waitAsync as AsyncWait;
const rawNotify = atomics.notify as Notify;
const { isNaN } = Number;
const { ceil, max, min } = Math;
const { then } = Promise.prototype;

const outcomeOf: Readonly<Record<WaitResult, number>> = {
  ok: OP['word.woken'],
  'not-equal': OP['word.unequal'],
  'timed-out': OP['word.timeout'],
};

const MAX_TIMEOUT_MS = 0x7fffffff;

/** Whole milliseconds, or NO_TIMEOUT; null when converting would run the program's code or fail. */
function timeoutOf(timeout: unknown): number | null {
  if (timeout === undefined) return NO_TIMEOUT;
  if (typeof timeout !== 'number' && typeof timeout !== 'string' && typeof timeout !== 'boolean' && timeout !== null)
    return null;
  const ms = Number(timeout);
  if (isNaN(ms) || ms === Infinity) return NO_TIMEOUT;
  return min(ceil(max(ms, 0)), MAX_TIMEOUT_MS);
}

/** Converting it runs no code of the program; whether it fails, the call shows. */
const isPrimitive = (value: unknown): boolean =>
  (typeof value !== 'object' || value === null) && typeof value !== 'function';
const isExpected = (value: unknown): boolean => typeof value === 'number' || typeof value === 'bigint';

export function patchWaits(recorder: ThreadRecorder, words: SharedWords, runs: WordRuns): void {
  /** Who blocks is not alone: this starts the recording. */
  const openFor = (array: unknown, index: unknown): Word | null =>
    (recorder.isOpen || !isCalledByNode(wait)) && recorder.guard(() => recorder.open()) === true
      ? words.find(array, index, wait, true)
      : null;

  const { wait } = {
    wait(array: unknown, index: unknown, value: unknown, timeout?: unknown): WaitResult {
      const timeoutMs = timeoutOf(timeout);
      if (timeoutMs === null || timeoutMs === 0 || !isExpected(value) || !isPrimitive(index))
        return rawWait(array, index, value, timeout);
      // Unequal at once is one event. With a timeout of 0 the answer cannot change between looking and sleeping.
      const isUnequal = rawWait(array, index, value, 0) === 'not-equal';
      if (isUnequal && !recorder.isOpen) return 'not-equal';
      const word = openFor(array, index);
      if (word === null) return isUnequal ? 'not-equal' : rawWait(array, index, value, timeout);
      runs.end();
      if (isUnequal) {
        recorder.record(OP['word.unequal'], word.id, NaN, 0, wait);
        return 'not-equal';
      }
      recorder.record(OP['word.wait'], word.id, Number(value), timeoutMs, wait);
      const result = rawWait(array, index, value, timeout);
      recorder.record(outcomeOf[result], word.id, NaN, 0, wait);
      return result;
    },
  };

  const { notify } = {
    notify(array: unknown, index: unknown, count?: unknown): number {
      const word = recorder.isOpen ? words.find(array, index, notify, true) : null;
      const woken = rawNotify(array, index, count);
      if (word !== null) {
        runs.end();
        recorder.record(OP['word.notify'], word.id, woken, 0, notify);
      }
      return woken;
    },
  };

  replace(Atomics, 'wait', wait as never);
  replace(Atomics, 'notify', notify as never);
}

/** A wait that leaves the thread in its loop. It alone starts no recording. */
export function patchAsyncWaits(recorder: ThreadRecorder, words: SharedWords, runs: WordRuns): void {
  const note = (result: AsyncWaitResult, word: Word, expected: number, timeoutMs: number): void => {
    runs.end();
    const stack = recorder.captureStack(waitAsync);
    if (!result.async && result.value === 'not-equal') return recorder.recordAt(OP['word.unequal'], word.id, stack);
    recorder.recordAt(OP['word.waitAsync'], word.id, stack, expected, timeoutMs);
    if (!result.async) return recorder.recordAt(outcomeOf[result.value], word.id, stack);
    // The first reaction of a promise that nobody else has yet: those of the program keep their order. It never fails.
    apply(then, result.value, [(outcome: WaitResult) => recorder.recordAt(outcomeOf[outcome], word.id, stack)]);
  };

  const { waitAsync } = {
    waitAsync(array: unknown, index: unknown, value: unknown, timeout?: unknown): AsyncWaitResult {
      const timeoutMs = recorder.isOpen && isExpected(value) ? timeoutOf(timeout) : null;
      const word = timeoutMs === null ? null : words.find(array, index, waitAsync, true);
      const result = rawWaitAsync(array, index, value, timeout);
      if (word !== null) recorder.guard(() => note(result, word, Number(value), timeoutMs as number));
      return result;
    },
  };

  replace(Atomics, 'waitAsync', waitAsync as never);
}

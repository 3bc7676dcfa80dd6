/**
 * `Atomics.wait` and `Atomics.notify` of the program. The attempt is written before the thread can sleep, everything
 * else after the operation. What the program passes, gets and catches is what it would without us: arguments that are
 * not primitives could run the program's code when they are converted, so those calls go through as they are.
 */
/* eslint-disable @typescript-eslint/unbound-method -- functions are replaced here, and called with the program's own `this` */
import { OP, NO_TIMEOUT } from '../../trace/ops.js';
import { atomics } from '../raw.js';
import type { SharedWords } from '../sharedWords.js';
import type { ThreadRecorder } from '../threadRecorder.js';
import { isCalledByNode } from '../sites/stackCapture.js';
import { replace } from './replacement.js';

type WaitResult = ReturnType<typeof Atomics.wait>;

const outcomeOf: Readonly<Record<WaitResult, number>> = {
  ok: OP['word.woken'],
  'not-equal': OP['word.unequal'],
  'timed-out': OP['word.timeout'],
};

const MAX_TIMEOUT_MS = 0x7fffffff;

const typedArray = Object.getPrototypeOf(Int32Array.prototype) as object;
const getterOf = (name: string): ((this: unknown) => unknown) =>
  Object.getOwnPropertyDescriptor(typedArray, name)?.get as (this: unknown) => unknown;
const kindOf = Object.getOwnPropertyDescriptor(typedArray, Symbol.toStringTag)?.get as (this: unknown) => unknown;
const bufferOf = getterOf('buffer');
const lengthOf = getterOf('length');
const byteOffsetOf = getterOf('byteOffset');

interface Word {
  readonly buffer: SharedArrayBuffer;
  readonly offset: number;
}

/** The word that a call means, or null when Atomics will refuse it, or converting would run the program's code. */
function wordOf(array: unknown, index: unknown): Word | null {
  const kind: unknown = Reflect.apply(kindOf, array, []);
  if (kind !== 'Int32Array' && kind !== 'BigInt64Array') return null;
  const buffer = Reflect.apply(bufferOf, array, []) as SharedArrayBuffer;
  if (!(buffer instanceof SharedArrayBuffer) && Object.prototype.toString.call(buffer) !== '[object SharedArrayBuffer]')
    return null;
  if (typeof index !== 'number' && index !== undefined && typeof index !== 'string') return null;
  const position = Math.trunc(Number(index)) || 0;
  if (position < 0 || position >= (Reflect.apply(lengthOf, array, []) as number)) return null;
  const start = Reflect.apply(byteOffsetOf, array, []) as number;
  return { buffer, offset: start + position * (kind === 'Int32Array' ? 4 : 8) };
}

/** Whole milliseconds, or NO_TIMEOUT; null when converting would run the program's code or fail. */
function timeoutOf(timeout: unknown): number | null {
  if (timeout === undefined) return NO_TIMEOUT;
  if (typeof timeout !== 'number' && typeof timeout !== 'string' && typeof timeout !== 'boolean' && timeout !== null)
    return null;
  const ms = Number(timeout);
  if (Number.isNaN(ms) || ms === Infinity) return NO_TIMEOUT;
  return Math.min(Math.ceil(Math.max(ms, 0)), MAX_TIMEOUT_MS);
}

export function patchAtomics(recorder: ThreadRecorder, words: SharedWords): void {
  const { wait: rawWait, notify: rawNotify } = atomics;
  const blockingWait = (array: unknown, index: unknown, value: unknown, timeout: unknown): [Word, number] | null => {
    const word = typeof value === 'number' || typeof value === 'bigint' ? wordOf(array, index) : null;
    const timeoutMs = timeoutOf(timeout);
    return word === null || timeoutMs === null || timeoutMs === 0 ? null : [word, timeoutMs];
  };
  const objectOf = (array: unknown, index: unknown): number | null => {
    const word = wordOf(array, index);
    return word && words.objectOf(word.buffer, word.offset);
  };

  const { wait } = {
    wait(array: unknown, index: unknown, value: unknown, timeout?: unknown): WaitResult {
      const call = (limit: unknown): WaitResult =>
        Reflect.apply(rawWait as (...args: unknown[]) => WaitResult, Atomics, [array, index, value, limit]);
      const blocking = recorder.guard(() => blockingWait(array, index, value, timeout));
      if (!blocking || isCalledByNode(wait)) return call(timeout);
      const [{ buffer, offset }, timeoutMs] = blocking;
      // Unequal at once is one event. With a timeout of 0 the answer cannot change between looking and sleeping.
      const isUnequal = call(0) === 'not-equal';
      if (isUnequal && !recorder.isOpen) return 'not-equal';
      const object = recorder.guard(() => (recorder.open() ? words.objectOf(buffer, offset) : 0));
      if (isUnequal) {
        if (object) recorder.record(OP['word.unequal'], object, NaN, 0, wait);
        return 'not-equal';
      }
      if (!object) return call(timeout);
      recorder.record(OP['word.wait'], object, Number(value), timeoutMs, wait);
      const result = call(timeout);
      recorder.record(outcomeOf[result], object, NaN, 0, wait);
      return result;
    },
  };

  const { notify } = {
    notify(array: unknown, index: unknown, count?: unknown): number {
      // Known before the call, so that nothing slow stands between the call and its time.
      const object = recorder.isOpen ? recorder.guard(() => objectOf(array, index)) : null;
      const woken = Reflect.apply(rawNotify as (...args: unknown[]) => number, Atomics, [array, index, count]);
      if (object) recorder.record(OP['word.notify'], object, woken, 0, notify);
      return woken;
    },
  };

  replace(Atomics, 'wait', wait);
  replace(Atomics, 'notify', notify);
}

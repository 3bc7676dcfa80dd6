/**
 * Waiting without blocking the thread: what the `…Async` twins are made of.
 *
 * A primitive that can be awaited has one word of its own for it, 0 at first. Whoever changes anything that somebody may
 * wait for calls {@link wakeAsync} with that word afterwards; without waiters that is one load. Blocking waiters sleep on
 * other words: a wake-up that is meant for one of them must not go to a thread whose loop does not turn.
 *
 * Who waits makes an {@link AsyncLine} of the word, once for each object of the thread and for each thing that can be waited
 * for (a queue has one for puts and one for gets), tries the operation itself, and when it cannot be done yet:
 *
 * ```ts
 * return this.#line.wait<boolean>({
 *   op: 'lock.acquire',
 *   object: this.#object,
 *   timeout,
 *   attempt: (end) => {
 *     if (!tryIt()) return undefined;
 *     end();
 *     if (probe !== undefined) probe.record(…the outcome…);
 *     return true;
 *   },
 *   expire: () => {
 *     if (probe !== undefined) probe.record(…the refusal…);
 *     return false;
 *   },
 * });
 * ```
 *
 * `Atomics.waitAsync` does not keep a process alive: a timer does as long as somebody waits.
 */
import { ASYNC_ATTEMPTS, OP, type AsyncAttemptName } from '../../trace/ops.js';
import { probe, raw } from '../recording.js';
import { startTimer } from './longTimer.js';
import { deadlineOf, RECHECK_MILLIS, recordedTimeout, remaining } from './timeout.js';

/** As they were when the library was loaded: tests of programs replace them. */
const { clearInterval, setInterval } = globalThis;

const MAX_TIMER_MILLIS = 2 ** 31 - 1;

/** A word that has this bit: somebody waits. */
export const AWAITED = 1;

export interface AsyncOperation<T> {
  /** What the blocking twin writes before it sleeps. */
  readonly op: AsyncAttemptName;
  /** The id that the recorder knows the object by; of `thread.join` the thread's. */
  readonly object: number;
  /** Milliseconds; Infinity: none. */
  readonly timeout: number;
  /**
   * Tries it; undefined: not yet. Called in the order in which the operations were begun, the next one only when this is
   * done, and again whenever the word was woken. It calls `end` right before it writes the event of the outcome. What it
   * throws, the promise is rejected with.
   */
  attempt(this: void, end: () => void): T | undefined;
  /** The time is up: writes the event and says what the promise resolves to. What it throws, that is rejected with. */
  expire(this: void): T;
}

/** Wakes all threads that await the word. Call it after the change that they wait for. */
export function wakeAsync(cells: Int32Array, slot: number): void {
  const before = raw.load(cells, slot);
  // Where the exchange fails another thread has seen the mark too, and it wakes them after this thread's change.
  if ((before & AWAITED) !== 0 && raw.compareExchange(cells, slot, before, before + 1) === before) {
    raw.notify(cells, slot);
  }
}

/** The operations of this thread that wait for one thing, first come, first served. */
export class AsyncLine {
  readonly #cells: Int32Array;
  readonly #slot: number;
  readonly #waiters: Waiter<unknown>[] = [];
  #isArmed = false;

  /** @param slot the word that {@link wakeAsync} is called with */
  constructor(cells: Int32Array, slot: number) {
    this.#cells = cells;
    this.#slot = slot;
  }

  /** Tries it when all before it are done; the promise settles when it has succeeded, failed or waited too long. */
  wait<T>(operation: AsyncOperation<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const waiter = new Waiter(operation, resolve, reject);
      this.#waiters.push(waiter as Waiter<unknown>);
      this.#turn();
      if (waiter.isOver) return;
      waiter.begin(() => {
        this.#turn();
        if (waiter.isOver) return;
        waiter.expire();
        this.#waiters.splice(this.#waiters.indexOf(waiter as Waiter<unknown>), 1);
      });
    });
  }

  #turn(): void {
    for (;;) {
      // Marked before the operations are tried: from here on every change is followed by a wake-up.
      const seen = raw.or(this.#cells, this.#slot, AWAITED) | AWAITED;
      while (this.#waiters[0]?.try() === true) this.#waiters.shift();
      if (this.#isArmed || this.#waiters.length === 0) return;
      const armed = raw.waitAsync(this.#cells, this.#slot, seen, RECHECK_MILLIS);
      if (!armed.async) continue;
      this.#isArmed = true;
      void armed.value.then(() => {
        this.#isArmed = false;
        if (this.#waiters.length > 0) this.#turn();
      });
      return;
    }
  }
}

class Waiter<T> {
  isOver = false;
  readonly #deadline: number;
  #isPending = false;
  #stopTimer: (() => void) | undefined;

  constructor(
    readonly operation: AsyncOperation<T>,
    readonly resolve: (value: T) => void,
    readonly reject: (error: unknown) => void,
  ) {
    this.#deadline = deadlineOf(operation.timeout);
  }

  /** True when it is over. */
  try(): boolean {
    try {
      const result = this.operation.attempt(this.#end);
      if (result === undefined) return false;
      this.resolve(result);
    } catch (error) {
      this.reject(error);
    }
    this.#end();
    this.isOver = true;
    return true;
  }

  expire(): void {
    this.#end();
    this.isOver = true;
    try {
      this.resolve(this.operation.expire());
    } catch (error) {
      this.reject(error);
    }
  }

  /** It has to wait: the recorder is told, and the process stays alive. */
  begin(expire: () => void): void {
    this.#isPending = true;
    recordBegin(this.operation);
    if (this.#deadline === Infinity) keepAlive();
    else this.#stopTimer = startTimer(remaining(this.#deadline), expire);
  }

  /** Before its outcome is recorded, and once. */
  readonly #end = (): void => {
    if (!this.#isPending) return;
    this.#isPending = false;
    recordEnd(this.operation);
    if (this.#deadline === Infinity) letGo();
    else this.#stopTimer?.();
  };
}

let endlessWaits = 0;
let keeper: ReturnType<typeof setInterval> | undefined;

/** One timer for all waits of the thread that have none of their own. The model knows that it wakes nobody. */
function keepAlive(): void {
  if (endlessWaits++ === 0) keeper = setInterval(() => {}, MAX_TIMER_MILLIS);
}

function letGo(): void {
  if (--endlessWaits === 0) clearInterval(keeper);
}

/** Waits of the thread that the recorder was told of, by object and operation in the order in which they began. */
const told = new Map<number, AsyncOperation<unknown>[]>();

const keyOf = ({ op, object }: AsyncOperation<unknown>): number =>
  object * ASYNC_ATTEMPTS.length + ASYNC_ATTEMPTS.indexOf(op);

function recordBegin(operation: AsyncOperation<unknown>): void {
  if (probe === undefined) return;
  const { op, object, timeout } = operation;
  const key = keyOf(operation);
  const waits = told.get(key);
  if (waits === undefined) told.set(key, [operation]);
  else waits.push(operation);
  if (op === 'thread.join') probe.record(OP['thread.joinAsync'], object, undefined, recordedTimeout(timeout));
  else probe.record(OP['async.wait'], object, ASYNC_ATTEMPTS.indexOf(op), recordedTimeout(timeout));
}

function recordEnd(operation: AsyncOperation<unknown>): void {
  if (probe === undefined) return;
  const { op, object } = operation;
  const key = keyOf(operation);
  const waits = told.get(key) ?? [];
  const place = waits.indexOf(operation);
  waits.splice(place, 1);
  if (waits.length === 0) told.delete(key);
  if (op === 'thread.join') probe.record(OP['thread.joinAsyncEnd'], object, place);
  else probe.record(OP['async.end'], object, ASYNC_ATTEMPTS.indexOf(op), place);
}

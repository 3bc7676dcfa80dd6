/**
 * The Web Lock requests of a thread, from the asking to the giving back. A lock is given back when the promise that the
 * callback returned has settled: this is written before Node tells the next thread, because ours was the first reaction
 * of that promise. Where it cannot be the first without being seen, the end that Node publishes must do.
 */
/* eslint-disable @typescript-eslint/unbound-method -- functions are replaced here, and called with the program's own `this` */
import { subscribe } from 'node:diagnostics_channel';
import { types } from 'node:util';
import { LOCK_MODES, LOCK_REFUSALS, NO_TIMEOUT, OP } from '../../trace/ops.js';
import { LockContext } from './lockContext.js';
import { apply, setInterval, threads } from '../raw.js';
import { ownVisibleId } from '../threadIds.js';
import type { ThreadRecorder } from '../threadRecorder.js';

/** What a request asks for, as far as its arguments say. */
export interface LockPlea {
  /** Null: not known yet. */
  name: string | null;
  isShared: boolean;
  readonly isTry: boolean;
  readonly isTheft: boolean;
  readonly signal: unknown;
  /** It may end without having got the lock. */
  readonly mayEnd: boolean;
  /** Node has taken it for a request. */
  isReal: boolean;
}

type Skip = (...args: never[]) => unknown;

interface LockQuery {
  query(): Promise<{ readonly held: readonly { readonly name: string }[] }>;
}

/** One request. */
export interface LockRequest {
  readonly plea: LockPlea;
  readonly outer: LockRequest | null;
  readonly skip: Skip;
  isHeld: boolean;
  isOver: boolean;
  /** The program's own, while it holds the lock. */
  callback: Skip | null;
  /** The last request that its callback waits for. */
  follows: LockRequest | null;
  /** 0: nothing is recorded of it. */
  number: number;
  object: number;
  /** Where it was made, once it waits. */
  stack: number;
}

const MODE = Object.fromEntries(LOCK_MODES.map((mode, code) => [mode, code])) as Record<
  (typeof LOCK_MODES)[number],
  number
>;
const BUSY = LOCK_REFUSALS.indexOf('busy');
const ABORTED = LOCK_REFUSALS.indexOf('aborted');
const STOLEN = LOCK_REFUSALS.indexOf('stolen');

/** How often the signals of waiting requests are looked at: a listener on them could be counted. */
const SIGNAL_PERIOD_MS = 50;
/** Names whose objects a thread remembers; the collector knows them all. */
const MAX_NAMES = 4096;

const { then } = Promise.prototype;
/** Asked for late: a read of the global makes a plain property of the getter that Node 20 has there. */
const abortedOf = (): ((this: unknown) => boolean) =>
  Object.getOwnPropertyDescriptor(AbortSignal.prototype, 'aborted')?.get as (this: unknown) => boolean;

/** Reacting to any other promise runs code of the program: its `constructor`, its `then`. */
const isPlainPromise = (value: object): value is Promise<unknown> =>
  Object.getPrototypeOf(value) === Promise.prototype && !Object.hasOwn(value, 'constructor');

function modeOf({ isTheft, isShared, mayEnd }: LockPlea): number {
  if (isTheft) return MODE.steal;
  if (isShared) return mayEnd ? MODE.boundedShared : MODE.shared;
  return mayEnd ? MODE.bounded : MODE.exclusive;
}

export class LockRequests {
  readonly #recorder: ThreadRecorder;
  readonly #context = new LockContext<LockRequest>();
  readonly #objects = new Map<string, number>();
  readonly #held = new Set<LockRequest>();
  /** Waiting requests that a signal can abort. */
  readonly #abortable = new Set<LockRequest>();
  /** Held ones whose callback's promise must not be touched, the oldest first. */
  readonly #unwatched = new Set<LockRequest>();
  /** Whose promise it is that a request gave to the program. */
  readonly #promises = new WeakMap<object, LockRequest>();
  #seesEnds = false;
  #count = 0;
  /** Requests inside of others that did not wait. */
  #nested = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(recorder: ThreadRecorder) {
    this.#recorder = recorder;
  }

  /** The program is about to make a request. */
  ask(plea: LockPlea, skip: Skip): LockRequest {
    const outer = this.#context.current();
    const state = { isHeld: false, isOver: false, callback: null, follows: null };
    return { plea, outer, skip, ...state, number: 0, object: 0, stack: 0 };
  }

  /** Node has the request: it waits, unless its callback was called already. */
  asked(request: LockRequest, promise: object): void {
    this.#promises.set(promise, request);
    const { plea, skip, outer } = request;
    if (!plea.isReal || request.isHeld || request.isOver || !this.#recorder.open()) return;
    this.#number(request);
    request.stack = this.#recorder.captureStack(skip);
    this.#recorder.recordAt(OP['lock.request'], request.object, 0, request.number, outer?.number ?? 0);
    this.#recorder.recordAt(OP['lock.acquire'], request.object, request.stack, modeOf(plea), NO_TIMEOUT);
    this.#followAwaited(request);
    if (plea.signal instanceof AbortSignal) this.#watchSignal(request);
  }

  /** What Node calls in place of the program's callback: with the lock or, when a try did not get it, with null. */
  callbackFor(request: LockRequest, callback: (...args: unknown[]) => unknown): (...given: unknown[]) => unknown {
    const recorder = this.#recorder;
    // One frame in the stacks of errors that the program's callbacks throw, and no more.
    return (...given) => {
      recorder.guard(() => (given[0] === null ? this.#refuse(request, BUSY) : this.#take(request, callback)));
      // Node calls it without a `this`.
      if (!request.isHeld) return apply(callback, undefined, given);
      const before = this.#context.enter(request);
      let result: unknown;
      try {
        result = apply(callback, undefined, given);
      } catch (error) {
        recorder.guard(() => this.#threw(request));
        throw error;
      } finally {
        this.#context.leave(before);
      }
      recorder.guard(() => this.#returned(request, result));
      return result;
    };
  }

  #take(request: LockRequest, callback: Skip): void {
    const { plea, outer, skip } = request;
    if (plea.name === null || !this.#recorder.open()) return;
    const hasWaited = request.number > 0;
    this.#number(request);
    request.isHeld = true;
    request.callback = callback;
    this.#abortable.delete(request);
    if (plea.isTheft) this.#loseTo(request);
    this.#held.add(request);
    const { object, number } = request;
    if (hasWaited) return this.#recorder.recordAt(OP['lock.acquired'], object, request.stack, number, modeOf(plea));
    const stack = outer ? this.#captureNested(skip) : 0;
    if (outer) this.#recorder.recordAt(OP['lock.request'], object, 0, number, outer.number);
    if (stack === 0) return this.#recorder.record(OP['lock.acquired'], object, number, modeOf(plea), skip);
    this.#recorder.recordAt(OP['lock.acquired'], object, stack, number, modeOf(plea));
    this.#followAwaited(request);
  }

  /** As far as it can be paid for, and ever more rarely beyond: it matters only if a third lock is asked for inside. */
  #captureNested(skip: Skip): number {
    this.#nested++;
    const stack = this.#recorder.captureWithinBudget(skip);
    const isDue = (this.#nested & (this.#nested - 1)) === 0;
    return stack === 0 && isDue ? this.#recorder.captureStack(skip) : stack;
  }

  /** Its own lock is stolen from a thread by itself only: Node 24 and 26 abort the process when another thread tries. */
  #loseTo(thief: LockRequest): void {
    for (const request of this.#held) {
      if (request.plea.name === thief.plea.name) this.#refuse(request, STOLEN);
    }
  }

  #refuse(request: LockRequest, reason: number): void {
    request.isOver = true;
    this.#forget(request);
    if (request.plea.name === null || !this.#recorder.open()) return;
    this.#number(request);
    if (reason === BUSY) {
      this.#recorder.record(OP['lock.refused'], request.object, reason, request.number, request.skip);
    } else {
      this.#recorder.recordAt(OP['lock.refused'], request.object, request.stack, reason, request.number);
    }
  }

  #returned(request: LockRequest, result: unknown): void {
    const isObject = (typeof result === 'object' && result !== null) || typeof result === 'function';
    if (isObject && types.isPromise(result)) {
      this.#followReturned(request, result);
      if (!isPlainPromise(result)) return this.#leaveUnwatched(request);
      const giveBack = (): void => {
        this.#recorder.guard(() => this.#giveBack(request));
      };
      void apply(then, result, [giveBack, giveBack]);
    } else if (isObject && request.plea.signal !== undefined) {
      // Here alone Node waits for whatever has a `then`, which is the program's.
      this.#leaveUnwatched(request);
    } else {
      this.#giveBack(request);
    }
  }

  /** The callback gave the promise of another request, which was made inside it: it holds its lock as long as that. */
  #followReturned(request: LockRequest, promise: object): void {
    const inner = this.#promises.get(promise);
    if (inner && inner.number > 0 && inner.outer === request && !inner.isOver) this.#follow(request, inner);
  }

  /** The same for one that the callback awaits where it makes it. Its stack was the last that was captured. */
  #followAwaited(inner: LockRequest): void {
    const { outer } = inner;
    if (outer?.callback && outer.number > 0 && this.#recorder.waitsForCaptured(outer.callback)) {
      this.#follow(outer, inner);
    }
  }

  #follow(request: LockRequest, inner: LockRequest): void {
    if (request.follows === inner) return;
    request.follows = inner;
    this.#recorder.recordAt(OP['lock.follow'], request.object, 0, request.number, inner.number);
  }

  /** The next end of such a request that Node publishes is taken for its own. */
  #leaveUnwatched(request: LockRequest): void {
    this.#unwatched.add(request);
    if (this.#seesEnds) return;
    this.#seesEnds = true;
    subscribe('locks.request.end', (message) => {
      const { name, mode } = message as { name: string; mode: string };
      const isIt = ({ plea }: LockRequest): boolean => plea.name === name && plea.isShared === (mode === 'shared');
      const ended = [...this.#unwatched].find(isIt);
      if (ended) this.#recorder.guard(() => this.#giveBack(ended));
    });
  }

  /**
   * Node (24 and 26) keeps the lock of a callback that throws, where a rejection gives it back. A query shows the locks of
   * its own thread only, but these are what is asked; not before Node has dealt with the error.
   */
  #threw(request: LockRequest): void {
    if (request.plea.signal !== undefined) return this.#giveBack(request);
    const { name } = request.plea;
    void Promise.resolve()
      .then(() => (threads as { locks?: LockQuery }).locks?.query())
      .then((snapshot) => {
        const held = snapshot?.held.filter((lock) => lock.name === name).length ?? 0;
        const known = [...this.#held].filter(({ plea }) => plea.name === name).length;
        if (held < known) this.#recorder.guard(() => this.#giveBack(request));
      })
      .catch(() => undefined);
  }

  #giveBack(request: LockRequest): void {
    if (!request.isHeld || request.isOver) return;
    request.isOver = true;
    this.#forget(request);
    this.#recorder.recordAt(OP['lock.release'], request.object, 0, request.number);
  }

  #forget(request: LockRequest): void {
    request.isHeld = false;
    // Code that began inside may keep the request for long.
    request.callback = request.follows = null;
    this.#held.delete(request);
    this.#unwatched.delete(request);
    this.#abortable.delete(request);
  }

  #number(request: LockRequest): void {
    if (request.number > 0) return;
    request.number = ++this.#count;
    request.object = this.#objectOf(request.plea.name as string);
  }

  #objectOf(name: string): number {
    let id = this.#objects.get(name);
    if (id === undefined) {
      id = this.#recorder.nextObject();
      if (this.#objects.size >= MAX_NAMES) this.#objects.clear();
      this.#objects.set(name, id);
      const thread = ownVisibleId();
      this.#recorder.define({ kind: 'object', id, objectKind: 'weblock', name, stack: 0, thread, capacity: null });
    }
    return id;
  }

  #watchSignal(request: LockRequest): void {
    this.#abortable.add(request);
    this.#timer ??= setInterval(() => this.#recorder.guard(() => this.#lookAtSignals()), SIGNAL_PERIOD_MS).unref();
  }

  #lookAtSignals(): void {
    for (const request of this.#abortable) {
      if (apply(abortedOf(), request.plea.signal, [])) this.#refuse(request, ABORTED);
    }
    if (this.#abortable.size > 0 || this.#timer === null) return;
    this.#timer.close();
    this.#timer = null;
  }
}

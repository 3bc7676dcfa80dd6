/**
 * Call sites from the registers: an operation's own number (inner), and that of the call that led into the lock's code
 * (outer). A pair of them is checked against a captured stack when it is seen first, and then ever more rarely.
 */
import { methodNames, operationMask } from './calleeNames.js';
import type { NumberedCode, Site } from './numberedCode.js';
import { registers } from './registers.js';
import type { StackCapture } from './stackCapture.js';
import { operationNumber } from './static/operations.js';

export const TRUST = {
  /** Not compared with a stack yet. */
  NEW: 0,
  /** The registers say what the stack says. */
  STATIC: 1,
  /** The lock's caller is not known, or the registers were wrong: stacks are captured as far as they are paid for. */
  DYNAMIC: 2,
} as const;

export interface Pair {
  readonly op: number;
  /** 0 for the library's own objects. */
  readonly inner: number;
  /** 0: unknown, or there is none. */
  readonly outer: number;
  trust: number;
  /** What it is known by without a capture; 0: nothing. */
  stack: number;
  /** How often it has been used. */
  count: number;
  /** How often it may be used until it is compared again. */
  left: number;
}

export class StaticSites {
  readonly #code: NumberedCode;
  readonly #stacks: StackCapture;
  /** By inner number: the pair of the last call, and all of them by outer number. */
  readonly #last: (Pair | undefined)[] = [];
  readonly #pairs: (Map<number, Pair> | undefined)[] = [];
  /** By outer number, of the library's own objects. */
  readonly #lastCall: (Pair | undefined)[] = [];
  readonly #calls: (Map<number, Pair> | undefined)[] = [];

  constructor(code: NumberedCode, stacks: StackCapture) {
    this.#code = code;
    this.#stacks = stacks;
  }

  /**
   * The stack of an event whose numbers were compared with a captured one before, and need not be again yet; 0: ask
   * {@link take}. This is all that most events cost.
   */
  known(op: number): number {
    const { i, o } = registers;
    const call = o < this.#lastCall.length ? this.#lastCall[o] : undefined;
    if (call !== undefined && call.op === op && call.left > 0) {
      registers.o = 0;
      call.left--;
      return call.stack;
    }
    const pair = i < this.#last.length ? this.#last[i] : undefined;
    if (pair === undefined || pair.op !== op || pair.outer !== o || pair.left === 0) return 0;
    registers.i = registers.o = 0;
    pair.left--;
    return pair.stack;
  }

  /** What the registers say of an event that is written now, or null. They are empty then. */
  take(op: number): Pair | null {
    const mask = operationMask(op);
    if (mask !== 0) return this.#takeOperation(op, mask);
    const names = methodNames(op);
    if (names === undefined) return null;
    const outer = registers.o;
    if (outer === 0) return null;
    registers.o = 0;
    return this.#callOf(op, outer, names);
  }

  /** Compares a pair with the stack that was captured last. */
  check(pair: Pair): void {
    if (pair.trust === TRUST.DYNAMIC) return;
    const inner = this.#code.site(pair.inner);
    const outer = this.#code.site(pair.outer);
    const depth = this.#stacks.depth;
    if (depth === 0) {
      // No stack can be had: what was checked by name has to do.
      pair.stack = this.#stacks.define([inner, outer].filter((site) => site !== null));
      pair.trust = inner?.isLockCode === true && outer === null ? TRUST.DYNAMIC : TRUST.STATIC;
      return;
    }
    const first = inner ?? outer;
    if (first === null || !this.#stacks.isAt(0, first)) return distrust(pair);
    if (inner === null) return this.#trust(pair, [0]);
    if (outer !== null) {
      const at = this.#indexOfCaller(inner, outer);
      return at < 0 ? distrust(pair) : this.#trust(pair, at < depth ? [0, at] : [0], at < depth ? null : outer);
    }
    if (!inner.isLockCode || depth === 1) return this.#trust(pair, [0]);
    pair.stack = this.#stacks.defineCaptured([0], null);
    pair.trust = TRUST.DYNAMIC;
  }

  #trust(pair: Pair, frames: readonly number[], lost: Site | null = null): void {
    if (pair.trust === TRUST.STATIC) return;
    pair.stack = this.#stacks.defineCaptured(frames, lost);
    pair.trust = TRUST.STATIC;
  }

  /** Which frame is the lock's caller; the depth: the stack has lost it after an await; -1: it is somebody else. */
  #indexOfCaller(inner: Site, outer: Site): number {
    const { depth } = this.#stacks;
    for (let i = 1; i < depth; i++) {
      if (this.#stacks.isAt(i, outer)) return i;
      const site = this.#stacks.siteAt(i);
      const isOfLock = site ? site.isLockCode : this.#stacks.isOfFile(i, inner.file);
      if (!isOfLock) return -1;
    }
    return depth;
  }

  #takeOperation(op: number, mask: number): Pair | null {
    const inner = registers.i;
    if (inner === 0) return null;
    registers.i = 0;
    const outer = registers.o;
    registers.o = 0;
    return this.#pairOf(op, mask, inner, outer);
  }

  #pairOf(op: number, mask: number, inner: number, said: number): Pair | null {
    const site = this.#code.site(inner);
    if (site === null || (mask & (1 << operationNumber(site.name))) === 0) return null;
    const outer = this.#callerOf(site, said);
    const pairs = (this.#pairs[inner] ??= new Map<number, Pair>());
    const pair = pairOf(pairs, op, inner, outer);
    if (outer === said) put(this.#last, inner, pair);
    return pair;
  }

  /** The number of a lock's caller, if its name leads to the lock's operation; else 0. */
  #callerOf({ isLockCode, fn }: Site, said: number): number {
    const caller = isLockCode ? this.#code.site(said) : null;
    return caller && this.#code.leadsTo(caller.name, fn) ? said : 0;
  }

  #callOf(op: number, outer: number, names: ReadonlySet<string>): Pair | null {
    const site = this.#code.site(outer);
    if (site === null || !names.has(site.name)) return null;
    const calls = (this.#calls[outer] ??= new Map<number, Pair>());
    return put(this.#lastCall, outer, pairOf(calls, op, 0, outer));
  }
}

/** Fills the gap before it: V8 reads arrays without holes fastest. */
function put(pairs: (Pair | undefined)[], number: number, pair: Pair): Pair {
  while (pairs.length <= number) pairs.push(undefined);
  pairs[number] = pair;
  return pair;
}

/** Ops have 16 bits. */
const OPS = 1 << 16;

function pairOf(pairs: Map<number, Pair>, op: number, inner: number, outer: number): Pair {
  const key = outer * OPS + op;
  let pair = pairs.get(key);
  if (!pair) pairs.set(key, (pair = { op, inner, outer, trust: TRUST.NEW, stack: 0, count: 0, left: 0 }));
  return pair;
}

function distrust(pair: Pair): void {
  pair.trust = TRUST.DYNAMIC;
  pair.stack = 0;
}

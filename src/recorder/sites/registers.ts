/**
 * The two registers that numbered code sets before its calls, reachable from every module of the thread by a global that
 * nobody lists: two stores a call is all that a call site costs.
 */
import { REGISTERS } from './static/edits.js';

export interface Registers {
  /** The number of the operation that is about to be called. */
  i: number;
  /** The number of the last call that may have led into synchronisation code. */
  o: number;
  /** Gives its first argument: the second sets a register after the first was evaluated. */
  readonly pass: (value: unknown, setting: unknown) => unknown;
  /** To be spread where a call has no argument. */
  readonly none: readonly never[];
}

export const registers: Registers = { i: 0, o: 0, pass: (value) => value, none: Object.freeze([]) };

export function publishRegisters(): void {
  Object.defineProperty(globalThis, REGISTERS, { value: registers, configurable: true });
}

/** Another piece of work begins: who called before says nothing about it. */
export function forgetCaller(): void {
  registers.o = 0;
}

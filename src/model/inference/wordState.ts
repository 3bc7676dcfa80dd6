/** What is known of one word: how its values follow from each other, and which locks it could be. */
import { CounterLog } from './counterLog.js';
import type { LockAutomaton } from './lockAutomaton.js';
import type { PlacedUse } from './siteFacts.js';
import { ValueChain } from './valueChain.js';
import { newClass, type WordClass } from './wordClasses.js';
import type { WordOperation } from './wordOperation.js';

/** Of different values that a lock is waited at there are few; a word with more is none. */
const MAX_WAITED = 16;
const MAX_SITES = 64;

export interface WordState {
  readonly id: number;
  classOfCode: WordClass;
  /** Call sites that operated on it. */
  readonly sites: Set<number>;
  lastSite: number;
  /** All that the code has for this word. */
  readonly family: Set<PlacedUse>;
  /** The class that the operations are methods of; null: none, or unknown. */
  codeName: string | null;
  readonly chain: ValueChain;
  readonly counter: CounterLog;
  /** One for each value that could mean that it is free, in the order in which these were seen to be replaced. */
  readonly readings: LockAutomaton[];
  /** Its first operations, for a reading that begins later; null: there were more than are kept. */
  early: WordOperation[] | null;
  readonly waitedFor: Set<number>;
  /** It was seen to be no lock in a part of the trace that is not there. */
  isRefuted: boolean;
  /** Some code tries to take it and goes on without. */
  hasTry: boolean;
}

export const newWordState = (id: number): WordState => ({
  id,
  classOfCode: newClass(),
  sites: new Set(),
  lastSite: -1,
  family: new Set(),
  codeName: null,
  chain: new ValueChain(),
  counter: new CounterLog(),
  readings: [],
  early: [],
  waitedFor: new Set(),
  isRefuted: false,
  hasTry: false,
});

export function noteWaited(state: WordState, value: number): void {
  if (state.waitedFor.size < MAX_WAITED) state.waitedFor.add(value);
  else if (!state.waitedFor.has(value)) state.isRefuted = true;
}

/** @returns it is a new one */
export function noteSite(state: WordState, site: number): boolean {
  if (site < 0 || site === state.lastSite) return false;
  state.lastSite = site;
  if (state.sites.has(site) || state.sites.size >= MAX_SITES) return false;
  state.sites.add(site);
  return true;
}

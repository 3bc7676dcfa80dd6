/**
 * Reads words of shared memory as what programs build of them. It is told each operation once, does a bounded amount of
 * work for it, and keeps a bounded amount of each word; what a word is, is decided when somebody asks.
 */
import type { Dictionary } from '../../trace/dictionary.js';
import { OP } from '../../trace/ops.js';
import type { Audience } from '../audience.js';
import type { Hold } from '../intervals.js';
import type { EventCursor } from '../step.js';
import { CodePlaces } from './codePlaces.js';
import { decideLocks, type InferredLock } from './decideLocks.js';
import { LockAutomaton } from './lockAutomaton.js';
import { SiteTexts } from './siteFacts.js';
import { ticketLocks } from './ticketLocks.js';
import { addUser, rootOf, WordClasses } from './wordClasses.js';
import { element, operationOf, type WordOperation } from './wordOperation.js';
import { newWordState, noteSite, noteWaited, type WordState } from './wordState.js';

const MAX_WORDS = 10_000;
/** Of each word: later readings begin with these. */
const MAX_EARLY = 16;
/** Values that could mean that a word is free. */
const MAX_READINGS = 4;

const ATTEMPTS: ReadonlySet<number> = new Set([OP['word.wait'], OP['word.waitAsync']]);
const NO_HOLDS: readonly Hold[] = [];

export class Inference {
  readonly words = new Map<number, WordState>();
  readonly places: CodePlaces;
  /** Words that there was no room for. */
  dropped = 0;
  private readonly classes = new WordClasses();
  private lastWord: WordState | null = null;
  /** By thread, in the order in which it took them, as the first reading of each word that is left has it. */
  private readonly heldBy = new Map<number, Hold[]>();
  private decided: ReadonlyMap<number, InferredLock> | null = null;
  private sitesOfLocks: Set<number> | null = null;

  constructor(
    private readonly dictionary: Dictionary,
    private readonly audience: Audience,
  ) {
    this.places = new CodePlaces(dictionary, new SiteTexts(dictionary));
  }

  /** An operation that may have changed the word. */
  operated(event: EventCursor): void {
    const operation = operationOf(event);
    const state = operation === null ? null : this.stateOf(event.object);
    if (operation === null || state === null) return;
    this.changed();
    this.notePlace(state, event, operation);
    state.chain.take(operation);
    state.counter.take(operation);
    const [first] = state.readings;
    const wasLeading = first?.isRefuted === false ? first : null;
    this.read(state, operation);
    if (wasLeading?.isRefuted === true) this.forgetHolds(state);
  }

  /** A thread begins to wait for the word, or does not have to. */
  waits(event: EventCursor): void {
    const state = this.stateOf(event.object);
    if (state === null) return;
    this.changed();
    this.notePlace(state, event, null);
    if (ATTEMPTS.has(event.op)) noteWaited(state, element(event.arg));
    for (const reading of state.readings) if (!reading.isRefuted) reading.waited(event.thread.id);
  }

  notifies(event: EventCursor): void {
    const state = this.stateOf(event.object);
    if (state !== null) this.notePlace(state, event, null);
  }

  /** Events of the thread are missing. */
  lose(thread: number): void {
    this.changed();
    for (const state of this.words.values()) {
      for (const reading of state.readings) if (!reading.isRefuted) reading.lose(thread);
    }
    this.heldBy.delete(thread);
  }

  /** A part of the trace that is not there has shown it. */
  isNoLock(word: number): void {
    const state = this.stateOf(word);
    if (state !== null) state.isRefuted = true;
  }

  forgetThread(thread: number): void {
    this.heldBy.delete(thread);
  }

  forget(word: number): void {
    const state = this.words.get(word);
    if (state === undefined) return;
    this.forgetHolds(state);
    this.words.delete(word);
    this.lastWord = null;
    this.changed();
  }

  /** The lock that the word is; undefined: it is none, as far as is known. */
  lockOf(word: number): InferredLock | undefined {
    if (!this.words.has(word)) return undefined;
    return this.locks().get(word);
  }

  /** The class of the program that is this lock; null: none, or unknown. */
  nameOf(word: number): string | null {
    return this.words.get(word)?.codeName ?? null;
  }

  /** Of a stack inside the code of an inferred lock: which of how many frames called that code; else the innermost. */
  callOf(stack: number): { readonly outer: number; readonly of: number } {
    const site = stack < 0 ? -1 : this.places.of(stack).site;
    if (site < 0 || !this.lockSites().has(site)) return { outer: 0, of: 0 };
    return { outer: this.places.outerDepth(stack), of: this.places.depthOf(stack) };
  }

  /** Cheap: it was used as a lock so far. */
  isUsedAsLock(word: number): boolean {
    return this.words.get(word)?.readings.some(({ isRefuted, ownReleases }) => !isRefuted && ownReleases > 0) === true;
  }

  /** The locks that a thread seems to hold. */
  holdsOf(thread: number): readonly Hold[] {
    return this.heldBy.get(thread) ?? NO_HOLDS;
  }

  /** The thread has never run code that works on this word or on others like it. */
  isStranger(thread: number, word: number): boolean {
    const state = this.words.get(word);
    if (state === undefined) return false;
    const { users, hasMoreUsers } = rootOf(state.classOfCode);
    return !hasMoreUsers && !users.has(thread);
  }

  private locks(): ReadonlyMap<number, InferredLock> {
    if (this.decided === null) {
      const tickets = ticketLocks(this.words.values(), this.dictionary);
      this.decided = new Map([...decideLocks(this.words.values()), ...tickets]);
    }
    return this.decided;
  }

  private changed(): void {
    this.decided = this.sitesOfLocks = null;
  }

  private lockSites(): ReadonlySet<number> {
    if (this.sitesOfLocks === null) {
      this.sitesOfLocks = new Set();
      for (const { word, otherWord = word } of this.locks().values()) {
        for (const id of [word, otherWord])
          for (const site of this.words.get(id)?.sites ?? []) this.sitesOfLocks.add(site);
      }
    }
    return this.sitesOfLocks;
  }

  private stateOf(id: number): WordState | null {
    if (this.lastWord?.id === id) return this.lastWord;
    let state = this.words.get(id);
    if (state === undefined) {
      if (this.words.size >= MAX_WORDS) {
        this.dropped += 1;
        return null;
      }
      this.words.set(id, (state = newWordState(id)));
    }
    return (this.lastWord = state);
  }

  private notePlace(state: WordState, { stack, thread, sampled }: EventCursor, operation: WordOperation | null): void {
    const { site, facts, isBlocking } = this.places.of(stack);
    if (noteSite(state, site)) {
      state.classOfCode = this.classes.join(site, state.classOfCode);
      for (const one of facts?.family ?? []) state.family.add(one);
      if (facts !== null) state.codeName ??= facts.fn.className;
    }
    addUser(rootOf(state.classOfCode), thread.id);
    if (operation === null || operation.verb === 'store') return;
    if (isBlocking === false) state.hasTry = true;
    operation.bounded = isBlocking !== true || (sampled && state.hasTry);
  }

  private read(state: WordState, operation: WordOperation): void {
    const { verb, old, thread } = operation;
    if (verb === 'compareExchange' || verb === 'exchange' || verb === 'or') this.beginReading(state, old);
    if (state.early !== null && verb !== 'read') {
      if (state.early.length >= MAX_EARLY) state.early = null;
      else state.early.push({ ...operation });
    }
    let isLeading = true;
    for (const reading of state.readings) {
      if (reading.isRefuted) continue;
      const before = reading.holdOf(thread);
      const ended = reading.take(operation);
      if (!isLeading) continue;
      isLeading = false;
      if (ended !== null) this.released(ended);
      const hold = reading.holdOf(thread);
      if (hold !== null && hold !== before) this.acquired(hold);
    }
  }

  /** Somebody replaced this value: perhaps it means that the word is free. */
  private beginReading({ id, readings, early, waitedFor }: WordState, free: number): void {
    if (early === null || readings.length >= MAX_READINGS || waitedFor.has(free)) return;
    if (readings.some((reading) => reading.free === free)) return;
    const reading = new LockAutomaton(id, free);
    for (const operation of early) {
      reading.take(operation);
      if (reading.isRefuted) break;
    }
    readings.push(reading);
  }

  private acquired(hold: Hold): void {
    const held = this.heldBy.get(hold.thread);
    // It was given back by another thread that has not said so yet.
    const stale = held?.findIndex(({ lock }) => lock === hold.lock) ?? -1;
    if (stale >= 0) held?.splice(stale, 1);
    this.audience.wordTaken(hold, held ?? NO_HOLDS);
    if (held === undefined) this.heldBy.set(hold.thread, [hold]);
    else held.push(hold);
  }

  private released(hold: Hold): void {
    const held = this.heldBy.get(hold.thread);
    const index = held?.lastIndexOf(hold) ?? -1;
    if (held !== undefined && index >= 0) {
      if (index === held.length - 1) held.pop();
      else held.splice(index, 1);
    }
    this.audience.wordGivenBack(hold);
  }

  private forgetHolds({ id }: WordState): void {
    for (const [thread, held] of this.heldBy) {
      if (held.some(({ lock }) => lock === id)) {
        this.heldBy.set(
          thread,
          held.filter(({ lock }) => lock !== id),
        );
      }
    }
  }
}

/**
 * Reads a word as a lock that is free when it has one certain value: who makes another value of that one takes it, who makes
 * that one again gives it back. Each thread is followed in the order of its own program, so that a give-back whose time
 * stamp comes after the next taking does no harm. What no lock does makes the reading wrong once and for all.
 */
import type { Hold } from '../intervals.js';
import type { Deed } from '../threadModel.js';
import type { WordOperation } from './wordOperation.js';

/** Values that waiting threads leave in the word; a lock has one or two. */
const MAX_MARKS = 4;

/** What a thread has to do next with the word so that its last operation makes sense. */
type Duty = 'waitOrTry' | 'free';

export class LockAutomaton {
  /** More than one while a give-back is underway. */
  readonly holders: Hold[] = [];
  ownReleases = 0;
  /** The last that was given back by who had taken it, and where that was. */
  lastOwn: Hold | null = null;
  lastOwnStack = -1;
  /** What stands in the word while it is held. */
  taken = NaN;
  foreignRelease: Deed | null = null;
  /** No lock does what was done to it. */
  isRefuted = false;
  /** What threads wrote that found it taken: they must be values that somebody waits for. */
  readonly marks = new Set<number>();
  private readonly duties = new Map<number, Duty>();

  constructor(
    readonly lock: number,
    readonly free: number,
  ) {}

  /** Some thread has to act before its last operation can be understood. */
  get isInBetween(): boolean {
    return this.duties.size > 0;
  }

  /** @returns the hold that ended with it, if one did */
  take(operation: WordOperation): Hold | null {
    const { thread, verb, old, now } = operation;
    const { free } = this;
    if (this.duties.size > 0 && !this.fulfils(operation)) return this.refute();
    if (verb === 'read') return null;
    if (verb === 'store') {
      if (now === free) return this.release(operation);
      return this.holdOf(thread) !== null ? null : this.refute();
    }
    const takes = verb === 'compareExchange' || verb === 'exchange' || verb === 'or';
    if (old === free) return takes ? this.acquire(operation) : this.refute();
    if (now === free) return this.holders.length > 0 ? this.release(operation) : this.refute();
    if (takes) this.mark(operation);
    else this.leave(operation);
    return null;
  }

  /** A thread waits for the word, or did not have to. */
  waited(thread: number): void {
    if (this.duties.get(thread) === 'free') this.refute();
    else this.duties.delete(thread);
  }

  /** Nobody knows what the thread did meanwhile. */
  lose(thread: number): void {
    if (this.holdOf(thread) !== null || this.duties.delete(thread)) this.refute();
  }

  holdOf(thread: number): Hold | null {
    for (const hold of this.holders) if (hold.thread === thread) return hold;
    return null;
  }

  private drop(hold: Hold): void {
    if (this.holders.length === 1) this.holders.pop();
    else this.holders.splice(this.holders.indexOf(hold), 1);
  }

  private acquire({ thread, t, stack, sampled, now, bounded }: WordOperation): null {
    // Its give-back by another thread is still to come.
    const earlier = this.holdOf(thread);
    if (earlier !== null) {
      this.foreignRelease ??= { thread: -1, stack: -1, t };
      this.drop(earlier);
    }
    this.taken = now;
    this.holders.push({
      lock: this.lock,
      thread,
      shared: false,
      bounded,
      since: t,
      until: t,
      stack,
      sampled,
      wait: null,
      releasedBy: -1,
    });
    return null;
  }

  private release({ thread, stack, t }: WordOperation): Hold | null {
    let hold = this.holdOf(thread);
    if (hold !== null) {
      this.ownReleases += 1;
      this.lastOwn = hold;
      this.lastOwnStack = stack;
    } else {
      // Free already: it is made ready for use.
      hold = this.holders[0] ?? null;
      if (hold === null) return null;
      this.foreignRelease = { thread, stack, t };
    }
    this.drop(hold);
    hold.until = t > hold.since ? t : hold.since;
    hold.releasedBy = thread;
    return hold;
  }

  /** It was taken, and is marked: by its owner in whatever way, by others to say that they wait. */
  private mark({ thread, verb, now }: WordOperation): void {
    if (verb !== 'compareExchange' || this.holdOf(thread) !== null) return;
    if (this.marks.size >= MAX_MARKS && !this.marks.has(now)) this.refute();
    this.marks.add(now);
    this.duties.set(thread, 'waitOrTry');
  }

  /** By arithmetic to another value that is not free: the first step of giving back. */
  private leave({ thread }: WordOperation): void {
    if (this.holdOf(thread) !== null) return;
    if (this.holders.length === 0) this.refute();
    else this.duties.set(thread, 'free');
  }

  private fulfils({ thread, verb, now }: WordOperation): boolean {
    const duty = this.duties.get(thread);
    if (duty === undefined) return true;
    if (duty === 'free' && verb === 'read') return true;
    this.duties.delete(thread);
    if (duty === 'free') return now === this.free && (verb === 'store' || verb === 'exchange');
    return verb === 'read' || verb === 'compareExchange' || verb === 'exchange' || verb === 'or';
  }

  private refute(): null {
    this.isRefuted = true;
    this.holders.length = 0;
    this.duties.clear();
    return null;
  }
}

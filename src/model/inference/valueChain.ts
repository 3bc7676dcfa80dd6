/**
 * Whether the values of a word follow from each other: each operation says which value it found, and some operation must have
 * left it there. Time stamps are taken after the operation, so that neighbours may stand in the wrong order: one that
 * does not fit waits for those that come. One that never fits is the trace of a writer that nobody sees.
 */
import type { WordOperation } from './wordOperation.js';

/** Operations that may stand between the right place of one and where it is read. */
const WINDOW = 64;
const RECENT = 8;
/** In words that many threads change at once, the clock alone makes one in so many. */
const OPERATIONS_A_BREAK = 1000;

interface Misfit {
  readonly thread: number;
  /** NaN: a store. */
  readonly old: number;
  readonly now: number;
  readonly isRead: boolean;
  /** Of the chain, when it came. */
  readonly count: number;
}

export class ValueChain {
  /** NaN: none was seen yet. */
  current = NaN;
  isImpure = false;
  private count = 0;
  private breaks = 0;
  /** When a thread changed it other than the one before. */
  private changedHands = -1;
  private lastThread = -1;
  /** Values before this one, in a circle. */
  private readonly recent: number[] = [];
  private next = 0;
  private misfits: Misfit[] = [];

  /** Something was written that is not explained yet. */
  get isOpen(): boolean {
    return this.misfits.some(({ isRead }) => !isRead);
  }

  take({ verb, thread, old, now }: WordOperation): void {
    if (this.isImpure) return;
    this.count += 1;
    if (thread !== this.lastThread) {
      this.lastThread = thread;
      this.changedHands = this.count;
    }
    const isRead = verb === 'read';
    const isLate = this.misfits.length > 0 && this.misfits.some((one) => one.thread === thread);
    if (isRead) {
      if (!isLate && !this.isKnown(old)) this.wait(thread, old, now, true);
    } else if (!isLate && (verb === 'store' || Number.isNaN(this.current) || old === this.current)) {
      this.step(now);
      if (this.misfits.length > 0) this.settle();
    } else this.wait(thread, verb === 'store' ? NaN : old, now, false);
    const [oldest] = this.misfits;
    if (oldest !== undefined && this.count - oldest.count >= WINDOW) this.break(oldest);
  }

  private isKnown(value: number): boolean {
    if (Number.isNaN(this.current)) this.current = value;
    return value === this.current || this.recent.includes(value);
  }

  private step(now: number): void {
    this.recent[this.next] = this.current;
    this.next = (this.next + 1) % RECENT;
    this.current = now;
  }

  private wait(thread: number, old: number, now: number, isRead: boolean): void {
    this.misfits.push({ thread, old, now, isRead, count: this.count });
  }

  /** What fits now: of each thread only its oldest may. */
  private settle(): void {
    for (let found = true; found;) {
      found = false;
      const earlier = new Set<number>();
      for (const [i, { thread, old, now, isRead }] of this.misfits.entries()) {
        const isFirst = !earlier.has(thread);
        earlier.add(thread);
        if (!isFirst || !(isRead ? this.isKnown(old) : Number.isNaN(old) || old === this.current)) continue;
        this.misfits.splice(i, 1);
        if (!isRead) this.step(now);
        found = true;
        break;
      }
    }
  }

  private break(oldest: Misfit): void {
    this.breaks += 1;
    const isAlone = this.changedHands < oldest.count - 1;
    if (isAlone || this.breaks * OPERATIONS_A_BREAK > this.count) {
      this.isImpure = true;
      this.misfits = [];
      return;
    }
    this.misfits.shift();
    if (!oldest.isRead) this.step(oldest.now);
    this.settle();
  }
}

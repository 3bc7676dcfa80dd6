import type { Named } from '../crossing/handle.js';
import { raw } from '../recording.js';
import { GRANTED, type Place, type WaitLine } from '../waiting/waitLine.js';
import { AWAITED, giveBack, HOLDERS, holdersOf, READ, RW_WORD, takeNow, WRITTEN, type Kind } from './rwState.js';

/** Whose turn it is with a lock for readers and writers that somebody waits for. */
export class RWTurns {
  readonly #cells: Int32Array;
  readonly #line: WaitLine;

  constructor(cells: Int32Array, line: WaitLine) {
    this.#cells = cells;
    this.#line = line;
  }

  /** True when the lock is the caller's, undefined when it has to go on waiting. */
  take(kind: Kind, place: Place): true | undefined {
    const line = this.#line;
    if (!line.isAnswered(place)) this.#rescue();
    if (line.isPassedOver(place)) return this.queue(kind, place) === undefined ? true : undefined;
    return line.isAnswered(place) && this.quit(place) ? true : undefined;
  }

  /**
   * Takes a place in the line; undefined: the lock is the caller's already.
   * @param again the place that was passed over
   */
  queue(kind: Kind, again?: Place): Place | undefined {
    const line = this.#line;
    line.enter();
    try {
      for (;;) {
        if (takeNow(this.#cells, kind)) {
          if (again !== undefined) line.quit(again);
          return undefined;
        }
        const seen = raw.load(this.#cells, RW_WORD.STATE);
        if ((seen & HOLDERS) === 0 && seen < AWAITED) continue;
        const awaited = seen | AWAITED;
        if (raw.compareExchange(this.#cells, RW_WORD.STATE, seen, awaited) === seen) {
          return again === undefined ? line.join(kind) : line.rejoin(again);
        }
      }
    } finally {
      line.leave();
    }
  }

  /** True when the place was granted. If not, those behind it may be able to go on. */
  quit(place: Place): boolean {
    const line = this.#line;
    line.enter();
    const isMine = line.quit(place) === GRANTED;
    // One that was passed over is in no line, and the state need not be marked.
    const isAwaited = raw.load(this.#cells, RW_WORD.STATE) >= AWAITED;
    const next = isMine || !isAwaited ? [] : this.#admit(holdersOf(this.#cells));
    line.leave();
    line.wake(next);
    return isMine;
  }

  /** Gives it back, to those who wait. */
  handOver(kind: Kind, who: Named): void {
    const line = this.#line;
    let next: Place[] = [];
    line.enter();
    try {
      // Whoever waited may have given up. Here nobody begins to.
      if (!giveBack(this.#cells, kind, who)) {
        next = this.#admit(holdersOf(this.#cells) - (kind === READ ? 1 : WRITTEN));
      }
    } finally {
      line.leave();
    }
    line.wake(next);
  }

  /** What was granted and not taken goes to those behind. */
  #rescue(): void {
    const line = this.#line;
    let next: Place[] = [];
    line.enter();
    if (raw.load(this.#cells, RW_WORD.STATE) >= AWAITED) {
      let holders = holdersOf(this.#cells);
      for (const { kind } of line.passOver()) holders -= kind === READ ? 1 : WRITTEN;
      next = this.#admit(holders);
    }
    line.leave();
    line.wake(next);
  }

  /**
   * Grants the lock to whoever is first in the line and can have it, and to readers behind a reader. Called inside the line
   * while the state is marked as awaited: then no other thread changes it.
   * @param holders who holds it now
   */
  #admit(holders: number): Place[] {
    const waiting = this.#line.waiting();
    const admitted: Place[] = [];
    let now = holders;
    for (const place of waiting) {
      if (place.kind === READ ? now === WRITTEN : now !== 0) break;
      now = place.kind === READ ? now + 1 : WRITTEN;
      admitted.push(place);
    }
    // Before the answers: a thread that is woken may release at once.
    raw.store(this.#cells, RW_WORD.STATE, now | (admitted.length < waiting.length ? AWAITED : 0));
    for (const place of admitted) this.#line.answer(place, GRANTED);
    return admitted;
  }
}

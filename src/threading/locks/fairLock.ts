/**
 * A lock that is handed over in the order of those who wait: it is not free in between, so nobody can overtake. That costs
 * a change of threads at every contended release.
 */
import { raw } from '../recording.js';
import { STATE, tryLock } from '../waiting/mutex.js';
import { remaining } from '../waiting/timeout.js';
import { GRANTED, type Place, type WaitLine } from '../waiting/waitLine.js';

export class FairLock {
  constructor(
    readonly cells: Int32Array,
    readonly slot: number,
    readonly line: WaitLine,
  ) {}

  /**
   * Takes a place in the line; undefined: the lock is the caller's already.
   * @param again the place that was passed over
   */
  queue(again?: Place): Place | undefined {
    const { cells, slot, line } = this;
    line.enter();
    try {
      for (;;) {
        if (tryLock(cells, slot)) {
          if (again !== undefined) line.quit(again);
          return undefined;
        }
        const seen = raw.load(cells, slot) as STATE;
        if (seen === STATE.FREE) continue;
        if (seen === STATE.CONTENDED || (raw.compareExchange(cells, slot, seen, STATE.CONTENDED) as STATE) === seen) {
          return again === undefined ? line.join() : line.rejoin(again);
        }
      }
    } finally {
      line.leave();
    }
  }

  /** True when the lock is the caller's, undefined when it has to go on waiting. */
  take(place: Place): true | undefined {
    const { line } = this;
    if (!line.isAnswered(place)) this.#rescue();
    if (line.isPassedOver(place)) return this.queue(place) === undefined ? true : undefined;
    return line.isAnswered(place) && this.quit(place) ? true : undefined;
  }

  /** The place is given up; true when the lock was handed to it. */
  quit(place: Place): boolean {
    const { line } = this;
    line.enter();
    const isMine = line.quit(place) === GRANTED;
    line.leave();
    return isMine;
  }

  lockBefore(deadline: number): boolean {
    const place = this.queue();
    if (place === undefined) return true;
    do {
      this.line.sleep(place, deadline);
      if (this.take(place) === true) return true;
    } while (remaining(deadline) > 0);
    return this.quit(place);
  }

  /** The state before. */
  unlock(): STATE {
    const before = raw.compareExchange(this.cells, this.slot, STATE.HELD, STATE.FREE) as STATE;
    if (before === STATE.CONTENDED) this.#handOver();
    return before;
  }

  #handOver(): void {
    const { line } = this;
    line.enter();
    const next = this.#next();
    line.leave();
    line.wake(next);
  }

  /** To whoever comes after one that was handed the lock and did not take it. */
  #rescue(): void {
    const { line } = this;
    line.enter();
    const next = line.passOver().length > 0 ? this.#next() : [];
    line.leave();
    line.wake(next);
  }

  #next(): Place[] {
    const [next] = this.line.waiting();
    if (next === undefined) {
      raw.store(this.cells, this.slot, STATE.FREE);
      return [];
    }
    this.line.answer(next, GRANTED);
    return [next];
  }
}

import { OP } from '../../trace/ops.js';
import { probe, raw } from '../recording.js';
import { isDead, ownToken } from '../threads/registry.js';
import { wakeAsync } from '../waiting/asyncWait.js';
import { recordedTimeout } from '../waiting/timeout.js';
import { GRANTED, REFUSED, type Answer, type Place, type WaitLine } from '../waiting/waitLine.js';

/**
 * `ARRIVED` counts those who wait for this round, the last one included; `ROUND` the rounds, so that the last one sees that
 * the barrier was reset while its action ran. `ACTOR` is the token of the thread whose action runs.
 */
export const WORD = {
  PHASE: 0,
  OBJECT: 1,
  ASYNC: 2,
  PARTIES: 3,
  ARRIVED: 4,
  ROUND: 5,
  HAS_ACTION: 6,
  ACTOR: 7,
  /** A double: the milliseconds that `wait` waits at most when it is not told. */
  TIMEOUT: 8,
} as const;
export const WORDS = 10;

export const FILLING = 0;
/** All are there, and the last one runs the action. Whoever comes now waits for the next round. */
export const ACTING = 1;
export const BROKEN = 2;

/** What somebody who comes to the barrier finds. */
export type Arrival =
  | { readonly kind: 'place'; readonly place: Place; readonly index: number }
  | { readonly kind: 'last'; readonly index: number; readonly round: number }
  | { readonly kind: 'full' }
  | { readonly kind: 'broken' };

/** How a barrier fills, and what ends a round of it. */
export class BarrierRound {
  readonly #cells: Int32Array;
  readonly #line: WaitLine;
  readonly #object: number;

  /** @param object the id that the recorder knows the barrier by */
  constructor(cells: Int32Array, line: WaitLine, object: number) {
    this.#cells = cells;
    this.#line = line;
    this.#object = object;
  }

  /** @param limit given: the thread will sleep, which is recorded before the last one can come */
  arrive(limit?: number): Arrival {
    const cells = this.#cells;
    const line = this.#line;
    line.enter();
    try {
      const phase = raw.load(cells, WORD.PHASE);
      if (phase !== FILLING) return { kind: phase === BROKEN ? 'broken' : 'full' };
      const index = raw.load(cells, WORD.ARRIVED);
      if (index + 1 < this.#parties) {
        const place = line.join();
        raw.store(cells, WORD.ARRIVED, index + 1);
        if (probe !== undefined && limit !== undefined) {
          probe.record(OP['barrier.wait'], this.#object, undefined, recordedTimeout(limit));
        }
        return { kind: 'place', place, index };
      }
      raw.store(cells, WORD.ACTOR, ownToken);
      raw.store(cells, WORD.PHASE, ACTING);
      return { kind: 'last', index, round: raw.load(cells, WORD.ROUND) };
    } finally {
      line.leave();
    }
  }

  /**
   * All who wait get the answer.
   * @param round when it is not this round any more, nothing happens
   */
  end(answer: Answer, phase: number, round?: number): boolean {
    const cells = this.#cells;
    const line = this.#line;
    line.enter();
    const isDue =
      round === undefined || (raw.load(cells, WORD.ROUND) === round && raw.load(cells, WORD.PHASE) === ACTING);
    const waiting = isDue ? line.waiting() : [];
    if (probe !== undefined && isDue && answer === GRANTED) {
      probe.record(OP['barrier.passed'], this.#object, this.#parties - 1);
    }
    for (const place of waiting) line.answer(place, answer);
    if (isDue) {
      raw.store(cells, WORD.ARRIVED, 0);
      raw.add(cells, WORD.ROUND, 1);
      raw.store(cells, WORD.PHASE, phase);
    }
    line.leave();
    line.wake(waiting);
    raw.notify(cells, WORD.PHASE);
    wakeAsync(cells, WORD.ASYNC);
    return isDue;
  }

  /** The thread whose action ran was terminated. */
  rescue(): void {
    const cells = this.#cells;
    if (raw.load(cells, WORD.PHASE) !== ACTING || !isDead(raw.load(cells, WORD.ACTOR))) return;
    this.end(REFUSED, BROKEN, raw.load(cells, WORD.ROUND));
  }

  get #parties(): number {
    return this.#cells[WORD.PARTIES] as number;
  }
}

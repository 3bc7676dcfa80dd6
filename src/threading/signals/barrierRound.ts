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
  /** Of a broken one: the reason. */
  WHY: 10,
} as const;
export const WORDS = 11;

export const FILLING = 0;
/** All are there, and the last one runs the action. Whoever comes now waits for the next round. */
export const ACTING = 1;
export const BROKEN = 2;

/** Why those who wait are refused, as they are told. */
export const REASONS = {
  aborted: 'it was aborted, and is broken',
  reset: 'it was reset while this thread waited',
  late: 'not all have come in time, and it is broken',
  actionThrew: 'its action threw in the thread that came last, and it is broken',
  actorDied: 'the thread that ran its action died, and it is broken',
  noAction:
    'a thread came that does not have its action, which cannot cross threads, and it is broken: ' +
    'each thread that waits has to set `barrier.action`',
} as const;

export type Reason = keyof typeof REASONS;

/** As numbers, by their place. */
const REASON_NAMES = Object.keys(REASONS) as Reason[];

/** The event of the one that breaks or resets it; whose time is out has one already, and the dead write none. */
const RECORDED_AS: Readonly<Partial<Record<Reason, number>>> = {
  aborted: OP['barrier.abort'],
  reset: OP['barrier.reset'],
  actionThrew: OP['barrier.abort'],
  noAction: OP['barrier.abort'],
};

const reasonOf = (number: number): Reason => REASON_NAMES[number] ?? 'aborted';

/** What somebody who comes to the barrier finds. */
export type Arrival =
  | { readonly kind: 'place'; readonly place: Place; readonly index: number }
  | { readonly kind: 'last'; readonly index: number; readonly round: number }
  | { readonly kind: 'full' }
  | { readonly kind: 'broken'; readonly why: Reason };

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
      if (phase === BROKEN) return { kind: 'broken', why: this.why };
      if (phase !== FILLING) return { kind: 'full' };
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

  /** All who wait go on. False when it is not this round any more: then nothing happens. */
  pass(round: number): boolean {
    return this.#end(GRANTED, FILLING, undefined, round);
  }

  /**
   * All who wait are told why they cannot go on.
   * @param round when it is not this round any more, nothing happens
   */
  refuse(why: Reason, round?: number): void {
    this.#end(REFUSED, why === 'reset' ? FILLING : BROKEN, why, round);
  }

  /** The thread whose action ran was terminated. */
  rescue(): void {
    const cells = this.#cells;
    if (raw.load(cells, WORD.PHASE) !== ACTING || !isDead(raw.load(cells, WORD.ACTOR))) return;
    this.refuse('actorDied', raw.load(cells, WORD.ROUND));
  }

  /** Why it is broken; when it is not, it was reset. */
  get why(): Reason {
    return raw.load(this.#cells, WORD.PHASE) === BROKEN ? reasonOf(raw.load(this.#cells, WORD.WHY)) : 'reset';
  }

  /** Why somebody who waited was refused. */
  whyRefused(place: Place): Reason {
    return reasonOf(this.#line.noteOf(place));
  }

  #end(answer: Answer, phase: number, why: Reason | undefined, round: number | undefined): boolean {
    const cells = this.#cells;
    const line = this.#line;
    line.enter();
    const isDue =
      round === undefined || (raw.load(cells, WORD.ROUND) === round && raw.load(cells, WORD.PHASE) === ACTING);
    const waiting = isDue ? line.waiting() : [];
    if (isDue) this.#record(why);
    const note = why === undefined ? 0 : REASON_NAMES.indexOf(why);
    for (const place of waiting) line.answer(place, answer, note);
    if (isDue) {
      raw.store(cells, WORD.ARRIVED, 0);
      raw.add(cells, WORD.ROUND, 1);
      // What broke it first is why it is broken.
      if (raw.load(cells, WORD.PHASE) !== BROKEN) raw.store(cells, WORD.WHY, note);
      raw.store(cells, WORD.PHASE, phase);
    }
    line.leave();
    line.wake(waiting);
    raw.notify(cells, WORD.PHASE);
    wakeAsync(cells, WORD.ASYNC);
    return isDue;
  }

  /** Before it can be seen. */
  #record(why: Reason | undefined): void {
    if (probe === undefined) return;
    if (why === undefined) probe.record(OP['barrier.passed'], this.#object, this.#parties - 1);
    else if (RECORDED_AS[why] !== undefined) probe.record(RECORDED_AS[why], this.#object);
  }

  get #parties(): number {
    return this.#cells[WORD.PARTIES] as number;
  }
}

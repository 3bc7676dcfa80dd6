/**
 * What a thread does again and again without changing anything: a compareExchange that misses, a spinning exchange, a
 * load. The first of a run is an event; those that follow are counted, by word and value, until the thread records
 * something else about a word, rests or ends. A long run says how far it is whenever its count has doubled, so that
 * a thread that spins does not look dead, and what a killed thread had not written is less than what it had.
 */
import { OP } from '../../trace/ops.js';
import type { ThreadRecorder } from '../threadRecorder.js';

const { isNaN } = Number;
const { min } = Math;

const FIRST_REPORT = 64;
/** About 15 ms of spinning. */
const LONGEST_REPORT = 1 << 20;

type Call = (...args: never[]) => unknown;

/** Operations of one kind on one word that gave the same value. */
interface Run {
  readonly op: number;
  readonly object: number;
  /** NaN, which equals nothing: no run is under way. */
  value: number;
  /** Not written yet. */
  count: number;
  /** When they are written. */
  report: number;
}

/** A word that is an object of the trace. */
export interface Word {
  readonly id: number;
  readonly misses: Run;
  readonly loads: Run;
}

const newRun = (op: number, object: number): Run => ({ op, object, value: NaN, count: 0, report: FIRST_REPORT });

export function newWord(id: number): Word {
  return { id, misses: newRun(OP['word.missed'], id), loads: newRun(OP['word.load'], id) };
}

export class WordRuns {
  readonly #recorder: ThreadRecorder;
  readonly #active: Run[] = [];
  /** A run has begun since the last other event. */
  isActive = false;

  constructor(recorder: ThreadRecorder) {
    this.#recorder = recorder;
  }

  /** A compareExchange found another value. */
  missed({ misses }: Word, found: number, call: Call): void {
    if (misses.value === found) this.#goOn(misses, call);
    else this.#begin(misses, found, misses.op, 1, call);
  }

  /** A load, recorded on demand. */
  loaded({ loads }: Word, value: number, call: Call): void {
    if (loads.value === value) this.#goOn(loads, call);
    else this.#begin(loads, value, loads.op, 1, call);
  }

  /**
   * An operation wrote the value that stood there: the first is told as what it is, those that follow as missed.
   * @param low the value's low 32 bits
   */
  unchanged({ misses }: Word, op: number, value: number, low: number, call: Call): void {
    if (misses.value === value) this.#goOn(misses, call);
    else this.#begin(misses, value, op, low, call);
  }

  /** Writes what is counted; the next of its kind is an event again. */
  end(): void {
    if (!this.isActive) return;
    this.isActive = false;
    const active = this.#active;
    for (let i = 0; i < active.length; i++) {
      const run = active[i] as Run;
      this.#write(run);
      run.value = NaN;
    }
    active.length = 0;
  }

  #begin(run: Run, value: number, op: number, extra: number, call: Call): void {
    if (isNaN(run.value)) this.#active[this.#active.length] = run;
    else this.#write(run);
    run.value = value;
    run.report = FIRST_REPORT;
    this.isActive = true;
    this.#recorder.record(op, run.object, value, extra, call);
  }

  #goOn(run: Run, call: Call): void {
    if (++run.count < run.report) return;
    const { count } = run;
    run.count = 0;
    run.report = min(run.report * 2, LONGEST_REPORT);
    this.#recorder.record(run.op, run.object, run.value, count, call);
  }

  #write(run: Run): void {
    if (run.count === 0) return;
    this.#recorder.recordAt(run.op, run.object, 0, run.value, run.count);
    run.count = 0;
  }
}

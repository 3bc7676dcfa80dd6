/** Events on their way into the model: in the order of time over all threads, as far as nothing earlier can still come. */
import type { Nanos } from '../base/brand.js';
import type { Model } from '../model/model.js';
import { EventColumns, sliceBatch, type EventBatch } from '../trace/eventBatch.js';

/** Given to the model at once: a fraction of a millisecond. */
const SLICE = 4096;

export class Backlog {
  /** Something earlier may still come. */
  #incomplete = new EventColumns();
  #ready = new EventColumns();
  /** Rows of them that the model has. */
  #given = 0;
  /** All events up to this time are there; the later of them may still lie among the incomplete ones. */
  #completeTo = -Infinity;
  #isSorted = true;

  /** Events that are kept. */
  get length(): number {
    return this.#ready.length - this.#given + this.#incomplete.length;
  }

  /** The model has all that it could have. */
  get isGiven(): boolean {
    return this.#isSorted && this.#given === this.#ready.length;
  }

  take(batch: EventBatch): void {
    this.#incomplete.append(batch);
  }

  /** All events up to this time are there. They are sorted when there is time for them: that costs more than the file. */
  complete(to: Nanos): void {
    this.#completeTo = to;
    this.#isSorted = this.#incomplete.length === 0;
  }

  /** Gives the model the next few. False: there are none left. */
  feed(model: Model): boolean {
    if (this.#given === this.#ready.length) this.#sort();
    const to = Math.min(this.#given + SLICE, this.#ready.length);
    if (to > this.#given) model.events(sliceBatch(this.#ready, this.#given, to));
    this.#given = to;
    if (to < this.#ready.length) return true;
    this.#ready.clear();
    this.#given = 0;
    return !this.#isSorted;
  }

  #sort(): void {
    this.#ready.clear();
    this.#given = 0;
    if (!this.#isSorted) this.#incomplete.moveSorted(this.#completeTo, this.#ready);
    this.#isSorted = true;
  }

  /** Adds what the model cannot have yet, in the order of time. */
  addIncomplete(events: EventColumns): void {
    this.#incomplete.sortByTime();
    events.append(this.#incomplete);
  }

  clear(): void {
    // Their arrays have grown.
    this.#incomplete = new EventColumns();
    this.#isSorted = true;
    this.#ready = new EventColumns();
    this.#given = 0;
  }
}

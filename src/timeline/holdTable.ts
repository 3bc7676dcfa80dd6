import { grown } from './growable.js';

/** What the details of a hold say beside its pieces; one row a hold. */
export interface HoldRow {
  readonly since: number;
  /** NaN while it is held. */
  readonly until: number;
  /** Other threads' waits for the lock while it was held. */
  readonly waits: number;
  /** Who held the lock next, -1 for nobody, and how long it had waited by then (NaN: not at all). */
  readonly nextThread: number;
  readonly nextWaitedNs: number;
}

/** Holds as columns, a row from the moment that the lock is taken. */
export class HoldTable {
  length = 0;
  private since = new Float64Array(0);
  private until = new Float64Array(0);
  private waits = new Uint32Array(0);
  private nextThread = new Int32Array(0);
  private nextWaited = new Float64Array(0);

  add(since: number): number {
    const row = this.length;
    this.length += 1;
    if (row >= this.since.length) this.grow();
    this.since[row] = since;
    this.until[row] = NaN;
    this.nextThread[row] = -1;
    this.nextWaited[row] = NaN;
    return row;
  }

  countWaits(row: number, waits: number): void {
    this.waits[row] = (this.waits[row] as number) + waits;
  }

  close(row: number, until: number): void {
    this.until[row] = until;
  }

  /** Who got the lock after the hold of `row`. */
  follow(row: number, thread: number, waitedNs: number): void {
    this.nextThread[row] = thread;
    this.nextWaited[row] = waitedNs;
  }

  at(row: number): HoldRow {
    return {
      since: this.since[row] as number,
      until: this.until[row] as number,
      waits: this.waits[row] as number,
      nextThread: this.nextThread[row] as number,
      nextWaitedNs: this.nextWaited[row] as number,
    };
  }

  private grow(): void {
    this.since = grown(this.since, this.length);
    this.until = grown(this.until, this.length);
    this.waits = grown(this.waits, this.length);
    this.nextThread = grown(this.nextThread, this.length);
    this.nextWaited = grown(this.nextWaited, this.length);
  }
}

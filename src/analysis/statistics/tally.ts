import { LIMITS } from './limits.js';

export interface TallyRow {
  readonly key: number;
  ns: number;
  count: number;
}

/** Time and number by key. The sums stay whole when there are too many keys: the rest has none. */
export class Tally {
  private readonly rows = new Map<number, TallyRow>();
  restNs = 0;
  restCount = 0;

  add(key: number, ns: number, count = 1): void {
    const row = this.rows.get(key);
    if (row !== undefined) {
      row.ns += ns;
      row.count += count;
    } else if (this.rows.size < LIMITS.tallied) {
      this.rows.set(key, { key, ns, count });
    } else {
      this.restNs += ns;
      this.restCount += count;
    }
  }

  addAll(other: Tally): void {
    for (const { key, ns, count } of other.rows.values()) this.add(key, ns, count);
    this.restNs += other.restNs;
    this.restCount += other.restCount;
  }

  /** The longest first. */
  sorted(): TallyRow[] {
    return [...this.rows.values()].sort((a, b) => b.ns - a.ns || a.key - b.key);
  }
}

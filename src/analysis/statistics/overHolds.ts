import type { Hold } from '../../model/intervals.js';

/** Holds that are over. That of a thread that has ended is told then, and again when another thread gives the lock back. */
export class OverHolds {
  private readonly unreleased = new WeakSet<Hold>();

  /** Call it once whenever one is told. */
  isNew(hold: Hold): boolean {
    if (this.unreleased.has(hold)) return false;
    if (hold.releasedBy < 0) this.unreleased.add(hold);
    return true;
  }
}

import type { Hold, Wait } from '../model/intervals.js';
import { BAND } from '../protocol/tileLayout.js';
import type { HoldTable } from './holdTable.js';

/** A stretch of time in which a lock was held in one way. */
export interface Piece {
  readonly thread: number;
  readonly lock: number;
  readonly start: number;
  readonly end: number;
  readonly state: number;
  readonly stack: number;
  /** Row of its hold. */
  readonly hold: number;
}

/** Takes finished pieces: of one lock, and of all locks of a thread taken together. */
export interface BandSink {
  lockPiece(piece: Piece): void;
  threadPiece(piece: Piece): void;
}

/** A hold that is not over, and how many other threads want the lock now. */
interface OpenHold {
  readonly hold: Hold;
  readonly row: number;
  wanted: number;
  /** Where the piece that is not over begins. */
  pieceStart: number;
}

/** What the band under a thread shows now: one of the locks that it holds. */
interface Shown {
  readonly open: OpenHold;
  readonly isWanted: boolean;
  readonly start: number;
}

interface LockNow {
  readonly holds: OpenHold[];
  readonly waits: Set<Wait>;
  /** Row of the last hold that ended, -1 for none. */
  previous: number;
}

/** Who holds a lock now. */
export interface Owner {
  readonly thread: number;
  readonly stack: number;
  readonly since: number;
}

/**
 * Cuts holds into pieces: held, or wanted while at least one other thread waits for the lock. A thread that holds
 * several locks shows the most wanted one, else the one it took last.
 */
export class LockBands {
  private readonly locks = new Map<number, LockNow>();
  /** The open holds of each thread in the order of taking. */
  private readonly threads = new Map<number, { readonly holds: OpenHold[]; shown: Shown | null }>();

  constructor(
    private readonly table: HoldTable,
    private readonly sink: BandSink,
  ) {}

  attempt(wait: Wait): void {
    const lock = this.lock(wait.object);
    lock.waits.add(wait);
    this.recount(lock, wait.since);
    for (const open of lock.holds) if (isAnother(wait, open.hold)) this.table.countWaits(open.row, 1);
  }

  waitOver(wait: Wait): void {
    const lock = this.lock(wait.object);
    if (lock.waits.delete(wait)) this.recount(lock, wait.until);
  }

  acquired(hold: Hold): void {
    const lock = this.lock(hold.lock);
    const open: OpenHold = { hold, row: this.table.add(hold.since), wanted: 0, pieceStart: hold.since };
    if (lock.previous >= 0) {
      this.table.follow(lock.previous, hold.thread, hold.wait ? hold.since - hold.wait.since : NaN);
      lock.previous = -1;
    }
    // A wait that ends at this very moment is this thread's own, or was told to be over before.
    open.wanted = wanting(lock, open);
    this.table.countWaits(open.row, open.wanted);
    lock.holds.push(open);
    const thread = this.thread(hold.thread);
    thread.holds.push(open);
    this.show(thread, hold.since);
  }

  released(hold: Hold): void {
    const lock = this.lock(hold.lock);
    const open = openOf(lock, hold);
    if (!open) return;
    remove(lock.holds, open);
    this.sink.lockPiece(pieceOf(open, open.pieceStart, hold.until, open.wanted > 0));
    this.table.close(open.row, hold.until);
    lock.previous = open.row;
    const thread = this.thread(hold.thread);
    remove(thread.holds, open);
    this.show(thread, hold.until);
  }

  /** Tells the pieces that are not over, up to `now`, without ending them. */
  tell(now: number): void {
    for (const { holds, shown } of this.threads.values()) {
      for (const open of holds) this.sink.lockPiece(pieceOf(open, open.pieceStart, now, open.wanted > 0));
      if (shown) this.sink.threadPiece(pieceOf(shown.open, shown.start, now, shown.isWanted));
    }
  }

  owners(lock: number): readonly Owner[] {
    const holds = this.locks.get(lock)?.holds ?? [];
    return holds.map(({ hold }) => ({ thread: hold.thread, stack: hold.stack, since: hold.since }));
  }

  /** Somebody began or ceased to want the lock. */
  private recount(lock: LockNow, now: number): void {
    for (const open of lock.holds) {
      const wanted = wanting(lock, open);
      if (wanted > 0 !== open.wanted > 0) {
        this.sink.lockPiece(pieceOf(open, open.pieceStart, now, open.wanted > 0));
        open.pieceStart = now;
      }
      open.wanted = wanted;
      this.show(this.thread(open.hold.thread), now);
    }
  }

  private show(thread: { readonly holds: OpenHold[]; shown: Shown | null }, now: number): void {
    const { shown } = thread;
    let next: OpenHold | null = null;
    for (const open of thread.holds) if (!next || open.wanted >= next.wanted) next = open;
    if (next === (shown?.open ?? null) && (!next || next.wanted > 0 === shown?.isWanted)) return;
    if (shown) this.sink.threadPiece(pieceOf(shown.open, shown.start, now, shown.isWanted));
    thread.shown = next && { open: next, isWanted: next.wanted > 0, start: now };
  }

  private lock(id: number): LockNow {
    let lock = this.locks.get(id);
    if (!lock) this.locks.set(id, (lock = { holds: [], waits: new Set(), previous: -1 }));
    return lock;
  }

  private thread(id: number): { readonly holds: OpenHold[]; shown: Shown | null } {
    let thread = this.threads.get(id);
    if (!thread) this.threads.set(id, (thread = { holds: [], shown: null }));
    return thread;
  }
}

function openOf({ holds }: LockNow, hold: Hold): OpenHold | undefined {
  for (const open of holds) if (open.hold === hold) return open;
  return undefined;
}

/** Most often it is the last one: no array is made for it. */
function remove(holds: OpenHold[], open: OpenHold): void {
  if (holds[holds.length - 1] === open) holds.pop();
  else holds.splice(holds.indexOf(open), 1);
}

/** Not the holder itself, which would be re-entry: of asynchronous waits each is one of its own. */
const isAnother = ({ thread, request, isAsync }: Wait, hold: Hold): boolean =>
  request !== undefined || isAsync === true || thread !== hold.thread;

/** How many threads other than its holder wait for the lock. */
function wanting(lock: LockNow, { hold }: OpenHold): number {
  let count = 0;
  if (lock.waits.size === 0) return count;
  for (const wait of lock.waits) if (isAnother(wait, hold)) count += 1;
  return count;
}

function pieceOf({ hold, row }: OpenHold, start: number, end: number, isWanted: boolean): Piece {
  const state = isWanted ? BAND.wanted : BAND.held;
  return { thread: hold.thread, lock: hold.lock, start, end, state, stack: hold.stack, hold: row };
}

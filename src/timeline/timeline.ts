/**
 * The lanes of a trace, filled while the model reads it. Between two `tail` calls only finished intervals are told;
 * `tail` tells what is not over yet, and everything told in it is replaced when the trace goes on.
 */
import type { Nanos } from '../base/brand.js';
import type { Hold, ModelListener, StateInterval, Transfer, Wait } from '../model/intervals.js';
import { THREAD_STATE, type ThreadState } from '../model/threadState.js';
import { FLAG } from '../protocol/tileLayout.js';
import type { LaneKind } from '../protocol/messages.js';
import { HoldTable } from './holdTable.js';
import type { LaneColumns } from './laneColumns.js';
import { LaneTable, type LaneData } from './laneTable.js';
import { LockBands, type Owner, type Piece } from './lockBands.js';
import type { Mark } from './marks.js';
import { WaitTable } from './waitTable.js';

/** More are not drawn one by one. */
const MAX_ARROWS = 2000;

export class Timeline implements ModelListener {
  private readonly table = new LaneTable();
  /** By id. */
  readonly lanes = this.table.lanes;
  readonly waits = new WaitTable();
  readonly holds = new HoldTable();
  /** Objects that an interval is of. */
  readonly objects = new Set<number>();
  /** Starts and joins, in the order of their effects. */
  readonly arrows: Transfer[] = [];
  /** Up to when the lanes were told last. */
  now = 0;
  /** The longest wait so far for anything but the end of a thread, in ns. */
  longestWait = 0;
  private readonly bands = new LockBands(this.holds, {
    lockPiece: (piece) => this.pushPiece(this.table.ofLock(piece.thread, piece.lock), piece),
    threadPiece: (piece) => this.pushPiece(this.table.ofThread(piece.thread).holds, piece),
  });
  private isTail = false;
  private closedWaits = 0;
  private tailed = new Set<LaneColumns>();
  private marks: readonly Mark[] = [];

  state(interval: StateInterval): void {
    if (!this.isTail) this.dropTail();
    const { thread, state, wait } = interval;
    const lanes = this.table.ofThread(thread);
    const { columns } = lanes.states;
    if (this.isTail) this.forgetTailFrom(columns, interval.start);
    const start = Math.max(interval.start, lastEnd(columns));
    if (interval.end <= start) return;
    if (state === THREAD_STATE.livesOn && this.goesOn(columns, start, state)) {
      columns.prolong(interval.end);
      this.now = Math.max(this.now, interval.end);
      return;
    }
    const detail = wait ? this.waits.add(wait) : -1;
    if (wait && state !== THREAD_STATE.sleeping && wait.family !== 'thread') {
      this.longestWait = Math.max(this.longestWait, interval.end - interval.start);
    }
    this.push(columns, start, interval.end, state, wait ? objectOf(wait) : 0, wait?.stack ?? -1, detail);
    if (this.isTail) return;
    lanes.lastWait = wait;
    lanes.lastRow = detail;
  }

  attempt(wait: Wait): void {
    this.dropTail();
    if (wait.family === 'lock') this.bands.attempt(wait);
  }

  wait(wait: Wait): void {
    if (this.isTail) return;
    this.dropTail();
    if (wait.family === 'lock') this.bands.waitOver(wait);
    const lanes = this.table.findThread(wait.thread);
    if (lanes?.lastWait === wait) this.waits.finish(lanes.lastRow, wait);
  }

  transfer(transfer: Transfer): void {
    const { kind, object, fromTime, toThread, toTime } = transfer;
    if ((kind === 'start' || kind === 'join') && this.arrows.length < MAX_ARROWS) this.arrows.push(transfer);
    const lanes = this.table.findThread(toThread);
    const wait = lanes?.lastWait;
    // Told at the effect: the interval of the wait that it ended is the last one.
    if (lanes && wait?.object === object && wait.until === toTime) this.waits.setCause(lanes.lastRow, fromTime);
  }

  acquired(hold: Hold): void {
    this.dropTail();
    this.bands.acquired(hold);
  }

  hold(hold: Hold): void {
    if (this.isTail) return;
    this.dropTail();
    this.bands.released(hold);
  }

  /** `flush` lets the model tell what is not over; everything told meanwhile holds up to `now` only. */
  tail(now: Nanos, flush: () => void): void {
    this.dropTail();
    this.isTail = true;
    this.closedWaits = this.waits.length;
    this.now = Math.max(this.now, now);
    flush();
    this.bands.tell(now);
    this.isTail = false;
    this.applyMarks();
  }

  /** What must be seen at every zoom, in place of what was marked before. Holds for what the lanes gain, too. */
  mark(marks: readonly Mark[]): void {
    for (const { columns } of this.lanes) columns.unflag(FLAG.open);
    this.marks = marks;
    this.applyMarks();
  }

  laneOf(kind: LaneKind, thread: number, lock = 0): LaneData | undefined {
    return this.table.find(kind, thread, lock);
  }

  /** Each thread's lane of this lock. */
  lanesOfLock(lock: number): LaneData[] {
    return this.table.allOfLock(lock);
  }

  owners(lock: number): readonly Owner[] {
    return this.bands.owners(lock);
  }

  private applyMarks(): void {
    for (const mark of this.marks) {
      const columns = this.laneOf(mark.kind, mark.thread, mark.object)?.columns;
      if (!columns) continue;
      const isOfObject = (row: number): boolean => mark.object === 0 || columns.object[row] === mark.object;
      const from = Math.max(0, columns.firstEndingAfter(mark.start));
      for (let row = from; row < columns.length && (columns.start[row] as number) <= mark.end; row += 1) {
        if (isOfObject(row)) columns.flag(row, mark.flag);
      }
    }
  }

  private pushPiece({ columns }: LaneData, piece: Piece): void {
    const start = Math.max(piece.start, lastEnd(columns));
    if (piece.end <= start) return;
    this.push(columns, start, piece.end, piece.state, piece.lock, piece.stack, piece.hold);
  }

  private push(
    columns: LaneColumns,
    start: number,
    end: number,
    state: number,
    object: number,
    stack: number,
    detail: number,
  ): void {
    columns.push(start, end, state, this.isTail ? FLAG.open : 0, object, stack, detail);
    if (this.isTail) this.tailed.add(columns);
    else columns.closed = columns.length;
    if (object > 0) this.objects.add(object);
    this.now = Math.max(this.now, end);
  }

  /** What is not over is told anew: it stands alone. */
  private goesOn(columns: LaneColumns, start: number, state: ThreadState): boolean {
    const last = columns.length - 1;
    return !this.isTail && last >= 0 && columns.state[last] === state && columns.end[last] === start;
  }

  /** A second flush tells the same intervals again. */
  private forgetTailFrom(columns: LaneColumns, start: number): void {
    while (columns.length > columns.closed && (columns.start[columns.length - 1] as number) >= start) {
      columns.truncate(columns.length - 1);
    }
  }

  private dropTail(): void {
    if (this.isTail || this.tailed.size === 0) return;
    for (const columns of this.tailed) columns.truncate(columns.closed);
    this.tailed.clear();
    this.waits.truncate(this.closedWaits);
  }
}

function lastEnd(columns: LaneColumns): number {
  return columns.length === 0 ? -Infinity : (columns.end[columns.length - 1] as number);
}

/** The object as a tile says it: a join waits for a thread. */
function objectOf(wait: Wait): number {
  return wait.family === 'thread' ? -1 - wait.object : wait.object;
}

/**
 * What the run's length is made of: from its end back, always to what was waited for. A thread that ran was on the path;
 * one that waited was kept by who ended its wait, and there the path goes on. So the stretches of the path follow upon each
 * other, and their sum is the elapsed time. To make one of them shorter is to make the run shorter, until another path
 * is as long.
 *
 * Read forwards: each wait is a row that knows the row its cause stands behind, and what is old is folded into sums.
 */
import type { ModelListener, QueueDeed, StateInterval, Transfer, Wait } from '../../model/intervals.js';
import type { Model } from '../../model/model.js';
import type { Deed, ThreadModel } from '../../model/threadModel.js';
import { THREAD_STATE } from '../../model/threadState.js';
import { OP } from '../../trace/ops.js';
import { LIMITS } from './limits.js';
import { foldOf, foldRows, untilOf, type PathFold } from './pathFold.js';
import { BEGINNING, CUT, PathRows } from './pathRows.js';
import { activityOf } from './pathSegment.js';
import { PathShares } from './pathShares.js';
import { addRun, stepBack, type PathPlace } from './pathStep.js';

/** An await of the library is over a few events after its loop has turned. */
const TURN_NS = 1e6;

/** What of a queue ends which waits for it. */
const ENDS: ReadonlyMap<number, QueueDeed> = new Map([
  [OP['queue.put'], 'got'],
  [OP['queue.join'], 'taskDone'],
]);

export class CriticalPath implements ModelListener {
  private readonly rows = new PathRows();
  private readonly tips = new Map<number, number>();
  private folds: PathFold[] = [];
  /** Since when each thread is known. */
  private readonly born = new Map<number, number>();
  private readonly queues = new Map<number, Map<QueueDeed, Deed>>();
  /** Causes of waits that are older than what is kept, or for which there was no room. */
  notKept = 0;

  /**
   * @param begin what was before is left out
   * @param maxRows how many waits are kept one by one
   */
  constructor(
    private readonly begin: () => number,
    private readonly maxRows: number = LIMITS.pathRows,
  ) {}

  state({ thread, state, start: wholeStart, end, wait }: StateInterval): void {
    const start = Math.max(wholeStart, this.begin());
    if (end <= start) return;
    if (!this.born.has(thread)) this.born.set(thread, start);
    if (state === THREAD_STATE.running) return;
    if (this.rows.length >= this.maxRows) this.fold();
    const { op = 0, object = 0, stack = -1 } = wait ?? {};
    const row = { thread, state, op, object, stack, since: start, until: end };
    this.tips.set(thread, this.rows.push(row, this.tips.get(thread) ?? BEGINNING));
  }

  transfer(transfer: Transfer): void {
    const row = this.tips.get(transfer.toThread) ?? BEGINNING;
    if (row < 0 || !this.isEndedBy(row, transfer)) return;
    this.cause(row, transfer.fromThread, transfer.fromTime, transfer.fromStack);
  }

  queue(deed: QueueDeed, queue: number, _length: number, by: Deed): void {
    let deeds = this.queues.get(queue);
    if (deeds === undefined) {
      if (this.queues.size >= LIMITS.objects) {
        this.notKept += 1;
        return;
      }
      this.queues.set(queue, (deeds = new Map<QueueDeed, Deed>()));
    }
    deeds.set(deed, by);
  }

  wait(wait: Wait): void {
    const deed = ENDS.get(wait.op);
    const by = deed === undefined ? undefined : this.queues.get(wait.object)?.get(deed);
    if (by === undefined || by.thread === wait.thread || wait.outcome !== 'done') return;
    this.transfer({
      kind: 'notify',
      object: wait.object,
      fromThread: by.thread,
      fromTime: by.t,
      fromStack: by.stack,
      toThread: wait.thread,
      toTime: wait.until,
    });
  }

  /** The path to the end of the trace. May be asked again as the trace grows. */
  path(model: Model): PathShares {
    const begin = this.begin();
    const shares = new PathShares(begin);
    const last = lastThread(model);
    if (last === null) return shares;
    this.endOfLoop(model, last);
    const tip = this.tips.get(last.id) ?? BEGINNING;
    let place: PathPlace = { thread: last.id, t: model.now, stack: -1, at: tip };
    const open = last.shownState;
    if (open !== THREAD_STATE.running) {
      const { op = 0, object = 0, stack = -1 } = last.wait ?? {};
      const what = activityOf(open);
      shares.add({ thread: last.id, what, op, object, stack, from: last.stateSince, to: model.now });
      place = { ...place, t: last.stateSince, stack };
    }
    place = this.walkRows(place, begin, shares);
    for (let fold = foldOf(this.folds, place.at) ?? null; fold !== null; fold = fold.before) {
      if (place.at !== BEGINNING) addRun(place, fold.until, shares);
      shares.addAll(fold.shares);
      place = { ...fold.end, at: BEGINNING };
    }
    const born = Math.min(place.t, Math.max(begin, this.born.get(place.thread) ?? bornOf(model, place.thread)));
    addRun(place, born, shares);
    const { thread } = place;
    shares.add({ thread, what: 'unknown', op: 0, object: 0, stack: -1, from: begin, to: born });
    return shares;
  }

  /** Over the rows that are kept one by one, as far as the trace goes back. */
  private walkRows(from: PathPlace, begin: number, shares: PathShares): PathPlace {
    const { rows } = this;
    let place = from;
    while (place.at >= 0) {
      addRun(place, untilOf(rows, this.folds, place.at), shares);
      const after = stepBack(rows, place.at, shares);
      if (after.t <= begin) return { ...after, at: BEGINNING };
      place = after;
    }
    return place;
  }

  private isEndedBy(row: number, { kind, object, toTime }: Transfer): boolean {
    const { rows } = this;
    if ((rows.fromThread[row] as number) >= 0) return false;
    const late = toTime - (rows.until[row] as number);
    if (rows.op[row] !== 0) return late === 0 && rows.object[row] === object;
    if (rows.state[row] === THREAD_STATE.notStarted) return kind === 'start' && late <= TURN_NS;
    return rows.state[row] === THREAD_STATE.loop && late <= TURN_NS;
  }

  /** What ended a row; unless it was before the row, or after: then it was something else. */
  private cause(row: number, thread: number, t: number, stack: number): void {
    const { rows } = this;
    // A thread may be told of only after its start.
    const since = rows.state[row] === THREAD_STATE.notStarted ? 0 : (rows.since[row] as number);
    if (!(t >= since && t <= (rows.until[row] as number)) || thread < 0) return;
    const parent = this.placeAt(thread, t);
    if (parent === CUT) this.notKept += 1;
    if (parent === CUT || parent >= row) return;
    rows.parent[row] = parent;
    rows.fromThread[row] = thread;
    rows.fromTime[row] = t;
    rows.fromStack[row] = stack;
  }

  /** The last row of a thread that was over at a moment. */
  private placeAt(thread: number, t: number): number {
    const { rows, folds } = this;
    let at = this.tips.get(thread) ?? BEGINNING;
    while (at >= 0 && (rows.until[at] as number) > t) at = rows.before[at] as number;
    return at !== BEGINNING && at !== CUT && untilOf(rows, folds, at) > t ? CUT : at;
  }

  /** A process ends once the last thread that keeps it has: until then the loop of the main thread waited for that one. */
  private endOfLoop(model: Model, last: ThreadModel): void {
    const row = this.tips.get(last.id) ?? BEGINNING;
    const { rows } = this;
    if (row < 0 || last.ended === null || rows.state[row] !== THREAD_STATE.loop) return;
    if ((rows.fromThread[row] as number) >= 0 || rows.until[row] !== last.ended.t) return;
    let keeper: ThreadModel | null = null;
    for (const thread of model.threads.values()) {
      if (thread === last || thread.ended === null || thread.ended.t > last.ended.t) continue;
      if (keeper?.ended == null || thread.ended.t > keeper.ended.t) keeper = thread;
    }
    if (keeper?.ended != null) this.cause(row, keeper.id, keeper.ended.t, keeper.ended.stack);
  }

  private fold(): void {
    this.folds = foldRows(this.rows, Math.floor(this.rows.length * 0.75), this.folds, this.tips);
  }
}

/** The main thread, whose end is that of the program; where it only runs and nothing is heard of it, who wrote last. */
function lastThread({ threads }: Model): ThreadModel | null {
  const main = threads.get(0);
  if (main?.isTraced === true && main.state !== THREAD_STATE.running) return main;
  let last: ThreadModel | null = null;
  for (const thread of threads.values()) {
    if (last === null || thread.lastTime > last.lastTime) last = thread;
    else if (thread.lastTime === last.lastTime && thread.id < last.id) last = thread;
  }
  return last;
}

/** Of a thread that has been in one state since it is known. */
function bornOf({ threads }: Model, id: number): number {
  return threads.get(id)?.stateSince ?? 0;
}

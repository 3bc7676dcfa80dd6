import { millisFromNanos, nanosFromMillis } from '../base/brand.js';
import type { Naming } from '../analysis/naming.js';
import { THREAD_STATE } from '../model/threadState.js';
import type { Cause, IntervalDetails, Step } from '../protocol/messages.js';
import { FLAG } from '../protocol/tileLayout.js';
import {
  holdText,
  stateText,
  unknownText,
  waitText,
  type OwnerNow,
  type OwnersBefore,
  type Span,
} from './intervalText.js';
import type { LaneColumns } from './laneColumns.js';
import type { LaneData } from './laneTable.js';
import type { Timeline } from './timeline.js';
import type { WaitRow } from './waitTable.js';

export interface DetailsContext {
  readonly timeline: Timeline;
  readonly naming: Naming;
  /** Events of the thread that were dropped in the stretch, as far as is known. */
  readonly dropped: (thread: number, span: Span) => number;
}

type Other = IntervalDetails['other'];

/** The interval of a lane at a time, or the one before or after it; null where there is none. */
export function details(context: DetailsContext, lane: number, timeMs: number, step: Step): IntervalDetails | null {
  const data = context.timeline.lanes[lane];
  const row = data && rowAt(data.columns, nanosFromMillis(timeMs), step);
  if (!data || row === undefined || row === null) return null;
  const { columns } = data;
  const { text, other } = data.lane.kind === 'thread' ? ofThread(context, data, row) : ofHold(context, data, row);
  const cause = data.lane.kind === 'thread' ? causeOf(context, columns, row) : null;
  const stack = columns.stack[row] as number;
  return {
    lane,
    thread: data.lane.thread,
    state: columns.state[row] as number,
    startMs: millisFromNanos(columns.start[row] as number),
    endMs: millisFromNanos(columns.end[row] as number),
    open: ((columns.flags[row] as number) & FLAG.open) !== 0,
    object: columns.object[row] as number,
    text,
    frames: stack < 0 ? [] : context.naming.frames(stack),
    other,
    cause,
  };
}

function causeOf({ timeline }: DetailsContext, columns: LaneColumns, row: number): Cause | null {
  const detail = columns.detail[row] as number;
  if (detail < 0) return null;
  const { endedByThread, causedAt } = timeline.waits.at(detail);
  if (endedByThread < 0 || Number.isNaN(causedAt)) return null;
  const object = columns.object[row] as number;
  // A thread may be gone before its end is written, by another one then.
  return { thread: object < 0 ? -1 - object : endedByThread, timeMs: millisFromNanos(causedAt) };
}

function rowAt(columns: LaneColumns, t: number, step: Step): number | null {
  const next = columns.firstEndingAfter(t);
  const isInside = next < columns.length && (columns.start[next] as number) <= t;
  const row = step === 'at' ? (isInside ? next : -1) : step === 'before' ? next - 1 : isInside ? next + 1 : next;
  return row >= 0 && row < columns.length ? row : null;
}

function ofThread(context: DetailsContext, data: LaneData, row: number): { text: string[]; other: Other } {
  const { timeline, naming } = context;
  const { columns, lane } = data;
  const { thread } = lane;
  const state = columns.state[row] as number;
  const span = { start: columns.start[row] as number, end: columns.end[row] as number };
  if (state === THREAD_STATE.unknown) {
    return { text: unknownText(naming, thread, context.dropped(thread, span), span), other: null };
  }
  const detail = columns.detail[row] as number;
  if (detail < 0) return { text: stateText(naming, thread, state, span), other: null };
  const wait = timeline.waits.at(detail);
  const object = columns.object[row] as number;
  const isBlocked = state === THREAD_STATE.blocked;
  const owner = isBlocked && wait.outcome === 'open' ? ownerNow(context, object, thread) : null;
  const endedByFrames = wait.endedByStack < 0 ? [] : naming.frames(wait.endedByStack);
  const text = waitText(naming, wait, {
    ...span,
    thread,
    state,
    object,
    frames: framesOf(naming, columns.stack[row] as number),
    endedByFrames,
    owner,
    before: isBlocked && !owner ? ownersBefore(timeline, object, thread, span) : null,
  });
  return { text, other: owner ? otherOf(naming, owner.thread, owner.frames) : endedBy(naming, wait) };
}

function ofHold(context: DetailsContext, { columns, lane }: LaneData, row: number): { text: string[]; other: Other } {
  const { timeline, naming } = context;
  const hold = timeline.holds.at(columns.detail[row] as number);
  const object = columns.object[row] as number;
  const frames = framesOf(naming, columns.stack[row] as number);
  const text = holdText(naming, hold, { thread: lane.thread, object, frames, now: timeline.now });
  return { text, other: hold.nextThread < 0 ? null : otherOf(naming, hold.nextThread, []) };
}

function framesOf(naming: Naming, stack: number): ReturnType<Naming['frames']> {
  return stack < 0 ? [] : naming.frames(stack);
}

/** The thread itself when it waits for what it holds. */
function ownerNow({ timeline, naming }: DetailsContext, lock: number, waiter: number): OwnerNow | null {
  const owners = timeline.owners(lock);
  const owner = owners.find(({ thread }) => thread !== waiter) ?? owners[0];
  return owner ? { thread: owner.thread, since: owner.since, frames: framesOf(naming, owner.stack) } : null;
}

function endedBy(naming: Naming, wait: WaitRow): Other {
  if (wait.endedByThread >= 0) return otherOf(naming, wait.endedByThread, framesOf(naming, wait.endedByStack));
  return wait.ownerAtStart >= 0 ? otherOf(naming, wait.ownerAtStart, []) : null;
}

function otherOf(naming: Naming, thread: number, frames: OwnerNow['frames']): Other {
  return { thread, frames, label: `line of ${naming.thread(thread)}` };
}

/** Holds of other threads that overlap the wait. */
function ownersBefore(timeline: Timeline, lock: number, waiter: number, { start, end }: Span): OwnersBefore {
  let count = 0;
  let longestThread = -1;
  let longestNs = -1;
  for (const { lane, columns } of timeline.lanesOfLock(lock)) {
    if (lane.thread === waiter) continue;
    let previous = -1;
    for (
      let row = columns.firstEndingAfter(start);
      row < columns.length && (columns.start[row] as number) < end;
      row += 1
    ) {
      const detail = columns.detail[row] as number;
      if (detail === previous) continue;
      previous = detail;
      count += 1;
      const hold = timeline.holds.at(detail);
      const ns = (Number.isNaN(hold.until) ? timeline.now : hold.until) - hold.since;
      if (ns > longestNs) [longestThread, longestNs] = [lane.thread, ns];
    }
  }
  return { count, longestThread, longestNs };
}

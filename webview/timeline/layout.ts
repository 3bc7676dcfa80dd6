/** Which rows there are, in which order and where: threads, and under a thread the locks that were opened. */
import type { ObjectInfo, ThreadInfo } from '../../src/protocol/messages.js';
import type { State, Trace } from '../store.js';
import { cyclesOf, stuckThreads, type Cycle } from './cycles.js';

export type RowSize = 'normal' | 'compact' | 'dense';

export interface Row {
  readonly kind: 'thread' | 'lock';
  readonly thread: ThreadInfo;
  /** The lock of a `lock` row. */
  readonly lock: ObjectInfo | null;
  /** The lane with the states, or with the bands of a `lock` row. */
  readonly lane: number;
  /** The lane of the band under a thread's bar; null where its locks are opened, and in dense rows. */
  readonly holdsLane: number | null;
  readonly depth: number;
  readonly y: number;
  readonly height: number;
  /** Where the bar is, from the top of all rows; a lock row's bar is its band. */
  readonly barY: number;
  readonly barHeight: number;
  readonly bandY: number;
  readonly bandHeight: number;
  /** Belongs to a deadlock. */
  readonly isDead: boolean;
  readonly isStuck: boolean;
  /** Null when there is nothing to open. */
  readonly isOpen: boolean | null;
  /** Who waits for the lock of this row, in a deadlock. */
  readonly waiter: string | null;
}

export interface Layout {
  readonly rows: readonly Row[];
  readonly height: number;
  readonly size: RowSize;
  readonly cycles: readonly Cycle[];
}

interface Measures {
  readonly row: number;
  readonly bar: number;
  readonly barTop: number;
}

const NORMAL_UP_TO = 12;
const COMPACT_UP_TO = 20;
const LOCK_ROW = 20;
const BAND = 4;
const OPENED_BAND = 7;

function sizeFor(threads: number): RowSize {
  return threads <= NORMAL_UP_TO ? 'normal' : threads <= COMPACT_UP_TO ? 'compact' : 'dense';
}

function measuresFor(size: RowSize, isNarrow: boolean): Measures {
  if (size === 'dense') return { row: 17, bar: 14, barTop: 2 };
  if (size === 'compact') return { row: 20, bar: 10, barTop: 3 };
  return isNarrow ? { row: 30, bar: 18, barTop: 5 } : { row: 34, bar: 18, barTop: 7 };
}

/** Creation order, children after their parent; threads of a cycle next to each other, behind the first of them. */
function orderThreads(trace: Trace, cycles: readonly Cycle[]): { thread: ThreadInfo; depth: number }[] {
  const known = new Set(trace.threads.map((thread) => thread.id));
  const children = new Map<number | null, ThreadInfo[]>();
  for (const thread of trace.threads) {
    const parent =
      thread.parent !== null && known.has(thread.parent) && thread.parent !== thread.id ? thread.parent : null;
    children.set(parent, [...(children.get(parent) ?? []), thread]);
  }
  const ordered: { thread: ThreadInfo; depth: number }[] = [];
  const visit = (parent: number | null, depth: number): void => {
    for (const thread of children.get(parent) ?? []) {
      ordered.push({ thread, depth });
      visit(thread.id, depth + 1);
    }
  };
  visit(null, 0);
  for (const { members } of cycles) {
    const ids = members.map((member) => member.thread);
    const rank = new Map(ids.map((id, i) => [id, i]));
    const first = ordered.findIndex(({ thread }) => rank.has(thread.id));
    if (first < 0) continue;
    // The circle may be entered anywhere: it starts at the thread that is drawn first.
    const offset = rank.get((ordered[first] as (typeof ordered)[number]).thread.id) as number;
    const place = (id: number): number => ((rank.get(id) as number) - offset + ids.length) % ids.length;
    const moved = ordered.filter(({ thread }) => rank.has(thread.id));
    moved.sort((a, b) => place(a.thread.id) - place(b.thread.id));
    const others = ordered.filter(({ thread }) => !rank.has(thread.id));
    ordered.splice(0, ordered.length, ...others.slice(0, first), ...moved, ...others.slice(first));
  }
  return ordered;
}

/** Lays out all rows of a trace. */
export function layOut(trace: Trace, state: Pick<State, 'opened' | 'isNarrow'>): Layout {
  const cycles = cyclesOf(trace);
  const stuck = stuckThreads(trace);
  const members = cycles.flatMap((cycle) => cycle.members);
  const size = sizeFor(trace.threads.length);
  const measures = measuresFor(size, state.isNarrow);
  const objects = new Map(trace.objects.map((object) => [object.id, object]));
  const names = new Map(trace.threads.map((thread) => [thread.id, thread.name]));
  const rows: Row[] = [];
  let y = 0;
  for (const { thread, depth } of orderThreads(trace, cycles)) {
    const lanes = trace.lanes.filter((lane) => lane.thread === thread.id);
    const states = lanes.find((lane) => lane.kind === 'thread');
    if (!states) continue;
    const locks = lanes.filter((lane) => lane.kind === 'lock');
    const member = members.find((one) => one.thread === thread.id);
    const byHand = state.opened.get(thread.id);
    const isOpen = byHand ?? (member !== undefined && member.holds !== 0);
    // A thread that was not opened by hand shows the lock of the deadlock alone: that is what the loop runs along.
    const shown = isOpen ? locks.filter((lane) => byHand === true || lane.object === member?.holds) : [];
    rows.push({
      kind: 'thread',
      thread,
      lock: null,
      lane: states.id,
      holdsLane:
        size === 'dense' || shown.length > 0 ? null : (lanes.find((lane) => lane.kind === 'holds')?.id ?? null),
      depth,
      y,
      height: measures.row,
      barY: y + measures.barTop,
      barHeight: measures.bar,
      bandY: y + measures.barTop + measures.bar + 1,
      bandHeight: BAND,
      isDead: member !== undefined,
      isStuck: stuck.has(thread.id),
      isOpen: locks.length > 0 ? shown.length > 0 : null,
      waiter: null,
    });
    y += measures.row;
    for (const lane of shown) {
      const waiter = members.find((one) => one.waitsFor === lane.object && one.waitsForThread === thread.id);
      const bandY = y + Math.floor((LOCK_ROW - OPENED_BAND) / 2);
      rows.push({
        kind: 'lock',
        thread,
        lock: objects.get(lane.object) ?? { id: lane.object, kind: 'lock', name: `lock ${lane.object}` },
        lane: lane.id,
        holdsLane: null,
        depth: depth + 1,
        y,
        height: LOCK_ROW,
        barY: bandY,
        barHeight: OPENED_BAND,
        bandY,
        bandHeight: OPENED_BAND,
        isDead: waiter !== undefined,
        isStuck: false,
        isOpen: null,
        waiter: waiter ? (names.get(waiter.thread) ?? `thread ${waiter.thread}`) : null,
      });
      y += LOCK_ROW;
    }
  }
  return { rows, height: y, size, cycles };
}

/** The row of a thread's states. */
export function rowOfThread({ rows }: Layout, thread: number): Row | undefined {
  return rows.find((row) => row.kind === 'thread' && row.thread.id === thread);
}

/** The row at a height, or undefined below the last. */
export function rowAt(layout: Layout, y: number): Row | undefined {
  return layout.rows.find((row) => y >= row.y && y < row.y + row.height);
}

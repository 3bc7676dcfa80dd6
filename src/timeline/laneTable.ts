import type { Wait } from '../model/intervals.js';
import { THREAD_STATE, type ThreadStateName } from '../model/threadState.js';
import type { Lane, LaneKind } from '../protocol/messages.js';
import { BIN, LOCK_BIN } from '../protocol/tileLayout.js';
import { LaneColumns, type SlotOfState } from './laneColumns.js';

export interface LaneData {
  readonly lane: Lane;
  readonly columns: LaneColumns;
}

/** The lanes of one thread; the one of its locks by the lock's id. */
export interface ThreadLanes {
  readonly states: LaneData;
  readonly holds: LaneData;
  readonly locks: Map<number, LaneData>;
  /** The wait of its last finished interval, and its row: who ended it may be told after the interval. */
  lastWait: Wait | null;
  lastRow: number;
}

const SLOT_NAMES: Readonly<Partial<Record<ThreadStateName, number>>> = {
  running: BIN.running,
  loop: BIN.loop,
  blocked: BIN.blocked,
  waiting: BIN.waiting,
  parked: BIN.parked,
  sleeping: BIN.parked,
  unknown: BIN.unknown,
};

const THREAD_SLOTS: SlotOfState = (Object.keys(THREAD_STATE) as ThreadStateName[]).map(
  (name) => SLOT_NAMES[name] ?? -1,
);
/** By the codes of `BAND`. */
const LOCK_SLOTS: SlotOfState = [-1, LOCK_BIN.held, LOCK_BIN.wanted];

/** The lanes that there are, made when something is first put on them. */
export class LaneTable {
  /** By id. */
  readonly lanes: LaneData[] = [];
  private readonly threads = new Map<number, ThreadLanes>();

  ofThread(thread: number): ThreadLanes {
    let lanes = this.threads.get(thread);
    if (!lanes) {
      const states = this.addLane('thread', thread, 0, THREAD_SLOTS);
      const holds = this.addLane('holds', thread, 0, LOCK_SLOTS);
      this.threads.set(thread, (lanes = { states, holds, locks: new Map(), lastWait: null, lastRow: -1 }));
    }
    return lanes;
  }

  ofLock(thread: number, lock: number): LaneData {
    const { locks } = this.ofThread(thread);
    let lane = locks.get(lock);
    if (!lane) locks.set(lock, (lane = this.addLane('lock', thread, lock, LOCK_SLOTS)));
    return lane;
  }

  findThread(thread: number): ThreadLanes | undefined {
    return this.threads.get(thread);
  }

  find(kind: LaneKind, thread: number, lock = 0): LaneData | undefined {
    const lanes = this.threads.get(thread);
    if (!lanes) return undefined;
    return kind === 'thread' ? lanes.states : kind === 'holds' ? lanes.holds : lanes.locks.get(lock);
  }

  /** Each thread's lane of this lock. */
  allOfLock(lock: number): LaneData[] {
    return [...this.threads.values()].flatMap(({ locks }) => locks.get(lock) ?? []);
  }

  private addLane(kind: LaneKind, thread: number, object: number, slots: SlotOfState): LaneData {
    const data = { lane: { id: this.lanes.length, kind, thread, object }, columns: new LaneColumns(slots) };
    this.lanes.push(data);
    return data;
  }
}

/** Many threads with more intervals than pixels, and one short wait among them that belongs to an error. */
import type { HostToView, Lane, Opened, ViewToHost } from '../../src/protocol/messages.js';
import { FLAG, LANE_STATE } from '../../src/protocol/tileLayout.js';
import { LaneColumns } from '../../src/timeline/laneColumns.js';
import { tile } from '../../src/timeline/tile.js';

const THREADS = 24;
const INTERVALS = 30_000;
const CYCLE = [LANE_STATE.running, LANE_STATE.waiting, LANE_STATE.running, LANE_STATE.blocked];
/** Whole microseconds, so that the scene is the same each time. */
const STEP = 40_000;

export const flaggedThread = 5;
/** In ns. */
export const flaggedTime = 12_345 * STEP;

export class DenseHost {
  readonly heard: ViewToHost[] = [];
  /** Bytes of tiles sent. */
  bytes = 0;
  readonly #columns: LaneColumns[] = [];

  constructor() {
    for (let thread = 0; thread < THREADS; thread++) {
      const columns = new LaneColumns([-1, 0, 1, 2, 3, 4, 4, -1, 5]);
      for (let i = 0; i < INTERVALS; i++) {
        const state = thread > 20 ? LANE_STATE.parked : (CYCLE[(i + thread) % 4] as number);
        const length = state === LANE_STATE.blocked ? STEP * ((Math.floor(i / 3000) % 3) / 3) : STEP;
        const flags = thread === flaggedThread && i === 12_345 ? FLAG.error : 0;
        columns.push(i * STEP, i * STEP + Math.max(length, 1000), state, flags, 0, 0, -1);
      }
      this.#columns.push(columns);
    }
  }

  opened(): Opened {
    const lanes: Lane[] = this.#columns.map((_, id) => ({ id, kind: 'thread', thread: id, object: 0 }));
    const durationMs = (INTERVALS * STEP) / 1e6;
    const trace = { file: 'dense.lanes', events: 1e6, threads: THREADS, durationMs, end: 'clean' as const };
    return {
      type: 'opened',
      program: 'app.ts',
      root: '/app',
      file: 'dense.lanes',
      durationMs,
      live: false,
      threads: lanes.map(({ id }) => ({
        id,
        name: id === 0 ? 'main' : `http-${id}`,
        parent: id === 0 ? null : 0,
        waitedMs: id * 10,
        startMs: 0,
        endMs: null,
      })),
      objects: [{ id: 1, kind: 'lock', name: 'sessions' }],
      objectCount: 1,
      arrows: [],
      lanes,
      verdict: { trace: { ...trace, exitCode: 0, dropped: 0 }, findings: [], incomplete: [] },
      standing: [],
      locks: 4,
      longestWaitMs: 12,
      revision: 0,
    };
  }

  answer(message: ViewToHost): HostToView | null {
    this.heard.push(message);
    if (message.type === 'ready') return this.opened();
    if (message.type === 'details') return { type: 'details', request: message.request, details: null };
    if (message.type !== 'tiles') return null;
    const { request, level, first, count, lanes } = message;
    const buffer = tile(
      level,
      first,
      count,
      lanes.map((lane) => this.#columns[lane]),
    );
    this.bytes += buffer.byteLength;
    return { type: 'tile', request, revision: 0, level, first, lanes, buffer };
  }
}

/** The scene of the design: writer and reader deadlocked on `cache` and `index`, others stuck behind, one unknown. */
import type {
  Arrow,
  IntervalDetails,
  Lane,
  Opened,
  SourceLine,
  Standing,
  ViewToHost,
  HostToView,
} from '../../src/protocol/messages.js';
import { BAND, FLAG, LANE_STATE } from '../../src/protocol/tileLayout.js';
import type { Finding, FindingFrame, FindingLocation } from '../../src/protocol/verdict.js';
import { LaneColumns } from '../../src/timeline/laneColumns.js';
import { tile } from '../../src/timeline/tile.js';

/** From, to, state, object, flags; no end: still so at the end. */
type Interval = readonly [from: number, to: number | null, state: number, object?: number, flags?: number];

interface SceneThread {
  readonly name: string;
  readonly endMs?: number;
  readonly waitedMs: number;
  readonly states: readonly Interval[];
  /** Holds, by lock. */
  readonly locks?: Readonly<Record<number, readonly Interval[]>>;
}

const { running, loop, blocked, waiting, parked, unknown } = LANE_STATE;
const { deadlocked, stuck, open } = FLAG;
const cache = 1;
const index = 2;
const tasks = 3;

/** main started all of them, and saw the end of the last. */
const ARROWS: readonly Arrow[] = [
  ...[1, 2, 3, 4, 5, 6].map((to): Arrow => ({ kind: 'start', from: 0, fromMs: 2001, to, toMs: 2001.5 })),
  { kind: 'join', from: 6, fromMs: 2037, to: 0, toMs: 2038 },
];

const THREADS: readonly SceneThread[] = [
  {
    name: 'main',
    waitedMs: 12_160,
    states: [
      [2000, 2014, running],
      [2014, 2037, loop],
      [2037, 2044, running],
      [2044, null, waiting, -2, stuck],
    ],
  },
  {
    name: 'writer',
    waitedMs: 12_112,
    states: [
      [2000, 2021, running],
      [2021, 2028, waiting, tasks],
      [2028, 2092, running],
      [2092, null, blocked, index, deadlocked],
    ],
    locks: {
      [cache]: [
        [2004, 2015, BAND.held, cache],
        [2046, 2104, BAND.held, cache],
        [2104, null, BAND.wanted, cache, deadlocked],
      ],
    },
  },
  {
    name: 'reader',
    waitedMs: 12_100,
    states: [
      [2000, 2031, loop],
      [2031, 2104, running],
      [2104, null, blocked, cache, deadlocked],
    ],
    locks: {
      [index]: [
        [2036, 2041, BAND.held, index],
        [2061, 2092, BAND.held, index],
        [2092, null, BAND.wanted, index, deadlocked],
      ],
    },
  },
  {
    name: 'pool-1',
    waitedMs: 12_082,
    states: [
      [2000, 2010, waiting, tasks],
      [2010, 2058, running],
      [2058, 2063, loop],
      [2063, 2122, running],
      [2122, null, blocked, cache, stuck],
    ],
    locks: {
      [index]: [
        [2020, 2034, BAND.held, index],
        [2070, 2079, BAND.held, index],
      ],
    },
  },
  {
    name: 'pool-2',
    waitedMs: 12_094,
    states: [
      [2000, 2048, running],
      [2048, 2056, waiting, tasks],
      [2056, 2110, running],
      [2110, null, waiting, tasks, stuck],
    ],
  },
  {
    name: 'pool-3',
    waitedMs: 12_123,
    states: [
      [2000, 2053, unknown],
      [2053, 2081, running],
      [2081, null, parked],
    ],
  },
  {
    name: 'pool-4',
    waitedMs: 0,
    endMs: 2076,
    states: [
      [2000, 2068, running],
      [2068, 2076, loop],
    ],
  },
];

const frameAt = (file: string, line: number, fn: string): FindingFrame => ({
  file: `src/${file}`,
  line,
  column: 5,
  function: fn,
});

const at = (
  role: FindingLocation['role'],
  thread: number,
  object: number,
  timeMs: number,
  frame: FindingFrame,
): FindingLocation => ({ ...frame, role, thread, object, timeMs, stack: [frame] });

const deadlock: Finding = {
  id: 'deadlock',
  severity: 'error',
  grade: 'certain',
  title: 'Deadlock: writer ⇄ reader',
  message: 'deadlock (certain): writer and reader wait for each other.',
  verdict:
    'Deadlock: `writer` holds `cache` and waits for `index` at store.ts:48; `reader` holds `index` and waits for `cache` at query.ts:20. For 12.1 s, with 3 threads stuck behind.',
  threads: [
    { id: 1, name: 'writer' },
    { id: 2, name: 'reader' },
  ],
  objects: [
    { id: cache, kind: 'lock', name: 'cache', inferred: false },
    { id: index, kind: 'lock', name: 'index', inferred: false },
  ],
  locations: [
    at('waits', 1, index, 2092, frameAt('store.ts', 48, 'save')),
    at('waits', 2, cache, 2104, frameAt('query.ts', 20, 'lookup')),
    at('holds', 1, cache, 2046, frameAt('store.ts', 41, 'save')),
    at('holds', 2, index, 2061, frameAt('query.ts', 12, 'lookup')),
  ],
  circle: [
    { thread: 1, waitsFor: index, waitStartMs: 2092, holds: cache, holdStartMs: 2046, waitsForThread: 2 },
    { thread: 2, waitsFor: cache, waitStartMs: 2104, holds: index, holdStartMs: 2061, waitsForThread: 1 },
  ],
  stuckBehind: [
    { id: 0, name: 'main' },
    { id: 3, name: 'pool-1' },
    { id: 4, name: 'pool-2' },
  ],
  cost: { waitMs: 24_200, count: 2 },
  advice: 'Take `cache` before `index` in query.ts:12, as the other 3 places do.',
  howSure: 'Certain: both owners are recorded, neither wait has a timeout.',
  startMs: 2046,
  endMs: 14_204,
  fingerprint: '1',
};

const inversion: Finding = {
  ...deadlock,
  id: 'lock-order-inversion',
  severity: 'warning',
  grade: 'possible',
  title: 'Lock-order inversion: stats, log',
  verdict:
    'Possible deadlock: `pool-1` takes `stats` before `log` at audit.ts:33, `pool-2` the other way at stats.ts:9.',
  locations: [
    at('acquires', 3, cache, 2020, frameAt('audit.ts', 33, 'audit')),
    at('acquires', 4, index, 2018, frameAt('stats.ts', 9, 'count')),
  ],
  threads: [
    { id: 3, name: 'pool-1' },
    { id: 4, name: 'pool-2' },
  ],
  circle: [],
  stuckBehind: [],
  cost: { waitMs: 0, count: 1 },
  startMs: 2018,
  endMs: 2079,
  fingerprint: '2',
};

const dropped: Finding = {
  ...inversion,
  id: 'dropped-events',
  severity: 'note',
  grade: 'certain',
  title: '312 events of pool-3 were dropped',
  message: 'What pool-3 did is unknown for 53 ms.',
  verdict: '312 events of `pool-3` were dropped.',
  threads: [{ id: 5, name: 'pool-3' }],
  locations: [],
  advice: '',
  startMs: 2000,
  endMs: 2053,
  fingerprint: '3',
};

const TEXTS: Readonly<Record<string, string>> = {
  'src/store.ts:48': '  index.acquire();',
  'src/store.ts:41': '  using held = cache.hold();',
  'src/query.ts:20': '  const page = cache.with(read);',
  'src/query.ts:12': '  index.acquire();',
};

export interface SceneOptions {
  readonly durationMs?: number;
  readonly live?: boolean;
  readonly end?: 'killed' | 'truncated' | 'open';
  /** Without the deadlock: the program before it hangs. */
  readonly isHealthy?: boolean;
}

const STANDING: readonly Standing[] = [
  { thread: 0, text: 'join(writer)', frame: { file: 'src/app.ts', line: 63, column: 3, function: null } },
];

/** A host for the page: answers as the index does, from the scene's own table. */
export class SceneHost {
  readonly heard: ViewToHost[] = [];
  options: Required<SceneOptions>;
  readonly #lanes: Lane[] = [];
  readonly #columns: LaneColumns[] = [];
  #revision = 0;

  constructor(options: SceneOptions = {}) {
    this.options = { durationMs: 14_204, live: false, end: 'killed', isHealthy: false, ...options };
    THREADS.forEach((_, thread) => {
      this.#lanes.push({ id: this.#lanes.length, kind: 'thread', thread, object: 0 });
      this.#lanes.push({ id: this.#lanes.length, kind: 'holds', thread, object: 0 });
    });
    THREADS.forEach(({ locks }, thread) => {
      for (const lock of Object.keys(locks ?? {})) {
        this.#lanes.push({ id: this.#lanes.length, kind: 'lock', thread, object: Number(lock) });
      }
    });
    this.#fill();
  }

  /** The lane of a thread's states. */
  laneOf(thread: string): number {
    return this.#lanes.find((lane) => lane.kind === 'thread' && THREADS[lane.thread]?.name === thread)?.id ?? -1;
  }

  grow(change: SceneOptions): HostToView {
    this.options = { ...this.options, ...change };
    this.#revision += 1;
    this.#fill();
    return { ...this.opened(), type: 'grew' };
  }

  opened(): Opened {
    const { durationMs, live, end, isHealthy } = this.options;
    return {
      type: 'opened',
      program: 'app.ts',
      root: '/app',
      file: 'deadlock.lanes',
      durationMs,
      live,
      threads: THREADS.map(({ name, endMs, waitedMs }, id) => ({
        id,
        name,
        parent: id === 0 ? null : 0,
        waitedMs,
        startMs: 2000,
        endMs: endMs ?? null,
      })),
      objects: [
        { id: cache, kind: 'lock', name: 'cache' },
        { id: index, kind: 'lock', name: 'index' },
        { id: tasks, kind: 'queue', name: 'tasks' },
      ],
      objectCount: 3,
      arrows: ARROWS,
      lanes: this.#lanes,
      verdict: {
        trace: { file: 'deadlock.lanes', events: 48_211, threads: 7, durationMs, end, exitCode: null, dropped: 312 },
        findings: isHealthy ? [] : [deadlock, inversion, dropped],
        incomplete: [],
      },
      standing: STANDING,
      locks: 4,
      longestWaitMs: 12,
      revision: this.#revision,
    };
  }

  answer(message: ViewToHost): HostToView | null {
    this.heard.push(message);
    if (message.type === 'ready') return this.opened();
    if (message.type === 'tiles') {
      const { request, level, first, count, lanes } = message;
      const buffer = tile(
        level,
        first,
        count,
        lanes.map((lane) => this.#columns[lane]),
      );
      return { type: 'tile', request, revision: this.#revision, level, first, lanes, buffer };
    }
    if (message.type === 'details') {
      return { type: 'details', request: message.request, details: this.#details(message) };
    }
    if (message.type === 'lines') {
      const lines: SourceLine[] = message.frames.map((frame) => ({
        ...frame,
        text: TEXTS[`${frame.file}:${frame.line}`] ?? null,
      }));
      return { type: 'lines', request: message.request, lines };
    }
    return null;
  }

  #fill(): void {
    this.#lanes.forEach((lane, id) => {
      const columns = new LaneColumns(lane.kind === 'thread' ? [-1, 0, 1, 2, 3, 4, 4, -1, 5] : [-1, 0, 1]);
      const thread = THREADS[lane.thread];
      const holds = Object.entries(thread?.locks ?? {})
        .filter(([lock]) => lane.kind === 'holds' || Number(lock) === lane.object)
        .flatMap(([, intervals]) => intervals);
      for (const [from, to, state, object, flags] of (lane.kind === 'thread' ? thread?.states : holds) ?? []) {
        const end = Math.min(to ?? Infinity, this.options.durationMs);
        const isOpen = to === null || end < to;
        const marks = this.options.isHealthy ? 0 : (flags ?? 0);
        if (end > from) columns.push(from * 1e6, end * 1e6, state, marks | (isOpen ? open : 0), object ?? 0, 0, -1);
      }
      this.#columns[id] = columns;
    });
  }

  #details({ lane, timeMs, step }: Extract<ViewToHost, { type: 'details' }>): IntervalDetails | null {
    const columns = this.#columns[lane];
    const facts = this.#lanes[lane];
    if (!columns || !facts) return null;
    const time = timeMs * 1e6;
    let row = columns.firstEndingAfter(time);
    if (step === 'before') row -= 1;
    else if (step === 'after') row += 1;
    else if (row < columns.length && (columns.start[row] as number) > time) return null;
    if (row < 0 || row >= columns.length) return null;
    const name = THREADS[facts.thread]?.name ?? '';
    const state = columns.state[row] as number;
    const object = columns.object[row] as number;
    const location = deadlock.locations.find(
      (one) => one.thread === facts.thread && one.object === object && one.role === 'waits',
    );
    const other = deadlock.locations.find((one) => one.thread !== facts.thread && one.object === object);
    return {
      lane,
      thread: facts.thread,
      state,
      startMs: (columns.start[row] as number) / 1e6,
      endMs: (columns.end[row] as number) / 1e6,
      open: ((columns.flags[row] as number) & open) !== 0,
      object,
      text: [
        `\`${name}\` is in state ${state}, 12.1 s`,
        ...(location ? [`wants it at ${location.file.slice(4)}:${location.line}`] : []),
      ],
      frames: location ? location.stack : [],
      other: location && other ? { thread: other.thread, frames: other.stack, label: 'line of the other' } : null,
      cause: object === tasks && facts.thread === 1 ? { thread: 0, timeMs: 2026 } : null,
    };
  }
}

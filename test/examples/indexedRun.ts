/** The trace of an example's run, read and indexed as the page's host does it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Index } from '../../src/indexer/core.js';
import { THREAD_STATE } from '../../src/model/threadState.js';
import type { HostToView, IntervalDetails, Lane, Opened, ViewToHost } from '../../src/protocol/messages.js';
import { memorySource } from '../../src/trace/byteSource.js';
import { root } from './catalogue.js';
import type { Frame, Sight, Stretch } from './frames.js';

/** What stays free beside the stretch that a picture shows, as shares of it. */
const ROOM = { before: 0.04, after: 0.02 };

const PAGE = 1;
const ASKER = 2;

/** Answers the page, and says where in time a frame is. */
export class IndexedRun {
  readonly opened: Opened;
  private constructor(
    private readonly index: Index,
    private readonly told: readonly HostToView[],
  ) {
    this.opened = this.last('opened');
  }

  static async open(trace: string, say: (message: HostToView) => void): Promise<IndexedRun> {
    const told: HostToView[] = [];
    const index = new Index({
      file: trace,
      source: memorySource(readFileSync(trace)),
      readText: textOf,
      isBeingWritten: () => false,
      clock: () => performance.now(),
      send: (view, message) => (view === PAGE ? say(message) : told.push(message)),
    });
    index.answer(ASKER, { type: 'ready' });
    await index.open();
    return new IndexedRun(index, told);
  }

  answer(message: ViewToHost): void {
    this.index.answer(PAGE, message);
  }

  /** Nanoseconds, as the page keeps them. */
  rangeOf({ from, to }: Frame): readonly [number, number] {
    const { threads, durationMs } = this.opened;
    const start = from && this.intervals(from)[0]?.startMs;
    const end = to && Math.max(...this.intervals(to).map(({ endMs }) => endMs));
    const first = start ?? Math.min(...threads.map(({ startMs }) => startMs));
    const span = (end ?? durationMs) - first;
    const before = start === undefined ? 0 : span * ROOM.before;
    return [(first - before) * 1e6, (first + span * (1 + ROOM.after)) * 1e6];
  }

  threadIds(names: readonly string[]): number[] {
    return this.opened.threads.filter(({ name }) => names.includes(name)).map(({ id }) => id);
  }

  private intervals({ thread, sights }: Stretch): IntervalDetails[] {
    const { threads, lanes } = this.opened;
    const ids = new Set(
      threads.filter(({ id, name }) => (thread === undefined ? id !== 0 : name === thread)).map(({ id }) => id),
    );
    const found = lanes.filter((lane) => ids.has(lane.thread)).flatMap((lane) => this.ofLane(lane, sights));
    return found.sort((a, b) => a.startMs - b.startMs);
  }

  private ofLane({ id, kind }: Lane, sights: readonly Sight[]): IntervalDetails[] {
    const states = new Set(sights.map((sight) => (sight === 'holding' ? undefined : THREAD_STATE[sight])));
    if (kind === 'lock' || (kind === 'holds' && !states.has(undefined))) return [];
    const found: IntervalDetails[] = [];
    let one = this.details(id, -1, 'after');
    for (; one !== null; one = this.details(id, one.startMs, 'after')) {
      if (kind === 'holds' || states.has(one.state as never)) found.push(one);
    }
    return found;
  }

  private details(lane: number, timeMs: number, step: 'after'): IntervalDetails | null {
    this.index.answer(ASKER, { type: 'details', request: 1, lane, timeMs, step });
    return this.last('details').details;
  }

  private last<Type extends HostToView['type']>(type: Type): Extract<HostToView, { type: Type }> {
    return this.told.findLast((message) => message.type === type) as Extract<HostToView, { type: Type }>;
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return null;
  }
}

import assert from 'node:assert/strict';
import { nanos } from '../../src/base/brand.js';
import type { Hold, Wait } from '../../src/model/intervals.js';
import { THREAD_STATE, type ThreadState } from '../../src/model/threadState.js';
import type { IntervalDetails } from '../../src/protocol/messages.js';
import { BAND } from '../../src/protocol/tileLayout.js';
import { details, type DetailsContext } from '../../src/timeline/details.js';
import { Timeline } from '../../src/timeline/timeline.js';
import { OP } from '../../src/trace/ops.js';
import { names } from './names.js';

const MS = 1e6;

function waitOf(fields: Partial<Wait>): Wait {
  return {
    thread: 1,
    family: 'lock',
    op: OP['lock.acquire'],
    object: 7,
    stack: 3,
    since: nanos(10 * MS),
    until: nanos(10 * MS),
    timeoutMs: null,
    outcome: 'open',
    endedByThread: -1,
    endedByStack: -1,
    ownerAtStart: -1,
    ...fields,
  };
}

function holdOf(thread: number, since: number, wait: Wait | null = null): Hold {
  const at = nanos(since);
  return {
    lock: 7,
    thread,
    shared: false,
    bounded: false,
    since: at,
    until: at,
    stack: 4,
    sampled: false,
    wait,
    releasedBy: -1,
  };
}

const contextOf = (timeline: Timeline, dropped = 0): DetailsContext => ({
  timeline,
  naming: names,
  dropped: () => dropped,
});

/** Text with plain blanks, so that tables can be typed. */
const plain = (answer: IntervalDetails | null): string[] =>
  (answer?.text ?? []).map((line) => line.replaceAll('\u00a0', ' '));

/** The text of one interval of thread 1, from 10 to 51 ms. */
function textOf(state: ThreadState, wait: Wait | null, dropped = 0): string[] {
  const timeline = new Timeline();
  const interval = { thread: 1, state, start: nanos(10 * MS), end: nanos(51 * MS), wait };
  if (wait?.outcome === 'open') timeline.tail(nanos(51 * MS), () => timeline.state(interval));
  else timeline.state(interval);
  return plain(details(contextOf(timeline, dropped), 0, 20, 'at'));
}

describe('details', () => {
  const done = { outcome: 'done', endedByThread: 2, endedByStack: 9 } as const;
  const word = { family: 'word', op: OP['word.wait'] } as const;
  const rows: readonly [what: string, state: ThreadState, wait: Wait | null, text: readonly string[]][] = [
    ['running', THREAD_STATE.running, null, ['`T1` runs, 41.0 ms', '0.010 s to 0.051 s']],
    ['an ended thread', THREAD_STATE.ended, null, ['`T1` has ended']],
    [
      'an ended thread whose worker has not',
      THREAD_STATE.livesOn,
      null,
      ['`T1` has ended, and its worker lives on, 41.0 ms', '0.010 s to 0.051 s'],
    ],
    [
      'a get that a put ended',
      THREAD_STATE.waiting,
      waitOf({ family: 'queue', op: OP['queue.get'], ...done }),
      ['`T1` waits for `o7`, 41.0 ms', 'get at app.ts:3', 'ended by a put of `T2` at app.ts:9'],
    ],
    [
      'a join that nothing ended',
      THREAD_STATE.waiting,
      waitOf({ family: 'thread', op: OP['thread.join'], object: 2 }),
      ['`T1` waits for the end of `T2`, 41.0 ms', 'join at app.ts:3', 'nothing has ended it yet'],
    ],
    [
      'a wait that gave up',
      THREAD_STATE.waiting,
      waitOf({ family: 'event', op: OP['event.wait'], outcome: 'timeout', timeoutMs: 40 }),
      ['`T1` waits for `o7`, 41.0 ms', 'wait at app.ts:3', 'gave up after its timeout of 40.0 ms'],
    ],
    [
      'a parked thread',
      THREAD_STATE.parked,
      waitOf(word),
      ['`T1` is parked, 41.0 ms', '`Atomics.wait` at app.ts:3, o7', 'nothing has ended it yet'],
    ],
    [
      'a blocked thread whose owner is not known',
      THREAD_STATE.blocked,
      waitOf({}),
      ['`T1` is blocked on `o7`, 41.0 ms', 'wants it at app.ts:3, since 0.010 s', 'who holds it is not known'],
    ],
    [
      'a thread without call site',
      THREAD_STATE.blocked,
      waitOf({ stack: -1, outcome: 'refused' }),
      ['`T1` is blocked on `o7`, 41.0 ms', 'wants it since 0.010 s', 'was refused'],
    ],
  ];
  for (const [what, state, wait, text] of rows) {
    it(`says of ${what} what is known`, () => assert.deepEqual(textOf(state, wait), text));
  }

  it('says why a stretch is unknown', () => {
    assert.deepEqual(textOf(THREAD_STATE.unknown, null, 312), [
      'Unknown, 41.0 ms',
      '312 events of `T1` were dropped: the buffer was full',
    ]);
    assert.deepEqual(textOf(THREAD_STATE.unknown, null)[1], 'what `T1` did was not recorded');
  });

  /** T2 holds the lock from 1 ms, T1 wants it from 10 ms, gets it at 51 ms when `isOver`. */
  function contended(isOver: boolean): Timeline {
    const timeline = new Timeline();
    const first = holdOf(2, MS);
    timeline.acquired(first);
    const wait = waitOf({ ownerAtStart: 2 });
    timeline.attempt(wait);
    const blocked = {
      thread: 1,
      state: THREAD_STATE.blocked,
      start: nanos(10 * MS),
      end: nanos(51 * MS),
      wait,
    };
    if (isOver) {
      first.until = nanos(50 * MS);
      timeline.hold(first);
      Object.assign(wait, { until: nanos(51 * MS), outcome: 'done', endedByThread: 2, endedByStack: 8 });
      timeline.wait(wait);
      timeline.state(blocked);
      timeline.acquired(holdOf(1, 51 * MS, wait));
    }
    timeline.tail(nanos(60 * MS), () => {
      if (!isOver) timeline.state({ ...blocked, end: nanos(60 * MS) });
    });
    return timeline;
  }

  it('names the owner of a lock that is still wanted, and where it took it', () => {
    const timeline = contended(false);
    const lane = timeline.laneOf('thread', 1)?.lane.id as number;
    const answer = details(contextOf(timeline), lane, 30, 'at');
    assert.deepEqual(plain(answer), [
      '`T1` is blocked on `o7`, 50.0 ms',
      'wants it at app.ts:3, since 0.010 s',
      '`T2` holds it since 0.001 s, taken at app.ts:4',
    ]);
    assert.equal(answer?.open, true);
    assert.equal(answer.frames[0]?.line, 3);
    assert.deepEqual(
      { ...answer.other, frames: answer.other?.frames.map(({ line }) => line) },
      { thread: 2, frames: [4], label: 'line of T2' },
    );
  });

  it('says who held a lock before a wait for it was over, and where it was given back', () => {
    const timeline = contended(true);
    const lane = timeline.laneOf('thread', 1)?.lane.id as number;
    const answer = details(contextOf(timeline), lane, 30, 'at');
    assert.deepEqual(plain(answer).at(-1), '`T2` held it before, 49.0 ms');
    assert.equal(answer?.other?.frames[0]?.line, 8);
  });

  it('says of a hold how long, where taken, who waited and who was next', () => {
    const timeline = contended(true);
    for (const kind of ['holds', 'lock'] as const) {
      const lane = timeline.laneOf(kind, 2, 7)?.lane.id as number;
      const answer = details(contextOf(timeline), lane, 30, 'at');
      assert.deepEqual(plain(answer), [
        '`T2` holds `o7`, 49.0 ms',
        'taken at app.ts:4, 0.001 s to 0.050 s',
        '1 thread waited; `T1` got it next, after 41.0 ms',
      ]);
      assert.deepEqual([answer?.state, answer?.startMs, answer?.endMs], [BAND.wanted, 10, 50]);
    }
  });

  it('steps to the interval before and after, and finds none in a gap', () => {
    const timeline = new Timeline();
    for (const [start, end] of [
      [0, 10],
      [10, 20],
      [30, 40],
    ] as const) {
      const span = { start: nanos(start * MS), end: nanos(end * MS) };
      timeline.state({ thread: 1, state: THREAD_STATE.running, wait: null, ...span });
    }
    const starts = (timeMs: number): (number | undefined)[] =>
      (['before', 'at', 'after'] as const).map((step) => details(contextOf(timeline), 0, timeMs, step)?.startMs);
    assert.deepEqual(starts(0), [undefined, 0, 10]);
    assert.deepEqual(starts(10), [0, 10, 30]);
    assert.deepEqual(starts(25), [10, undefined, 30]);
    assert.deepEqual(starts(30), [10, 30, undefined]);
    assert.equal(details(contextOf(timeline), 99, 0, 'at'), null);
  });
});

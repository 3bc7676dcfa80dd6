import assert from 'node:assert/strict';
import { nanos } from '../../src/base/brand.js';
import { openedOf } from '../../src/indexer/opened.js';
import type { Verdict } from '../../src/analysis/finding.js';
import type { Hold, Wait } from '../../src/model/intervals.js';
import { ThreadModel } from '../../src/model/threadModel.js';
import { THREAD_STATE } from '../../src/model/threadState.js';
import { Timeline } from '../../src/timeline/timeline.js';
import { Dictionary } from '../../src/trace/dictionary.js';
import { names } from '../timeline/names.js';
import { emptyFinding } from '../fixtures/emptyFinding.js';

const facts = {
  file: 'a.lanes',
  isLive: false,
  dictionary: new Dictionary(),
  threads: new Map<number, ThreadModel>(),
  naming: names,
  verdict: null,
  revision: 1,
};

function holdOf(thread: number, lock: number, at: number): Hold {
  const since = nanos(at);
  return {
    lock,
    thread,
    shared: false,
    bounded: false,
    since,
    until: nanos(at + 5),
    stack: -1,
    sampled: false,
    wait: null,
    releasedBy: 0,
  };
}

const oneFinding: Verdict = {
  trace: { file: '', events: 0, threads: 0, durationMs: 0, end: 'clean', exitCode: 0, dropped: 0 },
  findings: [emptyFinding],
  incomplete: [],
};

describe('opened', () => {
  it('says how long a thread waited and when it ended', () => {
    const timeline = new Timeline();
    for (const [state, start, end] of [
      [THREAD_STATE.running, 1e6, 2e6],
      [THREAD_STATE.blocked, 2e6, 5e6],
      [THREAD_STATE.parked, 5e6, 6e6],
    ] as const) {
      timeline.state({ thread: 4, state, start: nanos(start), end: nanos(end), wait: null });
    }
    const model = new ThreadModel(4, nanos(6e6));
    model.endedAt = nanos(6e6);
    assert.deepEqual(openedOf({ ...facts, timeline, threads: new Map([[4, model]]) }).threads, [
      { id: 4, name: 'T4', parent: null, waitedMs: 4, startMs: 1, endMs: 6 },
    ]);
  });

  it('counts the objects that nobody waited for: a program that has one could have waited', () => {
    const dictionary = new Dictionary();
    const record = { kind: 'queue', name: null, stack: -1, thread: 0, capacity: null } as const;
    dictionary.objects.set(3, { id: 3, ...record });
    const { objects, objectCount } = openedOf({ ...facts, dictionary, timeline: new Timeline() });
    assert.deepEqual([objects, objectCount], [[], 1]);
  });

  it('a thread begins when it started, and what it waits for at the end is said of those who are stuck', () => {
    const timeline = new Timeline();
    const wait: Wait = {
      thread: 4,
      family: 'lock',
      op: 0,
      object: 7,
      stack: -1,
      since: nanos(2e6),
      until: nanos(9e6),
      timeoutMs: null,
      outcome: 'open',
      endedByThread: -1,
      endedByStack: -1,
      ownerAtStart: -1,
    };
    const join: Wait = { ...wait, family: 'thread', object: 4 };
    for (const [thread, state, start, end, its] of [
      [4, THREAD_STATE.notStarted, 0, 1e6, null],
      [4, THREAD_STATE.running, 1e6, 2e6, null],
      [4, THREAD_STATE.blocked, 2e6, 9e6, wait],
      [0, THREAD_STATE.waiting, 0, 20e6, join],
    ] as const) {
      timeline.state({ thread, state, start: nanos(start), end: nanos(end), wait: its });
    }
    const behind = [0, 4].map((id) => ({ id, name: `T${id}` }));
    const verdict = { ...oneFinding, findings: [{ ...oneFinding.findings[0]!, stuckBehind: behind }] };
    const opened = openedOf({ ...facts, timeline, verdict });
    assert.deepEqual(
      opened.threads.map(({ id, startMs }) => [id, startMs]),
      [
        [0, 0],
        [4, 1],
      ],
    );
    assert.deepEqual(opened.standing, [
      { thread: 0, text: 'join(T4)', frame: null },
      { thread: 4, text: 'blocked on `o7`', frame: null },
    ]);
    assert.equal(opened.longestWaitMs, 7, 'a join is no wait that says how slow the program is');
  });

  it('stays below 2 MB with any number of locks, and keeps the lanes that are used most', () => {
    const timeline = new Timeline();
    let t = 0;
    const hold = (thread: number, lock: number): void => {
      const one = holdOf(thread, lock, (t += 10));
      timeline.acquired(one);
      timeline.hold(one);
    };
    for (let thread = 0; thread < 8; thread += 1) {
      for (let lock = 1; lock <= 3000; lock += 1) hold(thread, lock);
    }
    hold(7, 2999);
    const opened = openedOf({ ...facts, timeline });
    assert.ok(JSON.stringify(opened).length < 2e6);
    assert.ok(opened.lanes.some(({ thread, object }) => thread === 7 && object === 2999));
    assert.equal(new Set(opened.lanes.map(({ id }) => id)).size, opened.lanes.length);
    assert.equal(opened.lanes.filter(({ kind }) => kind === 'thread').length, 8);
  });
});

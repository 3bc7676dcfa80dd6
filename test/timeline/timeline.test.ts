import assert from 'node:assert/strict';
import { nanos } from '../../src/base/brand.js';
import type { StateInterval, Transfer, Wait } from '../../src/model/intervals.js';
import { THREAD_STATE, type ThreadState } from '../../src/model/threadState.js';
import { FLAG } from '../../src/protocol/tileLayout.js';
import { Timeline } from '../../src/timeline/timeline.js';
import { OP } from '../../src/trace/ops.js';

export function waitOf(fields: Partial<Wait> & Pick<Wait, 'thread'>): Wait {
  return {
    family: 'event',
    op: OP['event.wait'],
    object: 7,
    stack: 3,
    since: nanos(0),
    until: nanos(0),
    timeoutMs: null,
    outcome: 'open',
    endedByThread: -1,
    endedByStack: -1,
    ownerAtStart: -1,
    ...fields,
  };
}

const state = (
  thread: number,
  start: number,
  end: number,
  code: ThreadState,
  wait: Wait | null = null,
): StateInterval => ({ thread, start: nanos(start), end: nanos(end), state: code, wait });

const rowsOf = (timeline: Timeline, thread: number): number[][] => {
  const columns = timeline.laneOf('thread', thread)?.columns;
  assert.ok(columns);
  return Array.from({ length: columns.length }, (_, i) =>
    [columns.start, columns.end, columns.state, columns.flags, columns.object].map((column) => column[i] as number),
  );
};

describe('timeline', () => {
  it('replaces what was not over by what came of it', () => {
    const timeline = new Timeline();
    const wait = waitOf({ thread: 1 });
    timeline.state(state(1, 0, 10, THREAD_STATE.running));
    timeline.tail(nanos(20), () => timeline.state(state(1, 10, 20, THREAD_STATE.waiting, wait)));
    assert.deepEqual(rowsOf(timeline, 1).at(-1), [10, 20, THREAD_STATE.waiting, FLAG.open, 7]);
    // A second flush at the same time tells the same.
    timeline.tail(nanos(30), () => {
      timeline.state(state(1, 10, 30, THREAD_STATE.waiting, wait));
      timeline.state(state(1, 10, 30, THREAD_STATE.waiting, wait));
    });
    assert.deepEqual(rowsOf(timeline, 1).slice(1), [[10, 30, THREAD_STATE.waiting, FLAG.open, 7]]);
    Object.assign(wait, { outcome: 'done', until: nanos(35), endedByThread: 2 });
    timeline.wait(wait);
    timeline.state(state(1, 10, 35, THREAD_STATE.waiting, wait));
    assert.deepEqual(rowsOf(timeline, 1), [
      [0, 10, THREAD_STATE.running, 0, 0],
      [10, 35, THREAD_STATE.waiting, 0, 7],
    ]);
    assert.equal(timeline.waits.length, 1);
    assert.equal(timeline.waits.at(0).endedByThread, 2);
  });

  it('learns how a wait ended, also when its state was told before', () => {
    const timeline = new Timeline();
    const wait = waitOf({ thread: 1 });
    timeline.state(state(1, 0, 10, THREAD_STATE.waiting, wait));
    Object.assign(wait, { outcome: 'done', until: nanos(10), endedByThread: 5 });
    timeline.wait(wait);
    assert.deepEqual([timeline.waits.at(0).outcome, timeline.waits.at(0).endedByThread], ['done', 5]);
  });

  it('shows what goes on after the end of a thread as one, and its waits for themselves', () => {
    const timeline = new Timeline();
    timeline.state(state(1, 0, 10, THREAD_STATE.running));
    timeline.state(state(1, 10, 12, THREAD_STATE.livesOn));
    timeline.tail(nanos(14), () => timeline.state(state(1, 12, 14, THREAD_STATE.livesOn)));
    const tail = rowsOf(timeline, 1);
    assert.deepEqual(tail.slice(1), [
      [10, 12, THREAD_STATE.livesOn, 0, 0],
      [12, 14, THREAD_STATE.livesOn, FLAG.open, 0],
    ]);
    timeline.state(state(1, 12, 20, THREAD_STATE.livesOn));
    timeline.state(state(1, 20, 25, THREAD_STATE.waiting, waitOf({ thread: 1 })));
    timeline.state(state(1, 25, 30, THREAD_STATE.livesOn));
    assert.deepEqual(rowsOf(timeline, 1).slice(1), [
      [10, 20, THREAD_STATE.livesOn, 0, 0],
      [20, 25, THREAD_STATE.waiting, 0, 7],
      [25, 30, THREAD_STATE.livesOn, 0, 0],
    ]);
    assert.equal(timeline.now, 30);
  });

  it('keeps starts and joins, and of each wait when its end was caused', () => {
    const timeline = new Timeline();
    const told = (kind: Transfer['kind'], object: number, at: number, toThread: number, toTime: number): void =>
      timeline.transfer({
        kind,
        object,
        fromThread: 2,
        fromTime: nanos(at),
        fromStack: -1,
        toThread,
        toTime: nanos(toTime),
      });
    told('start', 1, 1, 1, 2);
    const wait = waitOf({ thread: 1, until: nanos(10), outcome: 'done' });
    timeline.state(state(1, 5, 10, THREAD_STATE.waiting, wait));
    told('item', 8, 6, 1, 10);
    told('set', 7, 9, 1, 10);
    // A later one, of something that the thread did not wait for.
    told('set', 7, 11, 1, 12);
    timeline.state(state(1, 20, 30, THREAD_STATE.waiting, waitOf({ thread: 1, until: nanos(30) })));
    assert.deepEqual(
      timeline.arrows.map(({ kind, fromTime, toTime }) => [kind, fromTime, toTime]),
      [['start', 1, 2]],
    );
    assert.deepEqual([timeline.waits.at(0).causedAt, timeline.waits.at(1).causedAt], [9, NaN]);
  });

  it('says the thread that a join waits for', () => {
    const timeline = new Timeline();
    timeline.state(state(0, 0, 10, THREAD_STATE.waiting, waitOf({ thread: 0, family: 'thread', object: 4 })));
    assert.equal(rowsOf(timeline, 0)[0]?.[4], -5);
    assert.deepEqual([...timeline.objects], []);
  });

  it('keeps marks on what is told anew, and drops them with a new verdict', () => {
    const timeline = new Timeline();
    const wait = waitOf({ thread: 1 });
    const tell = (end: number): void =>
      timeline.tail(nanos(end), () => timeline.state(state(1, 10, end, THREAD_STATE.waiting, wait)));
    timeline.state(state(1, 0, 10, THREAD_STATE.running));
    tell(20);
    timeline.mark([{ kind: 'thread', thread: 1, object: 0, start: 10, end: 10, flag: FLAG.deadlocked }]);
    const flags = (): (number | undefined)[] => rowsOf(timeline, 1).map((row) => row[3]);
    assert.deepEqual(flags(), [0, FLAG.deadlocked | FLAG.open]);
    tell(30);
    assert.deepEqual(flags(), [0, FLAG.deadlocked | FLAG.open]);
    timeline.mark([]);
    assert.deepEqual(flags(), [0, FLAG.open]);
  });
});

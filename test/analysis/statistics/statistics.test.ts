import assert from 'node:assert/strict';
import type { ObjectStatisticsRow, Statistics } from '../../../src/analysis/statistics/statistics.js';
import { complete, event, object, threads } from '../analyse.js';
import { statisticsOf } from './collected.js';

const of = (...lines: readonly string[]): Promise<Statistics> => statisticsOf(lines.join('\n'));

function rowOf({ objects }: Statistics, name: string): ObjectStatisticsRow {
  const row = objects.find(({ subject }) => (subject.object ?? subject.thread)?.name === name);
  assert.ok(row, name);
  return row;
}

/** `a` holds from 10 to 50, `b` from 52 to 60; `c` waits from 20 behind both. */
const queueing = [
  threads('a', 'b', 'c'),
  object(7, 'lock', 'cache'),
  event(10, 1, 'lock.acquired', 7, 1),
  event(20, 2, 'lock.acquire', 7, 2),
  event(20, 3, 'lock.acquire', 7, 3),
  event(50, 1, 'lock.release', 7, 4),
  event(52, 2, 'lock.acquired', 7, 2),
  event(60, 2, 'lock.release', 7, 5),
  event(60, 3, 'lock.acquired', 7, 3),
  event(70, 3, 'lock.release', 7, 6),
];

describe('statistics', () => {
  it('charge waiting to the holder of each moment, and to nobody between them', async () => {
    const { lock } = rowOf(await of(...queueing), 'cache');
    assert.deepEqual(
      lock?.blame.map(({ waiter, holder, isNobody, ms }) => [waiter?.line, holder?.line, isNobody, ms]),
      [
        [2, 1, false, 30],
        [3, 1, false, 30],
        [3, 2, false, 8],
        [2, undefined, true, 2],
        [3, undefined, true, 2],
      ],
    );
  });

  it('share the blame of those who share a lock', async () => {
    const shared = { mode: 'shared' };
    const { lock } = rowOf(
      await of(
        threads('a', 'b', 'c'),
        object(7, 'rwlock', 'table'),
        event(10, 1, 'lock.acquired', 7, 1, shared),
        event(10, 2, 'lock.acquired', 7, 2, shared),
        event(20, 3, 'lock.acquire', 7, 3),
        event(40, 1, 'lock.release', 7, 4),
        event(50, 2, 'lock.release', 7, 5),
        event(50, 3, 'lock.acquired', 7, 3),
      ),
      'table',
    );
    assert.deepEqual(
      lock?.blame.map(({ holder, ms }) => [holder?.line, ms]),
      [
        [2, 20],
        [1, 10],
      ],
    );
  });

  it('count acquires, how many of them had to wait, and how long locks were held', async () => {
    const { lock, waits } = rowOf(await of(...queueing), 'cache');
    assert.deepEqual([lock?.acquires, lock?.contended], [3, 2]);
    assert.deepEqual([lock?.holds.count, lock?.holds.totalMs, lock?.holds.maxMs], [3, 58, 40]);
    assert.deepEqual(
      waits.map(({ operation, count, totalMs, maxMs }) => [operation, count, totalMs, maxMs]),
      [['lock.acquire', 2, 72, 40]],
    );
  });

  it('tell lines what was waited there, what was held from there, and what they ended', async () => {
    const { lines } = await of(...queueing);
    assert.deepEqual(
      lines.map(({ place, waits, waitMs, holds, holdMs, ended, endedMs }) => [
        place.line,
        ...[waits, waitMs, holds, holdMs, ended, endedMs],
      ]),
      [
        [3, 1, 40, 1, 10, 0, 0],
        [2, 1, 32, 1, 8, 0, 0],
        [1, 0, 0, 1, 40, 0, 0],
        [5, 0, 0, 0, 0, 1, 40],
        [4, 0, 0, 0, 0, 1, 32],
      ],
    );
  });

  it('count what goes on at the end of the trace', async () => {
    const statistics = await of(...queueing.slice(0, 5), complete(100));
    const { lock, waits } = rowOf(statistics, 'cache');
    assert.deepEqual([waits[0]?.count, waits[0]?.totalMs], [2, 160]);
    assert.deepEqual(
      lock?.blame.map(({ ms }) => ms),
      [80, 80],
    );
    assert.equal(statistics.lines.find(({ place }) => place.line === 1)?.holdMs, 90);
  });

  it('count a hold once whose thread ended before another gave it back', async () => {
    const { lines } = await of(
      threads('a', 'b'),
      object(7, 'lock', 'cache'),
      event(10, 1, 'lock.acquired', 7, 1),
      event(30, 1, 'thread.end', 1, 2),
      event(50, 2, 'lock.release', 7, 3),
      complete(60),
    );
    assert.deepEqual(
      lines.filter(({ holds }) => holds > 0).map(({ holds, holdMs }) => [holds, holdMs]),
      [[1, 20]],
    );
  });

  it('know how long a queue was, and how long its items were on their way', async () => {
    const { queue, delays, waits } = rowOf(
      await of(
        threads('a'),
        object(7, 'queue', 'jobs', { capacity: 2 }),
        event(10, 0, 'queue.putDone', 7, 1, { arg: 0 }),
        event(11, 0, 'queue.putDone', 7, 1, { arg: 1 }),
        event(12, 0, 'queue.put', 7, 1),
        event(20, 1, 'queue.getDone', 7, 2, { arg: 0 }),
        event(22, 0, 'queue.putDone', 7, 1, { arg: 2 }),
        event(31, 1, 'queue.getDone', 7, 2, { arg: 1 }),
      ),
      'jobs',
    );
    assert.deepEqual(queue, { puts: 3, gets: 2, longest: 2 });
    assert.deepEqual([delays?.count, delays?.totalMs, delays?.maxMs], [2, 30, 20]);
    assert.deepEqual(
      waits.map(({ operation, totalMs }) => [operation, totalMs]),
      [['queue.put', 10]],
    );
  });

  it('leave out what was before the beginning of a trace whose first part is elsewhere', async () => {
    const header = JSON.stringify({ threadlanes: 1, run: 'r', pid: 1, root: '/w', segment: 2, since: 40 });
    const { elapsedMs, criticalPath, parallelism } = await of(header, ...queueing);
    assert.deepEqual([elapsedMs, criticalPath.totalMs], [30, 30]);
    for (const { statesMs } of parallelism.threads) {
      const told = Object.values(statesMs).reduce((sum, ms) => sum + ms, 0);
      assert.equal(told, 30);
    }
  });

  it('say how many threads ran on average, and what each did', async () => {
    const { parallelism, elapsedMs } = await of(...queueing);
    const running = parallelism.threads.map(({ statesMs }) => statesMs.running ?? 0);
    assert.equal(elapsedMs, 70);
    assert.equal(
      parallelism.runningMs,
      running.reduce((sum, ms) => sum + ms, 0),
    );
    assert.equal(parallelism.effective, Number((parallelism.runningMs / 70).toFixed(3)));
    assert.equal(parallelism.threads[3]?.statesMs.blocked, 40);
  });
});

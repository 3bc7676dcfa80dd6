import assert from 'node:assert/strict';
import type { CriticalPathStatistics } from '../../../src/analysis/statistics/statistics.js';
import { complete, end, event, object, threads } from '../analyse.js';
import { statisticsOf } from './collected.js';

/** `2 runs 10-20`, and the line of it. */
function told({ segments }: CriticalPathStatistics): string[] {
  return segments.map(({ thread, what, fromMs, toMs, place }) =>
    [`${thread} ${what} ${fromMs}-${toMs}`, ...(place === null ? [] : [`@${place.line}`])].join(' '),
  );
}

async function pathOf(...lines: readonly string[]): Promise<string[]> {
  const { criticalPath, elapsedMs } = await statisticsOf(lines.join('\n'));
  assert.equal(criticalPath.totalMs, elapsedMs);
  return told(criticalPath);
}

describe('the critical path', () => {
  it('goes from a lock that was waited for to who gave it back', async () => {
    const path = await pathOf(
      threads('a', 'b'),
      object(7, 'lock', 'cache'),
      event(10, 1, 'lock.acquired', 7, 1),
      event(20, 2, 'lock.acquire', 7, 2),
      event(50, 1, 'lock.release', 7, 3),
      event(51, 2, 'lock.acquired', 7, 2),
      event(90, 2, 'lock.release', 7, 4),
    );
    assert.deepEqual(path, ['1 unknown 0-1', '1 runs 1-50 @3', '2 wakes 50-51 @2', '2 runs 51-90']);
  });

  it('follows items, room in a queue, tasks that are done, starts and joins', async () => {
    const path = await pathOf(
      threads(),
      object(7, 'queue', 'jobs', { capacity: 1 }),
      event(5, 0, 'thread.start', 1, 1),
      event(10, 1, 'thread.begin', 1, 0),
      event(11, 1, 'queue.get', 7, 20),
      event(30, 0, 'queue.putDone', 7, 2, { arg: 0 }),
      event(32, 1, 'queue.getDone', 7, 20, { arg: 0 }),
      event(33, 0, 'queue.putDone', 7, 3, { arg: 1 }),
      event(34, 0, 'queue.put', 7, 4),
      event(60, 1, 'queue.getDone', 7, 21, { arg: 1 }),
      event(61, 0, 'queue.putDone', 7, 4, { arg: 2 }),
      event(62, 0, 'queue.join', 7, 5),
      event(80, 1, 'queue.taskDone', 7, 22),
      event(81, 0, 'queue.joined', 7, 5),
      event(82, 0, 'thread.join', 1, 6),
      event(95, 1, 'thread.end', 1, 0),
      event(97, 0, 'thread.joined', 1, 6),
      end(100, 'clean'),
    );
    assert.deepEqual(path, [
      '0 unknown 0-1',
      '0 runs 1-30 @2',
      '1 wakes 30-32 @20',
      '1 runs 32-95 @0',
      '0 wakes 95-97 @6',
      '0 runs 97-100',
    ]);
  });

  it('stops at a sleep, a timeout and an open wait: nobody else made them long', async () => {
    const path = await pathOf(
      threads(),
      object(7, 'event', 'ready'),
      event(10, 0, 'sleep.begin', 0, 1, { arg: 20 }),
      event(30, 0, 'sleep.end', 0, 1),
      event(40, 0, 'event.wait', 7, 2, { timeout: 15 }),
      event(55, 0, 'event.timeout', 7, 2),
      event(60, 0, 'event.wait', 7, 3),
      complete(200),
    );
    assert.deepEqual(path.slice(1), [
      '0 runs 1-10 @1',
      '0 waits 10-30 @1',
      '0 runs 30-40 @2',
      '0 waits 40-55 @2',
      '0 runs 55-60 @3',
      '0 waits 60-200 @3',
    ]);
  });

  it('does not take what was there before the wait for its end', async () => {
    const path = await pathOf(
      threads('a'),
      object(7, 'lock', 'cache'),
      event(10, 1, 'lock.acquired', 7, 1),
      event(20, 1, 'lock.release', 7, 3),
      event(30, 0, 'lock.acquire', 7, 2),
      event(40, 0, 'lock.acquired', 7, 2),
      event(50, 0, 'lock.release', 7, 4),
    );
    assert.deepEqual(path.slice(1), ['0 runs 1-30 @2', '0 waits 30-40 @2', '0 runs 40-50']);
  });

  it('follows a message to a thread in its event loop', async () => {
    const path = await pathOf(
      threads('a'),
      object(7, 'port', 'p', { from: 1, to: 0 }),
      event(10, 0, 'loop.sample', 0, 0, { arg: 1 }),
      event(50, 1, 'port.post', 7, 1, { arg: 0 }),
      event(52, 0, 'port.receive', 7, 2, { arg: 0 }),
      event(60, 0, 'thread.end', 0, 0),
    );
    assert.deepEqual(path.slice(1), ['1 runs 1-50 @1', '0 wakes 50-52', '0 runs 52-60']);
  });

  it('goes on with the thread that ended last where the main thread ends in its loop', async () => {
    const path = await pathOf(
      threads('a', 'b'),
      event(10, 0, 'loop.sample', 0, 0, { arg: 1 }),
      event(50, 1, 'thread.end', 1, 0),
      event(70, 2, 'thread.end', 2, 0),
      event(75, 0, 'thread.end', 0, 0),
    );
    assert.deepEqual(path.slice(1), ['2 runs 1-70 @0', '0 wakes 70-75']);
  });

  it('names the waits that it passes', async () => {
    const { criticalPath } = await statisticsOf(
      [
        threads('a'),
        object(7, 'lock', 'cache'),
        event(10, 1, 'lock.acquired', 7, 1),
        event(20, 0, 'lock.acquire', 7, 2),
        event(50, 1, 'lock.release', 7, 3),
        event(51, 0, 'lock.acquired', 7, 2),
        event(52, 0, 'thread.end', 0, 0),
      ].join('\n'),
    );
    assert.deepEqual(
      criticalPath.waits.map(({ subject, count, ms }) => [subject.object?.name, count, ms]),
      [['cache', 1, 31]],
    );
  });
});

import assert from 'node:assert/strict';
import type { Hold, ModelListener, StateInterval, Transfer, Wait } from '../../src/model/intervals.js';
import { Model } from '../../src/model/model.js';
import { THREAD_STATE, type ThreadState } from '../../src/model/threadState.js';
import { tellUnfinished } from '../../src/model/unfinished.js';
import { nanosFromMillis } from '../../src/base/brand.js';
import { Dictionary } from '../../src/trace/dictionary.js';
import { EventColumns } from '../../src/trace/eventBatch.js';
import { OP } from '../../src/trace/ops.js';
import type { ObjectRecord } from '../../src/trace/records.js';
import { readTrace } from '../fixtures/readTrace.js';

const nameOf = (state: ThreadState): string =>
  Object.entries(THREAD_STATE).find(([, code]) => code === state)?.[0] as string;
const ms = (t: number): number => t / 1e6;

class Log implements ModelListener {
  readonly lines: string[] = [];
  state({ thread, state, start, end }: StateInterval): void {
    this.lines.push(`${thread} ${nameOf(state)} ${ms(start)}-${ms(end)}`);
  }
  wait({ thread, since, until, outcome, endedByThread, ownerAtStart }: Wait): void {
    this.lines.push(`wait ${thread} ${ms(since)}-${ms(until)} ${outcome} by ${endedByThread} owner ${ownerAtStart}`);
  }
  acquired({ lock, thread }: Hold, held: readonly Hold[]): void {
    this.lines.push(`acquired ${thread} ${lock} with [${held.map((hold) => hold.lock).join()}]`);
  }
  hold({ lock, thread, since, until, releasedBy }: Hold): void {
    this.lines.push(`hold ${thread} ${lock} ${ms(since)}-${ms(until)} by ${releasedBy}`);
  }
  transfer({ kind, fromThread, toThread, fromTime, toTime }: Transfer): void {
    this.lines.push(`${kind} ${fromThread}@${ms(fromTime)} -> ${toThread}@${ms(toTime)}`);
  }
}

async function read(text: string): Promise<{ model: Model; lines: string[] }> {
  const dictionary = new Dictionary();
  const log = new Log();
  const model = new Model(dictionary, [log]);
  await readTrace(text, {
    thread: (record) => model.thread(record),
    object: (record) => model.object(record),
    string: (string, index) => dictionary.string(string, index),
    events: (batch) => model.events(batch),
    marker: (marker) => model.marker(marker),
  });
  return { model, lines: log.lines };
}

const ev = (t: number, th: number, op: string, o?: number, more: object = {}): string =>
  JSON.stringify({ t, th, op, ...(o === undefined ? {} : { o }), ...more });
const complete = (t: number): string => JSON.stringify({ t, complete: true });
const lock = '{"object":1,"kind":"lock","name":"x"}\n{"object":2,"kind":"rlock","name":"y"}';

describe('model', () => {
  it('tells waits, holds and the hand-over of a lock', async () => {
    const { lines, model } = await read(
      [
        lock,
        ev(1, 1, 'lock.acquired', 1, { arg: 1 }),
        ev(2, 2, 'lock.acquire', 1),
        ev(5, 1, 'lock.release', 1, { arg: 0 }),
        ev(6, 2, 'lock.acquired', 1, { arg: 1 }),
        ev(7, 2, 'lock.acquired', 2, { arg: 1 }),
        complete(9),
      ].join('\n'),
    );
    assert.deepEqual(lines, [
      'acquired 1 1 with []',
      'hold 1 1 1-5 by 1',
      '2 blocked 2-6',
      'handOver 1@5 -> 2@6',
      'acquired 2 1 with []',
      'wait 2 2-6 done by 1 owner 1',
      'acquired 2 2 with [1]',
    ]);
    assert.equal(model.now, nanosFromMillis(9));
    assert.equal(model.inversions, 0);
  });

  it('flushes what is open, again and again, and goes on', async () => {
    const { lines, model } = await read(
      [
        lock,
        ev(1, 1, 'lock.acquired', 1, { arg: 1 }),
        ev(2, 1, 'sleep.begin', undefined, { arg: 10 }),
        complete(3),
      ].join('\n'),
    );
    lines.length = 0;
    tellUnfinished(model, nanosFromMillis(4));
    assert.deepEqual(lines, ['hold 1 1 1-4 by -1', '1 sleeping 2-4', 'wait 1 2-4 open by -1 owner -1']);
    lines.length = 0;
    tellUnfinished(model, nanosFromMillis(5));
    assert.deepEqual(lines, ['hold 1 1 1-5 by -1', '1 sleeping 2-5', 'wait 1 2-5 open by -1 owner -1']);
  });

  it('counts re-entry, and ends a hold with the last release', async () => {
    const { lines } = await read(
      [
        lock,
        ...[1, 2].map((t) => ev(t, 1, 'lock.acquired', 2, { arg: t })),
        ev(3, 1, 'lock.release', 2, { arg: 1 }),
        ev(4, 1, 'lock.release', 2, { arg: 0 }),
        complete(5),
      ].join('\n'),
    );
    assert.deepEqual(lines, ['acquired 1 2 with []', 'hold 1 2 1-4 by 1']);
  });

  it('notes a foreign release', async () => {
    const { model } = await read(
      [lock, ev(1, 1, 'lock.acquired', 1, { arg: 1 }), ev(3, 2, 'lock.release', 1, { arg: 0 }), complete(5)].join('\n'),
    );
    assert.equal(model.objects.get(1)?.lock?.foreignRelease?.thread, 2);
    assert.equal(model.objects.get(1)?.lock?.hold, null);
  });

  it('takes a late release for what it is: an inversion, not a foreign release', async () => {
    const { model } = await read(
      [
        lock,
        ev(1, 1, 'lock.acquired', 1, { arg: 1 }),
        ev(3, 2, 'lock.acquired', 1, { arg: 1 }),
        ev(4, 1, 'lock.release', 1, { arg: 0 }),
        complete(5),
      ].join('\n'),
    );
    assert.equal(model.inversions, 1);
    assert.equal(model.objects.get(1)?.lock?.hold?.thread, 2);
    assert.equal(model.objects.get(1)?.lock?.foreignRelease, null);
  });

  it('survives a second end, and life after the end', async () => {
    const { model, lines } = await read(
      [
        ev(1, 1, 'thread.begin', 1),
        ev(2, 1, 'thread.end', 1, { arg: 0 }),
        ev(3, 0, 'thread.end', 1, { arg: 0 }),
        ev(4, 1, 'mark', undefined),
        ev(5, 1, 'sleep.begin', undefined, { arg: 1 }),
        ev(6, 1, 'sleep.end', undefined),
        ev(7, 1, 'loop.sample', undefined),
        ev(8, 0, 'thread.end', 1, { arg: 0 }),
        complete(9),
      ].join('\n'),
    );
    assert.deepEqual(
      lines.filter((line) => line.startsWith('1 ')),
      // Without a gap, and its waits are told.
      ['1 running 1-2', '1 livesOn 2-4', '1 livesOn 4-5', '1 sleeping 5-6', '1 livesOn 6-7', '1 livesOn 7-8'],
    );
    const thread = model.threads.get(1);
    assert.deepEqual([thread?.isEnded, thread?.endedAt, thread?.ended?.t], [true, 2e6, 8e6]);
  });

  it('ends the wait of a thread that is terminated, and keeps its locks', async () => {
    const { model, lines } = await read(
      [
        lock,
        ev(1, 1, 'lock.acquired', 1, { arg: 1 }),
        ev(2, 1, 'word.wait', 7),
        ev(3, 0, 'thread.terminate', 1),
        ev(4, 0, 'thread.end', 1, { arg: 1 }),
        complete(5),
      ].join('\n'),
    );
    assert.ok(lines.includes('wait 1 2-4 threadEnded by -1 owner -1'));
    assert.ok(lines.includes('hold 1 1 1-4 by -1'));
    assert.equal(model.objects.get(1)?.lock?.hold?.thread, 1);
  });

  it('follows items, messages, events and words from thread to thread', async () => {
    const { lines, model } = await read(
      [
        '{"object":3,"kind":"queue","name":"q","capacity":2}\n{"object":4,"kind":"port","from":1,"to":2}',
        ev(1, 1, 'queue.putDone', 3, { arg: 0 }),
        ev(2, 2, 'queue.getDone', 3, { arg: 0 }),
        ev(3, 1, 'port.post', 4, { arg: 0 }),
        ev(4, 2, 'port.receive', 4, { arg: 0 }),
        ev(5, 2, 'event.wait', 5),
        ev(6, 1, 'event.set', 5),
        ev(7, 2, 'event.woken', 5),
        ev(8, 2, 'word.wait', 6),
        ev(9, 1, 'word.notify', 6, { arg: 1 }),
        ev(10, 2, 'word.woken', 6),
        ev(11, 1, 'port.post', 4, { arg: 1 }),
        complete(12),
      ].join('\n'),
    );
    assert.deepEqual(
      lines.filter((line) => line.includes('->')),
      ['item 1@1 -> 2@2', 'message 1@3 -> 2@4', 'set 1@6 -> 2@7', 'notify 1@9 -> 2@10'],
    );
    assert.deepEqual([...(model.objects.get(4)?.port?.undelivered.keys() ?? [])], [1]);
    assert.equal(model.objects.get(3)?.queue?.items.size, 0);
  });

  it('knows who has a port as the last record of it says, whichever is told first', () => {
    type Told = (model: Model) => void;
    const port = (ends: Pick<ObjectRecord, 'from' | 'to'>): Told => {
      const record = { id: 4, kind: 'port', name: null, stack: -1, thread: 1, capacity: null, ...ends } as const;
      return (model) => model.object(record);
    };
    const event = (op: number): Told => {
      const columns = new EventColumns();
      columns.push(1e6, 1, op, 4, -1, false, NaN, 0);
      return (model) => model.events(columns);
    };
    const endsAfter = (...told: readonly Told[]): unknown => {
      const model = new Model(new Dictionary());
      for (const tell of [port({ from: 1, to: 1 }), ...told]) tell(model);
      const { from, to, isListened } = model.objects.get(4)?.port ?? {};
      return { from, to, isListened };
    };
    const listen = event(OP['port.listen']);
    const handOn = event(OP['port.transfer']);
    assert.deepEqual(endsAfter(listen, port({ from: 1 }), handOn), { from: 1, to: -1, isListened: false });
    assert.deepEqual(endsAfter(listen, handOn, port({ from: 1 })), { from: 1, to: -1, isListened: false });
    // The receiver was heard already; the events are told after it.
    assert.deepEqual(endsAfter(port({ from: 1, to: 2 }), listen, handOn), { from: 1, to: 2, isListened: false });
    // The other end went, and arrived.
    assert.deepEqual(endsAfter(port({ to: 1 })), { from: -1, to: 1, isListened: false });
    assert.deepEqual(endsAfter(port({ to: 1 }), port({ from: 3, to: 1 })), { from: 3, to: 1, isListened: false });
  });

  it('is not harmed by operations that it does not know, or that fit nothing', async () => {
    const ops = [
      'lock.release',
      'queue.getDone',
      'word.woken',
      'event.woken',
      'thread.joined',
      'port.handled',
      'barrier.passed',
      'task.result',
      'condition.woken',
      'semaphore.release',
      'queue.joined',
      'port.unpost',
    ];
    const { model } = await read([...ops.map((op, i) => ev(i + 1, 1, op, 9)), complete(99)].join('\n'));
    assert.equal(model.eventCount, ops.length);
    assert.equal(model.threads.get(1)?.wait, null);
  });
});

import assert from 'node:assert/strict';
import { nanosFromMillis } from '../../src/base/brand.js';
import { asyncKey } from '../../src/model/asyncWaits.js';
import type { ModelListener, Wait } from '../../src/model/intervals.js';
import { Model } from '../../src/model/model.js';
import { snapshotEvents } from '../../src/model/snapshot.js';
import { THREAD_STATE } from '../../src/model/threadState.js';
import { tellUnfinished } from '../../src/model/unfinished.js';
import { Dictionary } from '../../src/trace/dictionary.js';
import { OP, opSpec } from '../../src/trace/ops.js';
import { readTrace } from '../fixtures/readTrace.js';

const objects = [
  '{"object":1,"kind":"lock","name":"cache"}',
  '{"object":2,"kind":"event","name":"ready"}',
  '{"object":3,"kind":"semaphore","name":"places","capacity":2}',
  '{"object":4,"kind":"condition","name":"filled"}',
  '{"object":5,"kind":"barrier","name":"meeting","capacity":2}',
  '{"object":6,"kind":"rwlock","name":"data"}',
].join('\n');
const event = (t: number, th: number, op: string, o?: number, more: object = {}): string =>
  JSON.stringify({ t, th, op, ...(o === undefined ? {} : { o }), ...more });

interface Read {
  readonly model: Model;
  readonly told: string[];
  readonly begun: Wait[];
}

async function read(...lines: string[]): Promise<Read> {
  const told: string[] = [];
  const begun: Wait[] = [];
  const listener: ModelListener = {
    attempt: (wait) => begun.push(wait),
    wait: ({ op, object, since, until, outcome, isAsync, endedByThread }) =>
      told.push(
        `${isAsync === true ? 'async ' : ''}${opSpec(op)?.name ?? ''} ${object} ${since / 1e6}-${until / 1e6} ${outcome} by ${endedByThread}`,
      ),
    transfer: ({ kind, object, fromThread, toThread }) => told.push(`${kind} ${object}: ${fromThread} -> ${toThread}`),
  };
  const model = new Model(new Dictionary(), [listener]);
  await readTrace([objects, ...lines].join('\n'), {
    thread: (record) => model.thread(record),
    object: (record) => model.object(record),
    events: (batch) => model.events(batch),
  });
  return { model, told, begun };
}

const threadOf = (model: Model, id: number) => model.threadOf(id, nanosFromMillis(0));
const wait = (t: number, o: number, op: string, more: object = { timeout: null }): string =>
  event(t, 1, 'async.wait', o, { arg: op, ...more });
const endOf = (t: number, o: number, op: string, place = 0): string => event(t, 1, 'async.end', o, { arg: op, place });
const sample = (t: number, resources: number): string => event(t, 1, 'loop.sample', undefined, { arg: resources });

describe('model: asynchronous waits', () => {
  it('leave their thread in its loop, where what keeps the process alive wakes nobody', async () => {
    const { model } = await read(wait(1, 2, 'event.wait'), sample(2, 1));
    const thread = threadOf(model, 1);
    assert.equal(thread.wait, null);
    assert.equal(thread.state, THREAD_STATE.loop);
    assert.equal(thread.loopResources, 0);
    assert.equal(thread.asyncWaits.get(asyncKey(OP['event.wait'], 2))?.length, 1);
  });

  it('with a timeout have a timer of their own, which does', async () => {
    const { model } = await read(wait(1, 2, 'event.wait', { timeout: 50 }), sample(2, 1));
    assert.equal(threadOf(model, 1).loopResources, 1);
    const both = await read(wait(1, 2, 'event.wait', { timeout: 50 }), wait(1, 1, 'lock.acquire'), sample(2, 2));
    assert.equal(threadOf(both.model, 1).loopResources, 1);
  });

  it('are over with their outcome, which has their place and the one who ended them', async () => {
    const { model, told } = await read(
      event(1, 2, 'lock.acquired', 1, { arg: 1 }),
      wait(2, 1, 'lock.acquire'),
      event(3, 1, 'event.set', 2),
      event(4, 2, 'lock.release', 1, { arg: 0 }),
      endOf(5, 1, 'lock.acquire'),
      event(5, 1, 'lock.acquired', 1, { arg: 1 }),
    );
    assert.deepEqual(told, ['handOver 1: 2 -> 1', 'async lock.acquire 1 2-5 done by 2']);
    const thread = threadOf(model, 1);
    assert.equal(thread.asyncWaits.size, 0);
    assert.equal(thread.holds[0]?.wait?.isAsync, true);
    assert.equal(model.objectOf(1).longestWaitNs, 3e6);
  });

  it('may end in another order than they began', async () => {
    const { model, told } = await read(
      wait(1, 3, 'semaphore.acquire'),
      wait(2, 3, 'semaphore.acquire', { timeout: 1 }),
      wait(3, 3, 'semaphore.acquire'),
      endOf(4, 3, 'semaphore.acquire', 1),
      event(4, 1, 'semaphore.refused', 3, { arg: 'timeout' }),
    );
    assert.deepEqual(told, ['async semaphore.acquire 3 2-4 timeout by -1']);
    assert.deepEqual(
      threadOf(model, 1)
        .asyncWaits.get(3)
        ?.map(({ since }) => since),
      [1e6, 3e6],
    );
  });

  it('beside one that blocks, each has its own outcome', async () => {
    const { told } = await read(
      wait(1, 2, 'event.wait'),
      event(2, 1, 'event.wait', 2, { timeout: 5 }),
      event(3, 1, 'event.timeout', 2),
      event(4, 2, 'event.set', 2),
      endOf(5, 2, 'event.wait'),
      event(5, 1, 'event.woken', 2),
    );
    assert.deepEqual(told, ['event.wait 2 2-3 timeout by -1', 'set 2: 2 -> 1', 'async event.wait 2 1-5 done by 2']);
  });

  it('whose outcome is missing are over all the same', async () => {
    const { told } = await read(
      wait(1, 2, 'event.wait'),
      endOf(2, 2, 'event.wait'),
      event(3, 1, 'mark', undefined, { arg: 'x' }),
    );
    assert.deepEqual(told, ['async event.wait 2 1-3 done by -1']);
  });

  it('of a thread that ended, or lost events, are over', async () => {
    for (const [last, outcome] of [
      [event(2, 1, 'thread.end', 1, { arg: 0 }), 'threadEnded'],
      [event(2, 1, 'recorder.drop', undefined, { arg: 3 }), 'done'],
    ] as const) {
      const { model, told } = await read(wait(1, 2, 'event.wait'), last);
      assert.deepEqual(told, [`async event.wait 2 1-2 ${outcome} by -1`]);
      assert.equal(threadOf(model, 1).asyncWaits.size, 0);
    }
  });

  it('for the end of a thread', async () => {
    const { model, told } = await read(
      event(1, 1, 'thread.joinAsync', 2, { timeout: null }),
      event(2, 2, 'thread.end', 2, { arg: 0 }),
      event(3, 1, 'thread.joinAsyncEnd', 2, { arg: 0 }),
      event(3, 1, 'thread.joined', 2),
    );
    assert.deepEqual(told, ['join 2: 2 -> 1', 'async thread.join 2 1-3 done by 2']);
    assert.equal(threadOf(model, 1).asyncWaits.size, 0);
  });

  it('that go on are told as far as they have come', async () => {
    const { model, told } = await read(wait(1, 2, 'event.wait'));
    tellUnfinished(model, nanosFromMillis(9));
    assert.deepEqual(told, ['async event.wait 2 1-9 open by -1']);
  });

  it('are in a snapshot, also one that is about to end', async () => {
    const { model } = await read(
      wait(1, 3, 'semaphore.acquire', { timeout: 70 }),
      wait(2, 3, 'semaphore.acquire'),
      event(2.5, 1, 'thread.joinAsync', 2, { timeout: null }),
      endOf(3, 3, 'semaphore.acquire', 1),
    );
    const again = new Model(new Dictionary());
    again.events(snapshotEvents(model));
    const brief = ({ asyncWaits, endingAsync }: ReturnType<typeof threadOf>): unknown => [
      [...asyncWaits].map(([key, waits]) => [
        key,
        waits.map(({ op, since, timeoutMs, arg }) => [op, since, timeoutMs, arg]),
      ]),
      endingAsync?.since,
    ];
    assert.deepEqual(brief(threadOf(again, 1)), brief(threadOf(model, 1)));
  });
});

describe('model: signals', () => {
  it('counts the permits of a semaphore', async () => {
    const permits = async (...lines: string[]): Promise<number | null> =>
      (await read(...lines)).model.objectOf(3).permits;
    assert.equal(await permits(), null);
    assert.equal(await permits(event(1, 1, 'semaphore.acquired', 3)), 1);
    const all = [1, 2].map((t) => event(t, t, 'semaphore.acquired', 3));
    assert.equal(await permits(...all), 0);
    assert.equal(await permits(...all, event(3, 1, 'semaphore.release', 3, { arg: 3 })), 3);
  });

  it('a condition gives its lock up, and knows who was woken', async () => {
    const { model, told } = await read(
      event(1, 1, 'lock.acquired', 1, { arg: 1 }),
      event(2, 1, 'condition.wait', 4, { arg: 1, timeout: null }),
      event(3, 2, 'lock.acquired', 1, { arg: 1 }),
      event(4, 2, 'condition.notify', 4, { arg: 1 }),
    );
    assert.equal(model.objectOf(4).pendingWakes, 1);
    assert.equal(model.objectOf(1).lock?.hold?.thread, 2);
    assert.equal(model.objectOf(1).lock?.releasedBy, 1);
    assert.deepEqual(told, []);
    const after = await read(
      event(2, 1, 'condition.wait', 4, { arg: 1, timeout: null }),
      event(4, 2, 'condition.notify', 4, { arg: 1 }),
      event(5, 1, 'condition.woken', 4),
    );
    assert.equal(after.model.objectOf(4).pendingWakes, 0);
    assert.deepEqual(after.told, ['notify 4: 2 -> 1', 'condition.wait 4 2-5 done by 2']);
  });

  it('whoever comes last ends the waits at a barrier', async () => {
    const { model, told } = await read(
      event(1, 1, 'barrier.wait', 5, { timeout: null }),
      event(2, 2, 'barrier.passed', 5, { arg: 1 }),
      event(3, 1, 'barrier.passed', 5, { arg: 0 }),
    );
    assert.deepEqual(told, ['notify 5: 2 -> 1', 'barrier.wait 5 1-3 done by 2']);
    assert.deepEqual([...model.objectOf(5).provides.keys()].sort(), [1, 2]);
  });

  it('a thread may read as often as it likes; who gives back what is not its own makes it a signal', async () => {
    const take = (t: number, th: number): string => event(t, th, 'lock.acquired', 6, { arg: 1, mode: 'shared' });
    const give = (t: number, th: number): string => event(t, th, 'lock.release', 6, { arg: 0 });
    const lines = [take(1, 1), take(2, 1), take(3, 2), give(4, 1)];
    const { model } = await read(...lines);
    assert.deepEqual([...(model.objectOf(6).lock?.sharedHolds.keys() ?? [])], [1, 2]);
    assert.equal(threadOf(model, 1).holds.length, 1);
    const over = await read(...lines, give(5, 1), give(6, 2));
    assert.equal(over.model.objectOf(6).lock?.sharedHolds.size, 0);
    assert.equal(over.model.objectOf(6).lock?.foreignRelease, null);
    const foreign = await read(take(1, 1), give(2, 2));
    assert.equal(foreign.model.objectOf(6).lock?.sharedHolds.size, 0);
    assert.equal(foreign.model.objectOf(6).lock?.foreignRelease?.thread, 2);
  });
});

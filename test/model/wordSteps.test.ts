import assert from 'node:assert/strict';
import { nanosFromMillis } from '../../src/base/brand.js';
import type { ModelListener, Transfer } from '../../src/model/intervals.js';
import { Model } from '../../src/model/model.js';
import { THREAD_STATE } from '../../src/model/threadState.js';
import { Dictionary } from '../../src/trace/dictionary.js';
import { readTrace } from '../fixtures/readTrace.js';

const word = '{"object":1,"kind":"word","buffer":1,"offset":0}\n{"object":2,"kind":"word","buffer":1,"offset":4}';
const event = (t: number, th: number, op: string, o?: number, more: object = {}): string =>
  JSON.stringify({ t, th, op, ...(o === undefined ? {} : { o }), ...more });
const sample = (t: number, th: number): string => event(t, th, 'loop.sample', undefined, { arg: 0 });

async function read(...lines: string[]): Promise<{ model: Model; transfers: string[] }> {
  const transfers: string[] = [];
  const listener: ModelListener = {
    transfer: ({ kind, object, fromThread, toThread }: Transfer) =>
      transfers.push(`${kind} ${object}: ${fromThread} -> ${toThread}`),
  };
  const model = new Model(new Dictionary(), [listener]);
  await readTrace([word, ...lines].join('\n'), {
    thread: (record) => model.thread(record),
    object: (record) => model.object(record),
    events: (batch) => model.events(batch),
  });
  return { model, transfers };
}

describe('model: words', () => {
  it('a waitAsync leaves its thread in the loop, and is over when its outcome comes', async () => {
    const begins = [event(1, 1, 'word.waitAsync', 1, { arg: 0, timeout: null }), sample(2, 1)];
    const before = (await read(...begins)).model;
    const thread = before.threadOf(1, nanosFromMillis(2));
    assert.equal(thread.wait, null);
    assert.equal(thread.state, THREAD_STATE.loop);
    const [wait] = thread.asyncWaits.get(1) ?? [];
    assert.deepEqual([wait?.since, wait?.arg, wait?.timeoutMs, wait?.isAsync], [1e6, 0, null, true]);
    assert.equal(thread.loopResources, 0);

    const { model, transfers } = await read(
      ...begins,
      event(3, 2, 'word.notify', 1, { arg: 1 }),
      event(4, 1, 'word.woken', 1),
    );
    assert.equal(model.threadOf(1, nanosFromMillis(4)).asyncWaits.size, 0);
    assert.equal(model.objectOf(1).pendingWakes, 0);
    assert.deepEqual(transfers, ['notify 1: 2 -> 1']);
  });

  it('one with a timeout wakes the loop by itself', async () => {
    const lines = [
      event(1, 1, 'word.waitAsync', 1, { timeout: null }),
      event(1.5, 1, 'word.waitAsync', 1, { timeout: 500 }),
    ];
    const { model } = await read(...lines, sample(2, 1));
    assert.equal(model.threadOf(1, nanosFromMillis(2)).loopResources, 1);
    const after = (await read(...lines, event(3, 1, 'word.timeout', 1), sample(4, 1))).model.threadOf(
      1,
      nanosFromMillis(4),
    );
    assert.equal(after.loopResources, 0);
    assert.deepEqual(
      after.asyncWaits.get(1)?.map(({ timeoutMs }) => timeoutMs),
      [null],
    );
  });

  it('the outcome of a synchronous wait is not that of an asynchronous one', async () => {
    const { model } = await read(
      event(1, 1, 'word.waitAsync', 1, { timeout: 9000 }),
      event(2, 1, 'word.wait', 1, { arg: 0, timeout: 10 }),
      event(3, 1, 'word.timeout', 1),
      event(4, 1, 'word.wait', 1, { arg: 0 }),
      event(5, 2, 'word.notify', 1, { arg: 1 }),
      event(6, 1, 'word.woken', 1),
      event(7, 1, 'word.unequal', 1),
      event(8, 1, 'word.woken', 2),
    );
    const thread = model.threadOf(1, nanosFromMillis(8));
    assert.equal(thread.asyncWaits.get(1)?.length, 1);
    assert.equal(thread.lastDone?.endedByThread, 2);
  });

  it('a thread that ended, or lost events, waits no more', async () => {
    for (const last of [
      event(2, 1, 'thread.end', 1, { arg: 0 }),
      event(2, 1, 'recorder.drop', undefined, { arg: 3 }),
    ]) {
      const { model } = await read(event(1, 1, 'word.waitAsync', 1, { timeout: null }), last);
      assert.equal(model.threadOf(1, nanosFromMillis(2)).asyncWaits.size, 0, last);
    }
  });

  it('remembers who changed a word last; a miss changes nothing', async () => {
    const { model } = await read(
      event(1, 1, 'word.write', 1, { by: 'add', arg: 1, new: 2 }),
      event(2, 2, 'word.write', 1, { by: 'store', arg: null, new: 0 }),
      event(3, 3, 'word.missed', 1, { arg: 0, times: 4 }),
    );
    assert.deepEqual(model.objectOf(1).lastWrite, { thread: 2, stack: -1, t: 2e6 });
    assert.equal(model.objectOf(2).lastWrite, null);
    assert.equal(model.threadOf(3, nanosFromMillis(3)).state, THREAD_STATE.running);
  });
});

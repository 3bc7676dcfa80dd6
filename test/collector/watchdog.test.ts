import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turned } from 'node:timers/promises';
import { nanos } from '../../src/base/brand.js';
import type { LiveModelOptions } from '../../src/collector/liveModel.js';
import { Watchdog, type Alarm } from '../../src/collector/watchdog.js';
import { TraceEncoder } from '../../src/trace/encode.js';
import { EventColumns } from '../../src/trace/eventBatch.js';
import { NO_TIMEOUT, OP } from '../../src/trace/ops.js';
import type { TraceVisitor } from '../../src/trace/visitor.js';
import { traceHeader as header } from '../fixtures/traceHeader.js';

const SECOND = 1e9;

type Told = Required<Omit<TraceVisitor, 'damage'>>;

/** A flood of marks, in which two threads come to wait for each other, one of them for `timeout` ms. */
function flood(to: Told, marks: number, timeout = NO_TIMEOUT): void {
  to.header(header);
  for (const id of [0, 1, 2]) {
    const name = id === 0 ? null : `t${id}`;
    to.thread({ id, name, parent: id === 0 ? null : 0, start: nanos(0), file: 'a.js', library: false });
  }
  to.string('m', 0);
  for (const id of [1, 2]) to.object({ id, kind: 'lock', name: `lock${id}`, stack: -1, thread: 0, capacity: null });
  const events = new EventColumns();
  for (const [t, thread, op, object, arg, extra] of [
    [1, 1, 'lock.acquired', 1, 1, 0],
    [2, 2, 'lock.acquired', 2, 1, 0],
    [3, 1, 'lock.acquire', 2, 0, NO_TIMEOUT],
    [4, 2, 'lock.acquire', 1, 0, timeout],
  ] as const) {
    events.push(t, thread, OP[op], object, -1, false, arg, extra);
  }
  for (let i = 0; i < marks; i++) events.push(5 + i, 0, OP.mark, 0, -1, false, 0, 0);
  to.events(events);
  to.marker({ kind: 'complete', t: nanos(marks + 10) });
}

const watchdog = (options: Partial<LiveModelOptions> = {}): Watchdog =>
  new Watchdog({ root: '/w', file: null, isComplete: false, onForgotten: () => undefined, ...options });

/** What it says in some rounds. */
function said(dog: Watchdog, rounds = 2000): Alarm[] {
  return Array.from({ length: rounds }, (_, i) => dog.look(nanos(10 * SECOND + i * 1e6))).flat();
}

describe('the watchdog', () => {
  it('tells a certain deadlock once', () => {
    const dog = watchdog();
    flood(dog.visitor, 100);
    const [alarm, ...more] = said(dog);
    assert.match(alarm?.text ?? '', /^threadlanes: deadlock \(certain\)/);
    assert.deepEqual([...(alarm?.threads ?? [])].sort(), [1, 2]);
    assert.deepEqual(more, []);
  });

  it('says nothing of a wait that ends by itself', () => {
    const dog = watchdog();
    flood(dog.visitor, 100, 60_000);
    assert.deepEqual(said(dog), []);
  });

  it('takes its time for many events, and leaves none out', () => {
    const dog = watchdog();
    flood(dog.visitor, 500_000);
    assert.equal(said(dog).length, 1);
  });

  it('reads from the file what has become too much, and says so', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'threadlanes-watchdog-'));
    try {
      const file = join(folder, 'a.lanes');
      const chunks: Uint8Array[] = [];
      flood(new TraceEncoder((bytes) => chunks.push(bytes)), 1_100_000);
      writeFileSync(file, Buffer.concat(chunks));
      const dog = watchdog({ file });
      flood(dog.visitor, 1_100_000);
      const [news, ...others] = dog.look(nanos(10 * SECOND));
      assert.match(news?.text ?? '', /^threadlanes: events come faster [^\n]*\n$/);
      assert.deepEqual(others, []);
      const alarms: Alarm[] = [];
      for (let round = 0; round < 5000 && alarms.length === 0; round++) {
        assert.equal(dog.turn(), true);
        await turned();
        alarms.push(...dog.look(nanos((10 + round) * SECOND)));
      }
      assert.match(alarms[0]?.text ?? '', /^threadlanes: deadlock \(certain\)/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('rests when there is no file to read, and says so once', () => {
    const dog = watchdog();
    flood(dog.visitor, 1_100_000);
    const alarms = said(dog, 5);
    assert.deepEqual(
      alarms.map(({ text }) => text),
      ['threadlanes: no watching for deadlocks any more: events come faster than they can be looked at\n'],
    );
    assert.equal(dog.turn(), false);
  });

  it('keeps all definitions when it rests: what is written later may need them', () => {
    const dog = watchdog();
    flood(dog.visitor, 1_100_000);
    assert.equal(said(dog, 5).length, 1);
    dog.visitor.thread({ id: 3, name: 't3', parent: 0, start: nanos(5), file: 'a.js', library: false });
    dog.visitor.object({ id: 3, kind: 'lock', name: 'lock3', stack: -1, thread: 3, capacity: null });
    assert.equal(dog.dictionary.threads.get(3)?.name, 't3');
    assert.equal(dog.dictionary.objects.get(3)?.name, 'lock3');
    assert.deepEqual(dog.dictionary.objects.get(1)?.name, 'lock1');
    const { events, threads } = dog.snapshot();
    assert.equal(events.length, 0);
    assert.deepEqual([...threads], [0, 1, 2, 3]);
  });

  it('leaves nothing out when snapshots are wanted', () => {
    const dog = watchdog({ isComplete: true });
    flood(dog.visitor, 1_100_000);
    const { events, threads } = dog.snapshot();
    assert.deepEqual([...threads], [0, 1, 2]);
    const ops = Array.from(events.op.subarray(0, events.length));
    assert.equal(ops.filter((op) => op === OP['lock.acquire']).length, 2);
    assert.ok(events.length < 20);
  });
});

import assert from 'node:assert/strict';
import type { Hold, ModelListener, Wait } from '../../src/model/intervals.js';
import { Model } from '../../src/model/model.js';
import { snapshotEvents } from '../../src/model/snapshot.js';
import { THREAD_STATE } from '../../src/model/threadState.js';
import { oldestEndlessWait } from '../../src/model/unfinished.js';
import { Dictionary } from '../../src/trace/dictionary.js';
import { readTrace } from '../fixtures/readTrace.js';

const ms = (t: number): number => t / 1e6;

class Log implements ModelListener {
  readonly lines: string[] = [];
  attempt({ thread, request }: Wait): void {
    this.lines.push(`${thread} waits #${request?.number}`);
  }
  wait({ thread, since, until, outcome, request, endedByThread }: Wait): void {
    this.lines.push(`${thread} waited #${request?.number} ${ms(since)}-${ms(until)} ${outcome} by ${endedByThread}`);
  }
  acquired({ thread, request }: Hold, held: readonly Hold[]): void {
    this.lines.push(`${thread} holds #${request?.number} with [${held.map((hold) => hold.request?.number).join()}]`);
  }
  hold({ thread, since, until, request, releasedBy }: Hold): void {
    this.lines.push(`${thread} held #${request?.number} ${ms(since)}-${ms(until)} by ${releasedBy}`);
  }
}

const locks = '{"object":1,"kind":"weblock","name":"a"}\n{"object":2,"kind":"weblock","name":"b"}\n';

/** `2 acquire 1 {…}`: a millisecond each. */
async function read(program: string): Promise<{ model: Model; lines: string[] }> {
  const text = program
    .trim()
    .split(/\s*\n\s*/)
    .map((step, i) => {
      const [, thread, op = '', object, more = '{}'] = /^(\d+) ([\w.]+) (\d+)(?: (.*))?$/.exec(step) ?? [];
      const name = op.includes('.') ? op : `lock.${op}`;
      return JSON.stringify({ t: i + 1, th: Number(thread), op: name, o: Number(object), ...JSON.parse(more) });
    })
    .join('\n');
  const log = new Log();
  const model = new Model(new Dictionary(), [log]);
  await readTrace(`${locks}${text}\n${JSON.stringify({ t: 100, complete: true })}`, {
    object: (record) => model.object(record),
    events: (batch) => model.events(batch),
    marker: (marker) => model.marker(marker),
  });
  return { model, lines: log.lines };
}

describe('model: web locks', () => {
  it('keeps waits and holds by request: their thread goes on', async () => {
    const { model, lines } = await read(`
      1 acquired 1 {"arg":1}
      1 request 1 {"arg":2}
      1 acquire 1
      1 request 1 {"arg":3}
      1 acquire 1
      1 release 1 {"arg":1}
      1 acquired 1 {"arg":2}`);
    assert.deepEqual(lines, [
      '1 holds #1 with []',
      '1 waits #2',
      '1 waits #3',
      '1 held #1 1-6 by 1',
      '1 holds #2 with []',
      '1 waited #2 3-7 done by 1',
    ]);
    const thread = model.threads.get(1);
    assert.equal(thread?.wait, null);
    assert.equal(thread.state, THREAD_STATE.running);
    assert.equal(ms(oldestEndlessWait(model)), 5);
    assert.equal(model.inversions, 0);
  });

  it('tells with a hold what is held around it, not what other tasks hold', async () => {
    const { lines } = await read(`
      1 acquired 1 {"arg":1,"mode":"shared"}
      1 acquired 1 {"arg":2,"mode":"shared"}
      1 request 2 {"arg":3,"inside":2}
      1 acquired 2 {"arg":3}
      1 release 2 {"arg":3}
      1 release 1 {"arg":1}`);
    assert.deepEqual(lines, [
      '1 holds #1 with []',
      '1 holds #2 with []',
      '1 holds #3 with [2]',
      '1 held #3 4-5 by 1',
      '1 held #1 1-6 by 1',
    ]);
  });

  it('frees what a thread holds and waits for when it ends', async () => {
    const { model, lines } = await read(`
      1 acquired 1 {"arg":1}
      2 acquired 2 {"arg":1}
      1 request 2 {"arg":2}
      1 acquire 2
      2 request 1 {"arg":2}
      2 acquire 1
      1 thread.end 1
      2 acquired 1 {"arg":2}`);
    assert.deepEqual(lines.slice(4), [
      '1 held #1 1-7 by -1',
      '1 waited #2 4-7 threadEnded by -1',
      '2 holds #2 with []',
      '2 waited #2 6-8 done by 1',
    ]);
    assert.equal(model.objects.get(1)?.lock?.hold?.thread, 2);
    assert.equal(oldestEndlessWait(model), Infinity);
  });

  it('takes one whose end is told late for given back when another has it', async () => {
    const { model, lines } = await read(`
      1 acquired 1 {"arg":1}
      2 acquired 1 {"arg":1}
      0 thread.end 1`);
    assert.deepEqual(lines, ['1 holds #1 with []', '1 held #1 1-2 by -1', '2 holds #1 with []']);
    assert.equal(model.inversions, 0);
  });

  it('a theft ends what is held, an abort what waits', async () => {
    const { model, lines } = await read(`
      1 acquired 1 {"arg":1}
      1 request 1 {"arg":2}
      1 acquire 1 {"arg":"bounded"}
      1 refused 1 {"arg":"aborted","request":2}
      1 refused 1 {"arg":"stolen","request":1}
      1 acquired 1 {"arg":3,"mode":"steal"}
      1 release 1 {"arg":1}`);
    assert.deepEqual(lines, [
      '1 holds #1 with []',
      '1 waits #2',
      '1 waited #2 3-4 refused by -1',
      '1 held #1 1-5 by 1',
      '1 holds #3 with []',
    ]);
    assert.equal(oldestEndlessWait(model), Infinity, 'a signal can end it');
  });

  it('goes on from a snapshot as from the whole story', async () => {
    const { model } = await read(`
      1 acquired 1 {"arg":1}
      2 acquired 2 {"arg":5,"mode":"shared"}
      1 request 2 {"arg":2,"inside":1}
      1 acquire 2 {"arg":"bounded"}
      2 request 1 {"arg":6,"inside":5}
      2 acquire 1
      2 follow 2 {"arg":5,"follows":6}`);
    const again = new Model(new Dictionary());
    for (const { record } of model.objects.values()) if (record !== null) again.object(record);
    again.events(snapshotEvents(model));
    const known = ({ threads }: Model): unknown =>
      [...threads.values()].flatMap(({ id, requests, holds }) => [
        ...[...requests.values()].map(({ number, lock, outer, follows, isBounded, wait, hold }) => [
          [id, number, lock, outer?.number, follows?.number, isBounded],
          [wait?.since, hold?.since, hold?.shared],
        ]),
        holds.length,
      ]);
    assert.deepEqual(known(again), known(model));
    assert.equal(oldestEndlessWait(again), oldestEndlessWait(model));
    assert.equal(again.objects.get(1)?.lock?.hold?.thread, 1);
  });

  it('forgets the requests of a thread whose events were lost', async () => {
    const { model } = await read(`
      1 acquired 1 {"arg":1}
      1 request 2 {"arg":2,"inside":1}
      1 acquire 2
      1 recorder.drop 0 {"arg":4}`);
    assert.equal(model.threads.get(1)?.requests.size, 0);
    assert.equal(model.objects.get(1)?.lock?.granted.size, 0);
    assert.deepEqual(model.threads.get(1)?.holds, []);
  });
});

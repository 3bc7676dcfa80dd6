/** What a worker prints and what is broadcast are notices: nobody who sends one waits for an answer. */
import assert from 'node:assert/strict';
import { STUCK } from '../../src/analysis/thresholds.js';
import { analyse, complete, event, object, said, threads } from './analyse.js';

const idle = (thread: number): string => JSON.stringify({ t: 100, th: thread, op: 'loop.sample', arg: 0 });

/** Main sleeps in Atomics.wait, and the worker's loop is idle; the events between come from the test. */
const program = (ports: string, events: string): string =>
  [
    threads('worker'),
    object(1, 'word', 'word'),
    ports,
    event(3, 0, 'word.wait', 1, 8, { arg: 0 }),
    events,
    idle(1),
  ].join('\n');

const printed = program(
  object(2, 'port', 'worker stdout', { from: 1, to: 0 }),
  event(5, 1, 'port.post', 2, 14, { arg: 0 }),
);
const broadcast = program(
  [
    object(2, 'port', 'news', { from: 1 }),
    object(3, 'port', 'news', { to: 0 }),
    object(4, 'port', 'news', { from: 0 }),
    event(2, 0, 'port.listen', 3, 7, { arg: 4 }),
  ].join('\n'),
  event(5, 1, 'port.post', 2, 14, { arg: 0, extra: 77 }),
);
const asked = program(
  [object(2, 'port', 'to main', { from: 1, to: 0 }), event(2, 0, 'port.listen', 2, 7)].join('\n'),
  event(5, 1, 'port.post', 2, 14, { arg: 0 }),
);

describe('notices', () => {
  const idleFrom = 100;
  for (const [what, trace, finding] of [
    ['a question', asked, 'deadlock likely'],
    ['a line that is not written yet', printed, 'blocked-forever likely'],
    ['a broadcast that is not received yet', broadcast, 'blocked-forever likely'],
  ] as const) {
    it(`${what} to a blocked thread`, async () => {
      const long = idleFrom + STUCK.idleLoopNs / 1e6 + 1;
      assert.deepEqual(said(await analyse(`${trace}\n${complete(long)}`)), [finding]);
      if (finding === 'deadlock likely') return;
      const soon = idleFrom + STUCK.idleAskerNs / 1e6 + 1;
      assert.ok(STUCK.idleAskerNs < STUCK.idleLoopNs);
      assert.deepEqual(said(await analyse(`${trace}\n${complete(soon)}`)), [], 'not because of it');
    });
  }

  it('a broadcast that nobody is there for keeps nobody alive', async () => {
    const trace = program(
      object(2, 'port', 'news', { from: 1 }),
      event(5, 1, 'port.post', 2, 14, { arg: 0, extra: 77 }),
    );
    const long = idleFrom + STUCK.idleLoopNs / 1e6 + 1;
    assert.deepEqual(said(await analyse(`${trace}\n${complete(long)}`)), ['blocked-forever likely']);
  });

  it('a broadcast on its way to an idle loop may wake it', async () => {
    const trace = [
      threads('one', 'other'),
      object(1, 'word', 'word'),
      object(2, 'port', 'news', { from: 1 }),
      object(3, 'port', 'news', { to: 2 }),
      event(2, 2, 'port.listen', 3, 7, { arg: 9 }),
      event(3, 0, 'word.wait', 1, 8, { arg: 0 }),
      event(5, 1, 'port.post', 2, 14, { arg: 0, extra: 77 }),
      idle(1),
      idle(2),
    ];
    const long = idleFrom + STUCK.idleLoopNs / 1e6 + 1;
    assert.deepEqual(said(await analyse([...trace, complete(long)].join('\n'))), []);
    const received = event(6, 2, 'port.receive', 3, 7, { arg: 0, extra: 77 });
    const closed = event(6, 2, 'port.close', 3, 7);
    for (const over of [received, closed]) {
      const all = [...trace.slice(0, 7), over, ...trace.slice(7), complete(long)];
      assert.deepEqual(said(await analyse(all.join('\n'))), ['blocked-forever likely']);
    }
  });
});

import assert from 'node:assert/strict';
import type { Finding } from '../../src/analysis/finding.js';
import { STUCK } from '../../src/analysis/thresholds.js';
import { analyse, complete, end, event, object, said, threads } from './analyse.js';

const inLoop = (th: number, t: number): string => JSON.stringify({ t, th, op: 'loop.sample', arg: 1 });
/** Main has a server: its loop can be woken at any time. */
const server = inLoop(0, 20);
const long = 20 + STUCK.openNs / 1e6 + 1;

const program = (...events: readonly string[]): string =>
  [
    threads('one', 'two'),
    object(1, 'lock', 'cache'),
    object(2, 'queue', 'jobs', { capacity: 1 }),
    object(3, 'event', 'stop'),
    object(4, 'barrier', 'start', { capacity: 3 }),
    object(5, 'semaphore', 'seats', { capacity: 1 }),
    object(6, 'semaphore', 'signal', { capacity: 0 }),
    object(7, 'condition', 'news'),
    ...events,
  ].join('\n');

const holds = event(3, 1, 'lock.acquired', 1, 10, { arg: 1 });
const wantsLock = event(5, 2, 'lock.acquire', 1, 20);
const wantsItem = event(4, 1, 'queue.get', 2, 11);
const wantsRoom = `${event(4, 2, 'queue.putDone', 2, 21, { arg: 0 })}\n${event(5, 2, 'queue.put', 2, 21)}`;

const severities = async (trace: string): Promise<string[]> =>
  (await analyse(trace)).findings.map(({ id, grade, severity }) => `${id} ${grade} ${severity}`);

const note = ['blocked-forever possible note'];

describe('a wait that only an event loop can end', () => {
  it('is a note: who waits where, since when, and whose loop still turns', async () => {
    const [finding] = (await analyse(`${program(holds, wantsItem, wantsLock, server)}\n${complete(long)}`))
      .findings as [Finding];
    assert.equal(finding.severity, 'note');
    assert.equal(
      finding.message.replaceAll('\u00a0', ' '),
      `blocked-forever (possible): worker "one" waits for an item of \`jobs\`, which is empty, and none of the threads that can still run put into it.
  one waits for an item of \`jobs\`, which is empty (app.js:11)
  one holds \`cache\` (app.js:10), and two waits for it (app.js:20)
  the event loop of main still turns, and could end this
  since 0.004 s; worker "two" waits behind it.
  ${finding.advice}`,
    );
    assert.match(finding.verdict, /^Possibly blocked for ever: /);
  });

  const told: readonly (readonly [what: string, ...events: string[]])[] = [
    ['for room in a queue', inLoop(1, 3), wantsRoom],
    ['at a barrier', event(4, 1, 'barrier.wait', 4, 11), event(5, 2, 'barrier.wait', 4, 11)],
    ['for a permit of a semaphore that had some', inLoop(1, 3), event(5, 2, 'semaphore.acquire', 5, 21)],
    ['until all is done', inLoop(1, 3), event(5, 2, 'queue.join', 2, 21)],
    ['for a lock whose owner waits for an event', holds, event(4, 1, 'event.wait', 3, 11), wantsLock],
  ];
  for (const [what, ...events] of told) {
    const trace = program(...events, server);
    it(`is told of one ${what}, when it has lasted`, async () => {
      assert.deepEqual(await severities(`${trace}\n${complete(long)}`), note);
      assert.deepEqual(await severities(`${trace}\n${end(long, 'killed')}`), note);
      assert.deepEqual(await severities(`${trace}\n${complete(long - 100)}`), []);
    });
    it(`is not told of one ${what}, when another thread is at work, or the program ended by itself`, async () => {
      const atWork = event(6, 0, 'sleep.begin', 0, 5, { arg: 100_000 });
      assert.deepEqual(await severities(`${trace.replace(server, atWork)}\n${complete(long)}`), []);
      assert.deepEqual(await severities(`${trace}\n${end(long, 'clean')}`), []);
      assert.deepEqual(await severities(`${trace}\n${end(long, 'exit')}`), []);
    });
    it(`is not told of one ${what}, while main is heard of`, async () => {
      const news = `{"t":${long - 500},"th":0,"op":"queue.test","o":2,"arg":0}\n{"t":${long - 499},"th":0,"op":"loop.sample","arg":1}`;
      assert.deepEqual(await severities(`${trace}\n${news}\n${complete(long)}`), []);
    });
  }

  const idle: readonly (readonly [what: string, ...events: string[]])[] = [
    ['for an item', wantsItem, event(5, 2, 'queue.get', 2, 11)],
    ['for an event', inLoop(2, 3), event(4, 1, 'event.wait', 3, 11)],
    ['for a notify', inLoop(2, 3), event(4, 1, 'condition.wait', 7, 11)],
    ['for a semaphore that is a signal', inLoop(2, 3), event(4, 1, 'semaphore.acquire', 6, 11)],
    ['for the end of a thread that waits for an item', wantsItem, event(5, 2, 'thread.join', 1, 20)],
    [
      'for room that main, in its loop, has made before',
      inLoop(1, 2),
      event(2, 2, 'queue.putDone', 2, 21, { arg: 0 }),
      event(3, 0, 'queue.getDone', 2, 2, { arg: 0 }),
      wantsRoom,
    ],
    [
      'for a lock that main, in its loop, holds',
      event(3, 0, 'lock.acquired', 1, 10, { arg: 1 }),
      inLoop(1, 4),
      wantsLock,
    ],
  ];
  for (const [what, ...events] of idle) {
    it(`is silent of one ${what}: that is how a server rests`, async () =>
      assert.deepEqual(said(await analyse(`${program(...events, server)}\n${complete(10 * long)}`)), []));
  }

  it('has to be far longer than any before', async () => {
    const usual = program(
      inLoop(1, 2),
      event(2, 2, 'barrier.wait', 4, 21),
      event(3000, 2, 'barrier.passed', 4, 21, { arg: 0 }),
      event(3001, 2, 'barrier.wait', 4, 21),
    );
    const sample = server.replace('"t":20', '"t":3002');
    assert.deepEqual(await severities(`${usual}\n${sample}\n${complete(30_000)}`), []);
    assert.deepEqual(await severities(`${usual}\n${sample}\n${complete(34_000)}`), note);
  });

  it('is no news beside a thread that is dead', async () => {
    const opposite = [
      object(8, 'lock', 'index'),
      holds,
      event(3, 2, 'lock.acquired', 8, 30, { arg: 1 }),
      event(4, 1, 'lock.acquire', 8, 31),
      wantsLock,
    ];
    const three = program(
      ...opposite,
      '{"thread":3,"name":"three","parent":0,"t":1}',
      event(4, 3, 'barrier.wait', 4, 7),
    );
    assert.deepEqual(await severities(`${three}\n${server}\n${complete(long)}`), ['deadlock certain error']);
  });

  it('is silent where events were lost', async () =>
    assert.deepEqual(
      await severities(
        `${program(inLoop(1, 3), wantsRoom, server)}\n{"t":21,"th":0,"op":"recorder.drop","arg":5}\n${server.replace('"t":20', '"t":22')}\n${complete(long + 5)}`,
      ),
      [],
    ));
});

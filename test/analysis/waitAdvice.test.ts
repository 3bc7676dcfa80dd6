import assert from 'node:assert/strict';
import type { Finding } from '../../src/analysis/finding.js';
import { analyse, complete, end, event, object, threads } from './analyse.js';

async function found(...events: readonly string[]): Promise<Finding> {
  const [finding] = (await analyse([threads('one', 'two'), ...events, complete(20_000)].join('\n'))).findings;
  assert.equal(finding?.id, 'blocked-forever');
  return finding;
}

const join = (t: number): string => event(t, 0, 'thread.join', 1, 90);

describe('advice for a queue that its takers fill', () => {
  const urls = object(1, 'queue', 'urls', { capacity: 1 });
  const took = (t: number, th: number, item: number): string => event(t, th, 'queue.getDone', 1, 5, { arg: item });
  const gave = (t: number, th: number, item: number): string => event(t, th, 'queue.putDone', 1, 6, { arg: item });
  const puts = (t: number, th: number): string => event(t, th, 'queue.put', 1, 6);

  it('leave it unbounded, or keep what does not fit', async () => {
    const { advice } = await found(
      ...[urls, gave(2, 0, 0), took(3, 1, 0), gave(4, 1, 1), took(5, 2, 1), gave(6, 2, 2), puts(7, 1), puts(8, 2)],
      join(9),
    );
    assert.match(advice, /^Leave `urls` unbounded, or put without blocking and keep what does not fit: /);
  });

  it('is another one where a thread that only takes has ended', async () => {
    const { advice } = await found(
      ...[urls, gave(2, 1, 0), took(3, 2, 0), event(4, 2, 'thread.end', 2, 1, { arg: 0 }), gave(5, 1, 1), puts(7, 1)],
      join(9),
    );
    assert.match(advice, /^Take from `urls` as long as others put into it/);
  });
});

describe('advice for a notify that nobody waited for', () => {
  const word = object(1, 'word', 'go');
  const notified = (t: number, woken = 0): string => event(t, 1, 'word.notify', 1, 5, { arg: woken });
  const ended = event(4, 1, 'thread.end', 1, 1, { arg: 1 });
  const waits = (t: number): string => event(t, 2, 'word.wait', 1, 9, { arg: 0 });
  const after = join(6).replace('"o":1', '"o":2');
  const usual = /^Notify `go` on every way out/;

  it('store a value before it', async () => {
    const { advice } = await found(word, notified(3), ended, waits(5), after);
    assert.equal(
      advice,
      'Store a new value before the notify at app.js:5, and wait for the old one: a notify that nobody waits for yet is lost, and the value says that it was there.',
    );
  });

  it('is another one where somebody stores into the word', async () => {
    const stores = event(2, 1, 'word.write', 1, 4, { fn: 'store', old: 1, new: 0 });
    assert.match((await found(word, stores, notified(3), ended, waits(5), after)).advice, usual);
  });

  it('is another one where a notify has woken somebody before', async () => {
    const woken = [waits(2), notified(3, 1), event(3.5, 2, 'word.woken', 1, 9)];
    assert.match((await found(word, ...woken, ended, waits(5), after)).advice, usual);
  });
});

describe('a task that waits for what a task behind it does', () => {
  const head = (capacity: number): string[] => [
    object(1, 'pool', 'pool', { capacity }),
    object(2, 'event', 'ready'),
    object(3, 'task', 'first'),
    object(4, 'task', 'second'),
    event(2, 0, 'task.submit', 3, 5),
    event(2.5, 0, 'task.submit', 4, 6),
    event(3, 1, 'task.start', 3, 1),
    event(4, 1, 'event.wait', 2, 9),
    event(5, 2, 'thread.end', 2, 1, { arg: 0 }),
    event(6, 0, 'task.wait', 3, 7),
  ];

  it('is said to keep that one from being begun', async () => {
    const { message, advice } = await found(...head(1));
    assert.match(message, /\n {2}`second` waits in the executor until one of its threads is free\n/);
    assert.equal(
      advice,
      'Give the executor more threads (maxWorkers), or let no task wait for what a task behind it does.',
    );
  });

  const usual = /^Set `ready` on every way out/;
  it('is none where the executor has a thread more', async () => {
    assert.match((await found(...head(2))).advice, usual);
  });
  it('is none where that task has been begun', async () => {
    assert.match((await found(...head(1), event(3, 2, 'task.start', 4, 1))).advice, usual);
  });
  it('is none where it may lie in another executor', async () => {
    assert.match((await found(object(9, 'pool', 'other', { capacity: 1 }), ...head(1))).advice, usual);
  });
});

describe('a program that was stopped', () => {
  const loop = (th: number, arg = 0): string => JSON.stringify({ t: 3, th, op: 'loop.sample', arg });
  const listens = [
    object(1, 'port', 'x', { from: 1, to: 0 }),
    object(2, 'port', 'y', { from: 0, to: 1 }),
    event(2, 0, 'port.listen', 1, 4),
    event(2, 1, 'port.listen', 2, 5),
  ];
  const killed = (signal: string | null): string =>
    JSON.stringify({ t: 9000, end: 'killed', code: null, ...(signal !== null && { signal }) });
  const ending = async (...events: readonly string[]): Promise<string | undefined> => {
    const verdict = await analyse([threads('one'), ...events].join('\n'));
    assert.deepEqual(verdict.findings, []);
    return verdict.ending;
  };

  it('while all its threads were idle: that is said', async () => {
    assert.equal(
      await ending(...listens, loop(0), loop(1), killed('SIGINT')),
      'Ended by SIGINT; all threads were idle in their event loops, waiting for messages.',
    );
    assert.equal(
      await ending(...listens, loop(0, 1), loop(1), killed('SIGTERM')),
      'Ended by SIGTERM; all threads were idle in their event loops.',
    );
    assert.equal(
      await ending(...listens, loop(0), event(3, 1, 'thread.end', 1, 1, { arg: 0 }), killed(null)),
      'Not ended by itself; main was idle in its event loop, waiting for messages.',
    );
  });

  it('is not said to have been idle while a thread was at work, or when it ended by itself', async () => {
    assert.equal(await ending(...listens, loop(0), killed('SIGINT')), undefined);
    assert.equal(await ending(...listens, loop(0), loop(1), end(9000, 'clean')), undefined);
    assert.equal(await ending(...listens, loop(0), loop(1), end(9000, 'exit')), undefined);
    assert.equal(await ending(...listens, loop(0), loop(1), complete(9000)), undefined);
  });
});

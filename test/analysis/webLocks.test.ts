import assert from 'node:assert/strict';
import type { Finding } from '../../src/analysis/finding.js';
import { STUCK } from '../../src/analysis/thresholds.js';
import { analyse, complete, end, event, object, roles, said, threads } from './analyse.js';

const locks = [object(1, 'weblock', 'cache'), object(2, 'weblock', 'index'), object(3, 'weblock', 'log')].join('\n');

const acquired = (t: number, th: number, o: number, request: number, at: number, more: object = {}): string =>
  event(t, th, 'lock.acquired', o, at, { arg: request, ...more });

/** A request that waits, made inside the callback of another. */
const waits = (t: number, th: number, o: number, request: number, at: number, inside = 0, mode = 'exclusive'): string =>
  [
    JSON.stringify({ t, th, op: 'lock.request', o, arg: request, inside }),
    event(t, th, 'lock.acquire', o, at, { arg: mode }),
  ].join('\n');

const release = (t: number, th: number, o: number, request: number): string =>
  JSON.stringify({ t, th, op: 'lock.release', o, arg: request });

/** The thread is in its loop, and so many resources can wake it. */
const idle = (t: number, th: number, resources = 0): string =>
  JSON.stringify({ t, th, op: 'loop.sample', arg: resources });

const inLoops = [idle(60, 0), idle(60, 1), idle(60, 2)].join('\n');
/** Nothing but a timer of main. */
const mainLives = [idle(60, 0, 1), idle(60, 1), idle(60, 2)].join('\n');

const opposite = (inside = 1): string =>
  [
    threads('writer', 'reader'),
    locks,
    acquired(10, 1, 1, 1, 41),
    acquired(11, 2, 2, 1, 12),
    waits(12, 1, 2, 2, 48, inside),
    waits(13, 2, 1, 2, 20, inside),
  ].join('\n');

const follow = (t: number, th: number, o: number): string =>
  JSON.stringify({ t, th, op: 'lock.follow', o, arg: 1, follows: 2 });
const returned = `${opposite()}\n${follow(14, 1, 1)}\n${follow(15, 2, 2)}`;

describe('web locks: deadlock', () => {
  it('is told as that of other locks, likely when nothing wakes the loops', async () => {
    const verdict = await analyse(`${opposite()}\n${inLoops}\n${complete(9000)}`);
    assert.deepEqual(said(verdict), ['deadlock likely']);
    const [finding] = verdict.findings as [Finding];
    assert.equal(
      finding.message.replaceAll('\u00a0', ' '),
      `deadlock (likely): worker "writer" and worker "reader" wait for each other.
  writer holds \`cache\` (app.js:41) and waits for \`index\` (app.js:48)
  reader holds \`index\` (app.js:12) and waits for \`cache\` (app.js:20)
  since 0.013 s.
  Take \`cache\` before \`index\` in app.js:12-20, as app.js:41-48 does.`,
    );
    assert.deepEqual(roles(finding), ['holds app.js:41', 'waits app.js:48', 'holds app.js:12', 'waits app.js:20']);
    assert.deepEqual(
      finding.circle.map(({ thread, waitsFor, holds, waitsForThread }) => [thread, waitsFor, holds, waitsForThread]),
      [
        [1, 2, 1, 2],
        [2, 1, 2, 1],
      ],
    );
    assert.equal(finding.severity, 'error');
  });

  it('is certain when each callback returned its next request, whatever else the threads do', async () => {
    const verdict = await analyse(`${returned}\n${mainLives}\n${complete(2000)}`);
    assert.deepEqual(said(verdict), ['deadlock certain']);
  });

  it('is believed at half a second when the watchdog saw it, though loops go on', async () => {
    const seen = JSON.stringify({ t: 600, deadlock: [1, 2] });
    const idleSince = [0, 1, 2].map((th) => idle(610, th, 1)).join('\n');
    for (const [marker, findings] of [
      [seen, ['deadlock certain']],
      ['', []],
    ] as const) {
      assert.deepEqual(said(await analyse(`${returned}\n${marker}\n${idleSince}\n${end(620, 'killed')}`)), findings);
    }
    const over = JSON.stringify({ t: 605, th: 2, op: 'lock.refused', o: 1, arg: 'aborted', request: 2 });
    assert.deepEqual(said(await analyse(`${returned}\n${seen}\n${over}\n${idleSince}\n${end(2000, 'killed')}`)), []);
  });

  it('is only possible when a callback may do without, and never an error', async () => {
    const awakeJustNow = `${inLoops}\n${complete(60 + STUCK.idleLoopNs / 1e6 - 1)}`;
    for (const rest of [`${mainLives}\n${complete(60_000)}`, awakeJustNow]) {
      const verdict = await analyse(`${opposite()}\n${rest}`);
      assert.deepEqual(said(verdict), ['deadlock possible']);
      assert.equal(verdict.findings[0]?.severity, 'note');
    }
  });

  it('is likely when the same lines waited for each other in every run before', async () => {
    const before = [
      acquired(2, 1, 1, 11, 41),
      JSON.stringify({ t: 2, th: 1, op: 'lock.request', o: 2, arg: 12, inside: 11 }),
      acquired(2, 1, 2, 12, 48),
      release(3, 1, 2, 12),
      release(3, 1, 1, 11),
      acquired(4, 2, 2, 11, 12),
      JSON.stringify({ t: 4, th: 2, op: 'lock.request', o: 1, arg: 12, inside: 11 }),
      acquired(4, 2, 1, 12, 20),
      release(5, 2, 1, 12),
      release(5, 2, 2, 11),
    ];
    const run = opposite().split('\n');
    const [head, tail] = [run.slice(0, -6), run.slice(-6)];
    const after = (...runs: string[]): string => [...head, ...runs, ...tail].join('\n');
    assert.deepEqual(said(await analyse(`${after(...before)}\n${mainLives}\n${complete(2000)}`)), ['deadlock likely']);
    // Once the outer lock was given back first.
    const unlike = [
      acquired(6, 1, 1, 13, 41),
      JSON.stringify({ t: 6, th: 1, op: 'lock.request', o: 2, arg: 14, inside: 13 }),
      acquired(6, 1, 2, 14, 48),
      release(7, 1, 1, 13),
      release(7, 1, 2, 14),
    ];
    assert.deepEqual(said(await analyse(`${after(...before, ...unlike)}\n${mainLives}\n${complete(2000)}`)), [
      'deadlock possible',
    ]);
  });

  it('goes through three threads, and lists who waits behind', async () => {
    const trace = [
      threads('a', 'b', 'c', 'd'),
      locks,
      acquired(10, 1, 1, 1, 1),
      acquired(10, 2, 2, 1, 2),
      acquired(10, 3, 3, 1, 3),
      waits(11, 1, 2, 2, 4, 1),
      waits(11, 2, 3, 2, 5, 1),
      waits(11, 3, 1, 2, 6, 1),
      waits(12, 4, 1, 1, 7),
      ...[0, 1, 2, 3, 4].map((th) => idle(60, th)),
    ].join('\n');
    const verdict = await analyse(`${trace}\n${complete(9000)}`);
    assert.deepEqual(said(verdict), ['deadlock likely']);
    const [finding] = verdict.findings as [Finding];
    assert.deepEqual(
      finding.threads.map(({ name }) => name),
      ['a', 'b', 'c'],
    );
    assert.deepEqual(
      finding.stuckBehind.map(({ name }) => name),
      ['d'],
    );
  });

  it('goes through a lock that is held around another one', async () => {
    const trace = [
      threads('writer', 'reader'),
      locks,
      acquired(10, 1, 1, 1, 41),
      JSON.stringify({ t: 10, th: 1, op: 'lock.request', o: 3, arg: 2, inside: 1 }),
      acquired(10, 1, 3, 2, 42),
      waits(12, 1, 2, 3, 48, 2),
      acquired(12, 2, 2, 1, 12),
      waits(13, 2, 1, 2, 20, 1),
    ].join('\n');
    assert.deepEqual(said(await analyse(`${trace}\n${inLoops}\n${complete(9000)}`)), ['deadlock likely']);
  });

  it('goes through a thread that blocks itself with the lock in its hands', async () => {
    const trace = [
      threads('writer', 'reader'),
      locks,
      object(4, 'lock', 'library'),
      event(9, 2, 'lock.acquired', 4, 11, { arg: 1 }),
      acquired(10, 1, 1, 1, 41),
      waits(11, 2, 1, 1, 12),
      event(12, 1, 'lock.acquire', 4, 48),
      idle(60, 0),
      idle(60, 2),
    ].join('\n');
    const verdict = await analyse(`${trace}\n${complete(9000)}`);
    assert.deepEqual(said(verdict), ['deadlock likely']);
    assert.deepEqual(
      verdict.findings[0]?.threads.map(({ name }) => name),
      ['writer', 'reader'],
    );
  });

  it('is one of two tasks of a thread', async () => {
    const trace = [
      threads('one'),
      locks,
      acquired(10, 1, 1, 1, 41),
      acquired(11, 1, 2, 2, 12),
      waits(12, 1, 2, 3, 48, 1),
      waits(13, 1, 1, 4, 20, 2),
      idle(60, 0),
      idle(60, 1),
    ].join('\n');
    const { findings } = await analyse(`${trace}\n${complete(9000)}`);
    assert.match(findings[0]?.message ?? '', /^deadlock \(likely\): 2 tasks of worker "one" wait for each other\./);
    assert.deepEqual(
      findings[0]?.threads.map(({ id }) => id),
      [1],
    );
  });

  it('of one request with itself: a lock that its callback asks for again', async () => {
    const trace = [threads('one'), locks, acquired(10, 1, 1, 1, 41), waits(12, 1, 1, 2, 48, 1)].join('\n');
    const verdict = await analyse(`${trace}\n${idle(60, 0)}\n${idle(60, 1)}\n${complete(9000)}`);
    assert.deepEqual(said(verdict), ['self-deadlock likely']);
    const [finding] = verdict.findings as [Finding];
    assert.deepEqual(roles(finding), ['holds app.js:41', 'waits app.js:48']);
    assert.doesNotMatch(finding.message, /RLock/);
    const sure = `${trace}\n${follow(14, 1, 1)}\n${idle(60, 0, 2)}\n${complete(2000)}`;
    assert.deepEqual(said(await analyse(sure)), ['self-deadlock certain']);
  });

  const silent: readonly (readonly [why: string, trace: string])[] = [
    ['it is younger than a second', `${returned}\n${complete(1000)}`],
    ['one of them can be aborted', `${returned.replace('"arg":"exclusive"', '"arg":"bounded"')}\n${complete(9000)}`],
    [
      'they are readers',
      `${returned.replace('"arg":1,"at"', '"arg":1,"mode":"shared","at"').replace(/"arg":"exclusive"/g, '"arg":"shared"')}\n${complete(9000)}`,
    ],
    [
      'a lock was stolen once, and may be again',
      [
        threads('writer', 'reader'),
        locks,
        acquired(2, 0, 2, 1, 70),
        acquired(3, 0, 2, 2, 71, { mode: 'steal' }),
        release(4, 0, 2, 2),
        ...returned.split('\n').slice(-10),
        complete(9000),
      ].join('\n'),
    ],
    [
      'a lock is stolen meanwhile',
      `${returned}\n${acquired(20, 0, 2, 1, 70, { mode: 'steal' })}\n${release(21, 0, 2, 1)}\n${complete(9000)}`,
    ],
    ['each only waits for the other to end', `${opposite(0)}\n${mainLives}\n${complete(60_000)}`],
    ['each only waits for the other to end, and nothing happens', `${opposite(0)}\n${inLoops}\n${complete(60_000)}`],
    ['one of the threads has ended', `${returned}\n${event(20, 1, 'thread.end', 1, 1)}\n${complete(9000)}`],
    ['the program ended by itself', `${opposite()}\n${inLoops}\n${end(9000, 'clean')}`],
    [
      'events of a member were lost',
      `${returned}\n${JSON.stringify({ t: 20, th: 1, op: 'recorder.drop', arg: 5 })}\n${complete(9000)}`,
    ],
    [
      'one leads, the others wait for their turn',
      [
        threads('writer', 'reader'),
        locks,
        acquired(10, 1, 1, 1, 41),
        waits(11, 2, 1, 1, 41),
        waits(12, 0, 1, 1, 41),
        inLoops,
        complete(600_000),
      ].join('\n'),
    ],
    [
      'one leads, and asks for the lock again for later',
      [
        threads('writer'),
        locks,
        acquired(10, 1, 1, 1, 41),
        waits(11, 1, 1, 2, 41),
        idle(60, 0),
        idle(60, 1),
        complete(600_000),
      ].join('\n'),
    ],
  ];
  for (const [why, trace] of silent) {
    it(`is silent when ${why}`, async () => assert.deepEqual(said(await analyse(trace)), []));
  }
});

describe('web locks: order', () => {
  const taking = (t: number, th: number, first: number, second: number, at: number, inside = 1): string =>
    [
      acquired(t, th, first, 1, at),
      JSON.stringify({ t: t + 1, th, op: 'lock.request', o: second, arg: 2, inside }),
      acquired(t + 1, th, second, 2, at + 1),
      release(t + 2, th, second, 2),
      release(t + 3, th, first, 1),
    ].join('\n');

  it('is told when two threads take them in opposite orders', async () => {
    const verdict = await analyse(
      [threads('writer', 'reader'), locks, taking(10, 1, 1, 2, 41), taking(20, 2, 2, 1, 12), end(1000, 'clean')].join(
        '\n',
      ),
    );
    assert.deepEqual(said(verdict), ['lock-order-inversion possible']);
    assert.deepEqual(roles(verdict.findings[0] as Finding), [
      'acquires app.js:41',
      'acquires app.js:42',
      'acquires app.js:12',
      'acquires app.js:13',
    ]);
  });

  it('is silent when another task of the thread holds the first, and when the inner one outlives it', async () => {
    const others = [taking(10, 1, 1, 2, 41, 0), taking(20, 2, 2, 1, 12, 0)].join('\n');
    const head = `${threads('writer', 'reader')}\n${locks}`;
    assert.deepEqual(said(await analyse(`${head}\n${others}\n${end(1000, 'clean')}`)), []);
    const outliving = [taking(10, 1, 1, 2, 41), taking(20, 2, 2, 1, 12)].join('\n').split('\n');
    for (const first of [3, 8])
      [outliving[first], outliving[first + 1]] = [outliving[first + 1] as string, outliving[first] as string];
    const inOrder = outliving.map((line, i) => line.replace(/"t":\d+/, `"t":${10 + i}`)).join('\n');
    assert.deepEqual(said(await analyse(`${head}\n${inOrder}\n${end(1000, 'clean')}`)), []);
  });
});

describe('web locks: contention', () => {
  const turn = (t: number, holder: number, waiter: number, request: number): string =>
    [
      waits(t, waiter, 1, request, 20),
      release(t + 40, holder, 1, request - 1),
      acquired(t + 41, waiter, 1, request, 20),
    ].join('\n');
  const turns = (count: number): string =>
    [
      threads('writer', 'reader'),
      locks,
      acquired(10, 1, 1, 1, 41),
      ...Array.from({ length: count }, (_, i) => turn(20 + i * 50, 1 + (i % 2), 2 - (i % 2), i + 2)),
      end(1000, 'clean'),
    ].join('\n');

  it('is told as that of other locks', async () => {
    const verdict = await analyse(turns(5));
    assert.deepEqual(said(verdict), ['contention certain']);
    assert.deepEqual(verdict.findings[0]?.cost, { waitMs: 205, count: 5 });
  });

  it('is charged to nobody who has ended', async () => {
    const trace = [
      threads('a', 'b', 'c', 'd', 'e'),
      locks,
      acquired(8, 5, 1, 1, 70, { mode: 'shared' }),
      acquired(9, 1, 1, 1, 41, { mode: 'shared' }),
      event(10, 5, 'thread.end', 5, 1),
      ...[2, 3, 4].map((th) => waits(20, th, 1, 1, 20, 0, 'shared')),
      release(60, 1, 1, 1),
      ...[2, 3, 4].map((th) => acquired(61, th, 1, 1, 20, { mode: 'shared' })),
      end(1000, 'clean'),
    ].join('\n');
    const verdict = await analyse(trace);
    assert.deepEqual(roles(verdict.findings[0] as Finding), ['waits app.js:20', 'holds app.js:41']);
  });

  it('is silent when leaders change', async () => {
    assert.deepEqual(said(await analyse(turns(2))), []);
    const heirs = [
      threads('a', 'b', 'c', 'd', 'e'),
      locks,
      acquired(10, 1, 1, 1, 41),
      ...[2, 3, 4, 5].map((th) => waits(11, th, 1, 1, 41)),
      ...[2, 3, 4, 5].map(
        (th) => `${event(th * 100, th - 1, 'thread.end', th - 1, 1)}\n${acquired(th * 100 + 1, th, 1, 1, 41)}`,
      ),
      complete(700),
    ].join('\n');
    assert.deepEqual(said(await analyse(heirs)), []);
  });
});

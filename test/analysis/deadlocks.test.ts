import assert from 'node:assert/strict';
import type { Finding } from '../../src/analysis/finding.js';
import { STUCK } from '../../src/analysis/thresholds.js';
import { analyse, complete, end, event, object, roles, said, threads } from './analyse.js';

const locks = [object(1, 'lock', 'cache'), object(2, 'lock', 'index')].join('\n');

/** Two locks in opposite orders; main joins the first. */
const opposite = [
  threads('writer', 'reader'),
  locks,
  event(10, 1, 'lock.acquired', 1, 41, { arg: 1 }),
  event(11, 2, 'lock.acquired', 2, 12, { arg: 1 }),
  event(12, 1, 'lock.acquire', 2, 48),
  event(13, 2, 'lock.acquire', 1, 20),
  event(14, 0, 'thread.join', 1, 60),
].join('\n');

describe('deadlock', () => {
  it('is told with both lines of both threads, and who is stuck behind', async () => {
    const verdict = await analyse(`${opposite}\n${complete(5000)}`);
    assert.deepEqual(said(verdict), ['deadlock certain']);
    const [finding] = verdict.findings as [Finding];
    assert.equal(finding.title, 'Deadlock: writer ⇄ reader');
    assert.equal(
      finding.message.replaceAll('\u00a0', ' '),
      `deadlock (certain): worker "writer" and worker "reader" wait for each other.
  writer holds \`cache\` (app.js:41) and waits for \`index\` (app.js:48)
  reader holds \`index\` (app.js:12) and waits for \`cache\` (app.js:20)
  since 0.013 s; main waits behind them.
  Take \`cache\` before \`index\` in app.js:12-20, as app.js:41-48 does.`,
    );
    assert.equal(
      finding.verdict.replaceAll('\u00a0', ' '),
      'Deadlock: `writer` holds `cache` and waits for `index` at app.js:48; `reader` holds `index` and waits for `cache` at app.js:20. For 4.99 s, with 1 thread stuck behind.',
    );
    assert.deepEqual(roles(finding), ['holds app.js:41', 'waits app.js:48', 'holds app.js:12', 'waits app.js:20']);
    assert.deepEqual(
      finding.stuckBehind.map(({ name }) => name),
      ['main'],
    );
    assert.equal(finding.severity, 'error');
  });

  const silent: readonly (readonly [why: string, trace: string])[] = [
    ['killed within a second of blocking', `${opposite}\n${end(900, 'killed')}`],
    ['a wait has a timeout', `${opposite.replace(/("lock.acquire","o":2)/, '$1,"timeout":60000')}\n${complete(5000)}`],
    ['a wait was ended', `${opposite}\n${event(30, 1, 'lock.acquired', 2, 48, { arg: 1 })}\n${complete(5000)}`],
    [
      'a lock is released by others, and others live',
      `${threads('writer', 'reader', 'other')}
${locks}
${event(2, 0, 'lock.acquired', 1, 1, { arg: 1 })}
${event(3, 1, 'lock.release', 1, 1, { arg: 0 })}
${opposite.split('\n').slice(-5, -1).join('\n')}
${complete(5000)}`,
    ],
    [
      'it begins in the middle: the owner of one is not known',
      `${threads('writer', 'reader')}
${locks}
${event(10, 1, 'lock.acquired', 1, 41, { arg: 1 })}
${event(12, 1, 'lock.acquire', 2, 48)}
${event(13, 2, 'lock.acquire', 1, 20)}
${complete(5000)}`,
    ],
    [
      'events of a member were lost',
      `${opposite}
{"t":20,"th":1,"op":"recorder.drop","arg":5}
${complete(5000)}`,
    ],
    [
      'events of a member were lost before it blocked: its lock may be free again',
      `${opposite}
{"t":20,"th":1,"op":"recorder.drop","arg":5}
${event(21, 1, 'lock.acquire', 2, 48)}
${complete(5000)}`,
    ],
  ];
  for (const [why, trace] of silent)
    it(`is silent: ${why}`, async () => assert.deepEqual(said(await analyse(trace)), []));

  for (const kind of ['killed', 'clean', 'exit', 'deadlock']) {
    it(`of locks is told whatever ended the program: ${kind}`, async () =>
      assert.deepEqual(said(await analyse(`${opposite}\n${end(5000, kind)}`)), ['deadlock certain']));
  }

  it('is believed at half a second when the watchdog saw it', async () => {
    const marker = JSON.stringify({ t: 600, deadlock: [1, 2] });
    assert.deepEqual(said(await analyse(`${opposite}\n${marker}\n${end(610, 'deadlock')}`)), ['deadlock certain']);
  });

  it('has the same fingerprint wherever its lines and threads are, another one for other names', async () => {
    const [one] = (await analyse(`${opposite}\n${complete(5000)}`)).findings as [Finding];
    const moved = opposite.replaceAll('app.js:41', 'app.js:141');
    const [two] = (await analyse(`${moved}\n${complete(9000)}`)).findings as [Finding];
    const [three] = (await analyse(`${opposite.replaceAll('cache', 'left')}\n${complete(5000)}`)).findings as [Finding];
    assert.equal(one.fingerprint, two.fingerprint);
    assert.notEqual(one.fingerprint, three.fingerprint);
  });

  it('of three is a circle', async () => {
    const trace = [
      threads('a', 'b', 'c'),
      ...[1, 2, 3].map((id) => object(id, 'lock', `lock${id}`)),
      ...[1, 2, 3].map((id) => event(id + 1, id, 'lock.acquired', id, id, { arg: 1 })),
      ...[1, 2, 3].map((id) => event(id + 5, id, 'lock.acquire', (id % 3) + 1, id + 10)),
      complete(3000),
    ].join('\n');
    const [finding] = (await analyse(trace)).findings as [Finding];
    assert.equal(finding.title, 'Deadlock: a → b → c → a');
    assert.match(
      finding.verdict,
      /^Deadlock: `a`, `b` and `c` wait for each other in a circle, at app\.js:11, app\.js:12 and app\.js:13\./,
    );
  });

  it('of a lock and a join', async () => {
    const trace = [
      threads('worker'),
      locks,
      event(2, 0, 'lock.acquired', 1, 3, { arg: 1 }),
      event(3, 1, 'lock.acquire', 1, 9),
      event(4, 0, 'thread.join', 1, 5),
      complete(3000),
    ].join('\n');
    const verdict = await analyse(trace);
    assert.deepEqual(said(verdict), ['deadlock certain']);
    assert.match(
      verdict.findings[0]?.message ?? '',
      /main holds `cache` \(app\.js:3\) and waits for the end of worker "worker" \(app\.js:5\)/,
    );
  });

  it('of a lock and a queue says who took from it', async () => {
    const trace = [
      threads('producer', 'consumer'),
      object(1, 'lock', 'gate'),
      object(2, 'queue', 'jobs', { capacity: 1 }),
      event(2, 1, 'queue.putDone', 2, 3, { arg: 0 }),
      event(3, 2, 'queue.getDone', 2, 20, { arg: 0 }),
      event(4, 1, 'queue.putDone', 2, 3, { arg: 1 }),
      event(5, 1, 'lock.acquired', 1, 7, { arg: 1 }),
      event(6, 1, 'queue.put', 2, 8),
      event(7, 2, 'lock.acquire', 1, 21),
      event(8, 0, 'thread.join', 1, 40),
      complete(4000),
    ].join('\n');
    const verdict = await analyse(trace);
    assert.deepEqual(said(verdict), ['deadlock certain']);
    assert.equal(
      verdict.findings[0]?.message.replaceAll('\u00a0', ' '),
      `deadlock (certain): worker "producer" and worker "consumer" wait for each other.
  producer holds \`gate\` (app.js:7) and waits to put into \`jobs\`, which is full (app.js:8)
  consumer took from \`jobs\` last (app.js:20) and waits for \`gate\` (app.js:21)
  since 0.007 s; main waits behind them.
  Give \`gate\` back before producer waits at app.js:8.`,
    );
  });

  it('of a join and a queue says what the joining thread has to do first', async () => {
    const trace = [
      threads('consumer'),
      object(1, 'queue', 'jobs', { capacity: 0 }),
      event(2, 0, 'queue.putDone', 1, 3, { arg: 0 }),
      event(3, 1, 'queue.getDone', 1, 9, { arg: 0 }),
      event(4, 1, 'queue.get', 1, 9),
      event(5, 0, 'thread.join', 1, 4),
      complete(4000),
    ].join('\n');
    const verdict = await analyse(trace);
    assert.deepEqual(said(verdict), ['deadlock certain']);
    const [finding] = verdict.findings as [Finding];
    assert.match(finding.message, /main put into `jobs` last \(app\.js:3\) and waits for the end of worker "consumer"/);
    assert.equal(
      finding.advice,
      'Let main put into `jobs` what is still awaited, or call close() on it, before it waits at app.js:4, or wait there with a timeout.',
    );
  });

  it('of two readers who want to write says so', async () => {
    const trace = [
      threads('one', 'two'),
      object(1, 'rwlock', 'table'),
      event(2, 1, 'lock.acquired', 1, 6, { arg: 1, mode: 'shared' }),
      event(3, 2, 'lock.acquired', 1, 6, { arg: 1, mode: 'shared' }),
      event(4, 1, 'lock.acquire', 1, 8),
      event(5, 2, 'lock.acquire', 1, 8),
      event(6, 0, 'thread.join', 1, 40),
      complete(4000),
    ].join('\n');
    const [finding] = (await analyse(trace)).findings as [Finding];
    assert.equal(finding.id, 'deadlock');
    assert.equal(
      finding.advice,
      'Give `table` back before it is taken for writing at app.js:8, or take it for writing at app.js:6 already.',
    );
  });

  it('of a join and a missed notify says that it was lost', async () => {
    const trace = [
      threads('waiter'),
      object(1, 'condition', 'news'),
      event(2, 0, 'condition.notify', 1, 3, { arg: 0 }),
      event(3, 1, 'condition.wait', 1, 9),
      event(4, 0, 'thread.join', 1, 4),
      complete(4000),
    ].join('\n');
    const [finding] = (await analyse(trace)).findings as [Finding];
    assert.match(finding.advice, /^Test what is waited for before each wait for `news`/);
  });

  it('of a queue whose tasks are awaited and not done says what is missing', async () => {
    const trace = [
      threads('worker'),
      object(1, 'queue', 'jobs', { capacity: 0 }),
      event(2, 0, 'queue.putDone', 1, 3, { arg: 0 }),
      event(3, 0, 'queue.putDone', 1, 3, { arg: 1 }),
      event(4, 1, 'queue.getDone', 1, 9, { arg: 0 }),
      event(5, 1, 'queue.getDone', 1, 9, { arg: 1 }),
      event(6, 1, 'queue.taskDone', 1, 10),
      event(7, 1, 'queue.get', 1, 9),
      event(8, 0, 'queue.join', 1, 4),
      complete(4000),
    ].join('\n');
    const [finding] = (await analyse(trace)).findings as [Finding];
    assert.equal(finding.id, 'deadlock');
    assert.match(finding.advice, /^Call taskDone once for each item that is taken from `jobs`/);
  });

  it('of two full queues says where to put with a timeout', async () => {
    const trace = [
      threads('left', 'right'),
      object(1, 'queue', 'there', { capacity: 1 }),
      object(2, 'queue', 'back', { capacity: 1 }),
      event(2, 1, 'queue.putDone', 1, 1, { arg: 0 }),
      event(3, 2, 'queue.getDone', 1, 2, { arg: 0 }),
      event(4, 2, 'queue.putDone', 2, 3, { arg: 0 }),
      event(5, 1, 'queue.getDone', 2, 4, { arg: 0 }),
      event(6, 1, 'queue.putDone', 1, 1, { arg: 1 }),
      event(6, 2, 'queue.putDone', 2, 3, { arg: 1 }),
      event(7, 1, 'queue.put', 1, 1),
      event(8, 2, 'queue.put', 2, 3),
      event(9, 0, 'thread.join', 1, 4),
      complete(4000),
    ].join('\n');
    const [finding] = (await analyse(trace)).findings as [Finding];
    assert.equal(
      finding.advice,
      'Leave one of the queues unbounded, or put with a timeout at app.js:1 and let left take from `back` in between. To stop such threads, call close({ immediate: true }) on the queues.',
    );
  });

  it('of two queues, each put into by the other, is told; not while somebody else can run', async () => {
    const trace = [
      threads('left', 'right'),
      object(1, 'queue', 'there', { capacity: 5 }),
      object(2, 'queue', 'back', { capacity: 5 }),
      event(2, 1, 'queue.putDone', 1, 1, { arg: 0 }),
      event(3, 2, 'queue.getDone', 1, 2, { arg: 0 }),
      event(4, 2, 'queue.putDone', 2, 3, { arg: 0 }),
      event(5, 1, 'queue.getDone', 2, 4, { arg: 0 }),
      event(6, 1, 'queue.get', 2, 5),
      event(7, 2, 'queue.get', 1, 6),
    ].join('\n');
    const joins = event(8, 0, 'thread.join', 1, 7);
    assert.deepEqual(said(await analyse(`${trace}\n${joins}\n${complete(3000)}`)), ['deadlock certain']);
    assert.deepEqual(said(await analyse(`${trace}\n${complete(3000)}`)), ['deadlock likely'], 'main never put');
    assert.deepEqual(
      said(await analyse(`${trace}\n${event(8, 0, 'queue.putDone', 2, 9, { arg: 1 })}\n${complete(3000)}`)),
      [],
    );
  });
});

describe('deadlock through an event loop', () => {
  const program = (resources: number): string =>
    [
      threads('worker'),
      object(1, 'word', 'word'),
      object(2, 'port', 'to main', { from: 1, to: 0 }),
      object(3, 'port', 'to worker', { from: 0, to: 1 }),
      event(2, 0, 'port.listen', 2, 7),
      event(3, 0, 'word.wait', 1, 8, { arg: 0 }),
      event(4, 1, 'port.listen', 3, 10),
      event(5, 1, 'port.post', 2, 14, { arg: 0 }),
      JSON.stringify({ t: 100, th: 1, op: 'loop.sample', arg: resources }),
    ].join('\n');

  it('names the wait, the post and the listener', async () => {
    const verdict = await analyse(`${program(0)}\n${complete(4000)}`);
    assert.deepEqual(said(verdict), ['deadlock likely']);
    const [finding] = verdict.findings as [Finding];
    assert.deepEqual(roles(finding), ['listens app.js:7', 'waits app.js:8', 'posts app.js:14']);
    assert.deepEqual(
      finding.threads.map(({ name }) => name),
      ['main', 'worker'],
    );
    assert.match(finding.verdict, /^Likely deadlock: /);
  });

  const silentFrom = 100;
  const question = event(5, 1, 'port.post', 2, 14, { arg: 0 });
  const aboutIdleLoops: readonly (readonly [what: string, trace: string, silence: number, finding: string])[] = [
    ['that has asked', program(0), STUCK.idleAskerNs, 'deadlock likely'],
    ['that has not asked', program(0).replace(question, ''), STUCK.idleLoopNs, 'blocked-forever likely'],
    [
      'that works on a request of the one who waits, and tells how far it is',
      `${program(0)}
${event(2.5, 0, 'port.post', 3, 6, { arg: 0 })}
${event(4.5, 1, 'port.receive', 3, 10, { arg: 0 })}`,
      STUCK.busyAskerNs,
      'deadlock likely',
    ],
    [
      'whose message an earlier wait did not need',
      `${program(0)}
${event(6, 0, 'word.woken', 1, 8)}
${event(7, 0, 'word.wait', 1, 8, { arg: 0 })}`,
      STUCK.idleLoopNs,
      'blocked-forever likely',
    ],
  ];
  for (const [what, trace, silence, finding] of aboutIdleLoops) {
    it(`takes a loop ${what} for dead only after ${silence / 1e9} s: it may run a job`, async () => {
      const until = silentFrom + silence / 1e6;
      assert.deepEqual(said(await analyse(`${trace}\n${complete(until - 1)}`)), []);
      assert.deepEqual(said(await analyse(`${trace}\n${complete(until + 1)}`)), [finding]);
    });
  }

  it('is silent while a timer can wake the worker', async () =>
    assert.deepEqual(said(await analyse(`${program(1)}\n${complete(4000)}`)), []));

  it('is silent when a message for the worker is on its way', async () => {
    const trace = `${program(0)}\n${event(1.5, 0, 'port.post', 3, 6, { arg: 0 })}`;
    assert.deepEqual(said(await analyse(`${trace}\n${complete(4000)}`)), []);
  });

  it('is silent when the message was taken and only loops are idle', async () => {
    const trace = [
      threads('worker'),
      '{"t":100,"th":0,"op":"loop.sample","arg":0}',
      '{"t":100,"th":1,"op":"loop.sample","arg":0}',
      complete(4000),
    ].join('\n');
    assert.deepEqual(said(await analyse(trace)), []);
  });
});

describe('self-deadlock', () => {
  const program = (mainLoop: string): string =>
    [
      threads('worker'),
      object(1, 'lock', 'gate'),
      event(2, 1, 'lock.acquired', 1, 4, { arg: 1 }),
      event(3, 1, 'lock.acquire', 1, 9),
      mainLoop,
      complete(4000),
    ].join('\n');

  it('is certain when nobody else can run', async () => {
    const verdict = await analyse(program(event(4, 0, 'thread.join', 1, 20)));
    assert.deepEqual(said(verdict), ['self-deadlock certain']);
    assert.match(
      verdict.findings[0]?.verdict ?? '',
      /^Deadlock: `worker` waits for `gate` at app\.js:9, which it holds itself since app\.js:4\./,
    );
  });

  it('is a note while another thread could release it: it may be a signal', async () => {
    const verdict = await analyse(program('{"t":100,"th":0,"op":"loop.sample","arg":2}'));
    assert.deepEqual(
      verdict.findings.map(({ id, severity }) => [id, severity]),
      [['self-deadlock', 'note']],
    );
  });

  it('is silent for a lock that another thread has released before', async () => {
    const before = `${event(1.1, 1, 'lock.acquired', 1, 4, { arg: 1 })}\n${event(1.2, 0, 'lock.release', 1, 9, { arg: 0 })}\n`;
    assert.deepEqual(said(await analyse(`${before}${program('{"t":100,"th":0,"op":"loop.sample","arg":2}')}`)), []);
  });

  it('is silent for re-entry', async () => {
    const trace = [
      threads('worker'),
      object(1, 'rlock', 'gate'),
      event(2, 1, 'lock.acquired', 1, 4, { arg: 1 }),
      event(3, 1, 'lock.acquired', 1, 5, { arg: 2 }),
      event(4, 1, 'lock.release', 1, 6, { arg: 1 }),
      event(5, 1, 'lock.release', 1, 7, { arg: 0 }),
      event(6, 0, 'lock.acquired', 1, 8, { arg: 1 }),
      complete(4000),
    ].join('\n');
    assert.deepEqual(said(await analyse(trace)), []);
  });
});

describe('abandoned-lock', () => {
  const program = (ending: string, waits = event(9, 2, 'lock.acquire', 1, 30)): string =>
    [
      threads('owner', 'waiter'),
      object(1, 'lock', 'cache'),
      event(2, 1, 'lock.acquired', 1, 4, { arg: 1 }),
      ending,
      event(8, 1, 'thread.end', 1, 6, { arg: 1 }),
      waits,
    ].join('\n');

  it('says how the owner ended', async () => {
    const verdict = await analyse(`${program(event(7, 0, 'thread.terminate', 1, 131))}\n${complete(4000)}`);
    const [finding] = verdict.findings as [Finding];
    assert.equal(finding.id, 'abandoned-lock');
    assert.equal(finding.severity, 'error');
    assert.match(
      finding.verdict,
      /`owner` was terminated by main at app\.js:131 while it held `cache`; `waiter` waits for it\./,
    );
    assert.deepEqual(roles(finding), ['holds app.js:4', 'ends app.js:131', 'waits app.js:30']);
  });

  it('speaks after a clean end, too, when somebody waited', async () =>
    assert.deepEqual(said(await analyse(`${program(event(7, 1, 'thread.fail', 1, 5))}\n${end(4000, 'clean')}`)), [
      'abandoned-lock likely',
    ]));

  describe('is a note when nobody waits', () => {
    const notes = async (trace: string): Promise<string[]> =>
      (await analyse(trace)).findings.map(({ id, severity }) => `${id} ${severity}`);
    const note = ['abandoned-lock note'];
    const left = program(event(7, 1, 'thread.fail', 1, 5), '');
    const terminated = program(event(7, 0, 'thread.terminate', 1, 131), '');
    const inVain = `${event(9, 2, 'lock.acquire', 1, 30, { timeout: 50 })}
${event(60, 2, 'lock.refused', 1, 30, { arg: 'timeout' })}`;

    it('however the program ended', async () => {
      assert.deepEqual(await notes(`${left}\n${complete(4000)}`), note);
      assert.deepEqual(await notes(`${left}\n${end(4000, 'clean')}`), note);
      const verdict = await analyse(`${left}\n${end(4000, 'exit')}`);
      assert.match(verdict.findings[0]?.message ?? '', /since 0\.007\ss\./, 'since it ended');
    });

    it('and names who waited in vain', async () => {
      const verdict = await analyse(`${terminated}\n${inVain}\n${end(4000, 'clean')}`);
      const [finding] = verdict.findings as [Finding];
      assert.equal(finding.severity, 'note');
      assert.match(finding.message, /waiter waited for `cache` in vain \(app\.js:30\)/);
      assert.equal(
        finding.advice,
        'Ask owner to end, by an Event or a message, and let it give `cache` back: one that is terminated runs no finally.',
      );
      assert.deepEqual(roles(finding), ['holds app.js:4', 'ends app.js:131', 'waits app.js:30']);
    });

    const silent: readonly (readonly [why: string, trace: string])[] = [
      ['its owner was terminated on purpose', terminated],
      ['it was taken by a try: once and for all', left.replace('"arg":1', '"arg":1,"mode":"bounded"')],
      [
        'its owner ended after main',
        left.replace('"t":8', '"t":30').replace(/$/, `\n${event(20, 0, 'thread.end', 0, 9)}`),
      ],
    ];
    for (const [why, trace] of silent) {
      it(`but not after a normal end, when ${why}`, async () => {
        assert.deepEqual(await notes(`${trace}\n${end(4000, 'clean')}`), []);
        assert.deepEqual(await notes(`${trace}\n${end(4000, 'killed')}`), note);
      });
    }
  });
});

describe('blocked-forever', () => {
  const program = (consumerEnds: boolean): string =>
    [
      threads('producer', 'consumer'),
      object(1, 'queue', 'jobs', { capacity: 1 }),
      '{"string":0,"text":"RangeError"}',
      event(2, 1, 'queue.putDone', 1, 3, { arg: 0 }),
      event(3, 2, 'queue.getDone', 1, 10, { arg: 0 }),
      event(4, 1, 'queue.putDone', 1, 3, { arg: 1 }),
      ...(consumerEnds
        ? [event(5, 2, 'thread.fail', 2, 12, { arg: 'RangeError' }), event(6, 2, 'thread.end', 2, 12, { arg: 1 })]
        : []),
      event(7, 1, 'queue.put', 1, 3),
    ]
      .filter((line) => !line.startsWith('{"string"'))
      .join('\n');
  const timer = '{"t":8,"th":0,"op":"loop.sample","arg":1}';

  it('names the line at which the only consumer ended', async () => {
    const verdict = await analyse(`${program(true)}\n${event(8, 0, 'thread.join', 1, 40)}\n${complete(4000)}`);
    assert.deepEqual(said(verdict), ['blocked-forever certain']);
    const [finding] = verdict.findings as [Finding];
    assert.deepEqual(roles(finding), ['waits app.js:3', 'provides app.js:10', 'ends app.js:12']);
    assert.match(
      finding.message,
      /waits to put into `jobs`, which is full, and the only thread that took from it, `consumer`, has ended\./,
    );
    assert.match(finding.message, /ended with a RangeError \(app\.js:12\)/);
    assert.match(
      finding.advice,
      /^Take from `jobs` as long as others put into it, and call close\(\) on it when nobody does any more/,
    );
    assert.deepEqual(
      finding.stuckBehind.map(({ name }) => name),
      ['main'],
    );
  });

  it('is a note at most when the others ended in peace and a thread lives that may do their part', async () => {
    const peaceful = program(true)
      .replace(/^.*thread\.fail.*\n/m, '')
      .replace(/("thread.end".*?"arg":)1/, '$10');
    assert.deepEqual(said(await analyse(`${peaceful}\n${timer}\n${complete(5000)}`)), []);
    assert.deepEqual(said(await analyse(`${peaceful}\n${timer}\n${complete(60_000)}`)), ['blocked-forever possible']);
    const joined = event(8, 0, 'thread.join', 1, 40);
    assert.deepEqual(said(await analyse(`${peaceful}\n${joined}\n${complete(4000)}`)), ['blocked-forever certain']);
  });

  it('says who waits behind one thread, not behind those that have ended', async () => {
    const verdict = await analyse(`${program(true)}\n${event(8, 0, 'thread.join', 1, 40)}\n${complete(4000)}`);
    assert.match(verdict.findings[0]?.message ?? '', /; main waits behind it\./);
  });

  it('names who has called taskDone too rarely', async () => {
    const trace = [
      threads('worker'),
      object(1, 'queue', 'jobs', { capacity: 0 }),
      event(2, 0, 'queue.putDone', 1, 3, { arg: 0 }),
      event(3, 0, 'queue.putDone', 1, 3, { arg: 1 }),
      event(4, 1, 'queue.getDone', 1, 9, { arg: 0 }),
      event(5, 1, 'queue.getDone', 1, 9, { arg: 1 }),
      event(6, 1, 'queue.taskDone', 1, 10),
      event(7, 1, 'thread.end', 1, 12, { arg: 0 }),
      event(8, 0, 'queue.join', 1, 4),
    ].join('\n');
    const verdict = await analyse(`${trace}\n${complete(4000)}`);
    assert.deepEqual(said(verdict), ['blocked-forever certain']);
    assert.match(
      verdict.findings[0]?.message ?? '',
      /^blocked-forever \(certain\): main waits until all tasks of `jobs` are done, and the only thread that called taskDone for it, `worker`, has ended\./,
    );
    assert.match(verdict.findings[0]?.advice ?? '', /^Call taskDone once for each item that is taken from `jobs`/);
  });

  describe('of a semaphore', () => {
    const seats = (...events: readonly string[]): string =>
      [
        threads('one', 'two', 'three'),
        object(1, 'semaphore', 'seats', { capacity: 2 }),
        event(2, 1, 'semaphore.acquired', 1, 5),
        event(3, 2, 'semaphore.acquired', 1, 5),
        ...events,
        event(7, 1, 'thread.end', 1, 0, { arg: 0 }),
        event(8, 2, 'thread.end', 2, 0, { arg: 0 }),
        event(9, 3, 'semaphore.acquire', 1, 6),
        event(9, 0, 'thread.join', 3, 40),
        complete(4000),
      ].join('\n');
    const message = async (trace: string): Promise<string> => (await analyse(trace)).findings[0]?.message ?? '';

    it('names who did not give back what it took', async () => {
      const text = await message(
        seats(event(4, 1, 'semaphore.release', 1, 7), event(5, 2, 'semaphore.acquired', 1, 5)),
      );
      assert.match(text, /waits for a permit of `seats`, and `two` has not given back what it took\./);
      assert.match(text, /\n {2}two took a permit last \(app\.js:5\) and ended \(app\.js:0\)\n/);
      assert.match(text, /Release `seats` on every way out of the thread that has a permit/);
      assert.match(await message(seats()), /and `one` and `two` have not given back what they took\./);
    });

    it('blames nobody where threads give back for others', async () =>
      assert.doesNotMatch(
        await message(seats(event(4, 0, 'semaphore.release', 1, 7), event(5, 2, 'semaphore.acquired', 1, 5))),
        /given back|took/,
      ));

    it('without permits at first is a signal, and is spoken of as one', async () => {
      const signal = seats()
        .replace('"capacity":2', '"capacity":0')
        .replace(/\n[^\n]*semaphore\.acquired[^\n]*/g, '');
      assert.match(await message(signal), /Release `seats` on every way out of the thread that is to let others go on/);
    });
  });

  it('with a lock that others want says what to do first', async () => {
    const trace = [
      threads('taker', 'giver'),
      object(1, 'queue', 'jobs', { capacity: 0 }),
      object(2, 'lock', 'cache'),
      event(2, 1, 'lock.acquired', 2, 5, { arg: 1 }),
      event(3, 1, 'queue.get', 1, 6),
      event(4, 2, 'lock.acquire', 2, 12),
      event(5, 0, 'thread.join', 1, 40),
      complete(4000),
    ].join('\n');
    const [finding] = (await analyse(trace)).findings as [Finding];
    assert.match(finding.message, /\n {2}taker holds `cache` \(app\.js:5\), and giver waits for it \(app\.js:12\)\n/);
    assert.equal(finding.advice, 'Give `cache` back before taker waits at app.js:6: giver may have to get on first.');
  });

  it('says what a thread awaits that could have gone on', async () => {
    const trace = [
      threads('worker'),
      object(1, 'queue', 'jobs', { capacity: 1 }),
      event(2, 1, 'queue.putDone', 1, 5, { arg: 0 }),
      event(3, 0, 'queue.getDone', 1, 11, { arg: 0 }),
      event(4, 1, 'queue.putDone', 1, 5, { arg: 1 }),
      event(5, 1, 'queue.put', 1, 5),
      event(6, 0, 'thread.joinAsync', 1, 12),
      '{"t":100,"th":0,"op":"loop.sample","arg":0}',
      complete(9000),
    ].join('\n');
    const [finding] = (await analyse(trace)).findings as [Finding];
    assert.match(
      finding.message,
      /\n {2}main took from it last \(app\.js:11\) and waits for the end of worker "worker" \(app\.js:12\)\n/,
    );
  });

  it('of a task that no thread has begun says what those of its executor wait for, and is one finding', async () => {
    const trace = [
      threads('pool_0'),
      object(1, 'task', 'root'),
      object(2, 'task', 'leaf'),
      object(3, 'event', 'stop'),
      event(2, 0, 'task.submit', 1, 10),
      event(3, 1, 'task.start', 1, 5),
      event(4, 1, 'event.wait', 3, 6),
      event(5, 0, 'task.submit', 2, 11),
      event(6, 0, 'task.wait', 2, 12),
      complete(4000),
    ].join('\n');
    const verdict = await analyse(trace);
    assert.deepEqual(said(verdict), ['blocked-forever certain']);
    const [finding] = verdict.findings as [Finding];
    assert.match(finding.message, /main waits for the result of `leaf`, and no thread of its executor has begun it\./);
    assert.match(finding.message, /\n {2}pool_0 runs `root`, which waits for `stop` to be set \(app\.js:6\)\n/);
    assert.deepEqual(roles(finding), ['waits app.js:12', 'waits app.js:6']);
    assert.deepEqual(finding.stuckBehind, []);
  });

  it('at a barrier says how many have not come', async () => {
    const trace = [
      threads('one', 'two'),
      object(1, 'barrier', 'start', { capacity: 3 }),
      event(2, 1, 'barrier.wait', 1, 5),
      event(3, 2, 'barrier.wait', 1, 5),
      event(4, 0, 'thread.join', 1, 40),
      complete(4000),
    ].join('\n');
    assert.match(
      (await analyse(trace)).findings[0]?.message ?? '',
      /one" and worker "two" wait at `start` for the others, and only 2 of the 3 threads that it is for have come\./,
    );
  });

  it('of a consumer says that its queue can be closed', async () => {
    const trace = [
      threads('producer', 'consumer'),
      object(1, 'queue', 'jobs', { capacity: 1 }),
      event(2, 1, 'queue.putDone', 1, 3, { arg: 0 }),
      event(3, 2, 'queue.getDone', 1, 10, { arg: 0 }),
      event(4, 1, 'thread.end', 1, 12, { arg: 0 }),
      event(5, 2, 'queue.get', 1, 10),
      event(8, 0, 'thread.join', 2, 40),
    ].join('\n');
    const verdict = await analyse(`${trace}\n${complete(4000)}`);
    assert.deepEqual(said(verdict), ['blocked-forever certain']);
    assert.match(verdict.findings[0]?.advice ?? '', /^Call close\(\) on `jobs` when the last item was put/);
  });

  it('is likely while a thread lives that never took', async () =>
    assert.deepEqual(said(await analyse(`${program(true)}\n${timer}\n${complete(4000)}`)), ['blocked-forever likely']));

  it('is silent while the consumer lives', async () =>
    assert.deepEqual(said(await analyse(`${program(false)}\n${timer}\n${complete(4000)}`)), []));

  it('is silent after a clean end: blocked daemons', async () =>
    assert.deepEqual(said(await analyse(`${program(true)}\n${timer}\n${end(4000, 'clean')}`)), []));

  it('is silent when only likely and events were lost', async () => {
    const drop = '{"t":9,"drop":3,"th":0}';
    assert.deepEqual(said(await analyse(`${program(true)}\n${timer}\n${drop}\n${complete(4000)}`)), []);
  });

  it('is silent for idle workers of a living pool', async () => {
    const trace = [
      threads('one', 'two'),
      object(1, 'queue', 'jobs', { capacity: 0 }),
      event(2, 0, 'queue.putDone', 1, 3, { arg: 0 }),
      event(3, 1, 'queue.getDone', 1, 9, { arg: 0 }),
      event(4, 1, 'queue.get', 1, 9),
      event(4, 2, 'queue.get', 1, 9),
      timer,
      complete(60000),
    ].join('\n');
    assert.deepEqual(said(await analyse(trace)), []);
  });

  it('tells several waiters for the same thing once', async () => {
    const trace = [
      threads('one', 'two'),
      object(1, 'event', 'ready'),
      event(2, 1, 'event.wait', 1, 9),
      event(3, 2, 'event.wait', 1, 9),
      event(4, 0, 'thread.join', 1, 20),
      complete(4000),
    ].join('\n');
    const verdict = await analyse(trace);
    assert.deepEqual(said(verdict), ['blocked-forever certain']);
    assert.deepEqual(
      verdict.findings[0]?.threads.map(({ name }) => name),
      ['one', 'two'],
    );
    assert.deepEqual(said(await analyse(trace.replace('"event.wait"', '"event.set"'))), [], 'set before');
  });

  it('is one finding when another explains it', async () => {
    const trace = [
      opposite.replace(/\n[^\n]*thread\.join[^\n]*$/, ''),
      object(3, 'event', 'done'),
      event(14, 0, 'event.wait', 3, 60),
    ].join('\n');
    const verdict = await analyse(`${trace}\n${complete(4000)}`);
    assert.deepEqual(said(verdict), ['deadlock certain']);
    assert.deepEqual(
      verdict.findings[0]?.stuckBehind.map(({ name }) => name),
      ['main'],
    );
  });
});

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
    assert.equal(finding.advice, 'Let main put into `jobs` before it waits at app.js:4, or wait there with a timeout.');
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
    assert.equal(finding.advice, 'Put with a timeout at app.js:1, and let left take from `back` in between.');
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

  it('is a note when nobody waits, and silent after a clean end', async () => {
    const trace = program(event(7, 1, 'thread.fail', 1, 5), '');
    const verdict = await analyse(`${trace}\n${complete(4000)}`);
    assert.deepEqual(
      verdict.findings.map(({ id, severity }) => [id, severity]),
      [['abandoned-lock', 'note']],
    );
    assert.deepEqual(said(await analyse(`${trace}\n${end(4000, 'clean')}`)), []);
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
    assert.deepEqual(
      finding.stuckBehind.map(({ name }) => name),
      ['main'],
    );
  });

  it('is silent when the others ended in peace and a thread lives that may do their part', async () => {
    const peaceful = program(true)
      .replace(/^.*thread\.fail.*\n/m, '')
      .replace(/("thread.end".*?"arg":)1/, '$10');
    assert.deepEqual(said(await analyse(`${peaceful}\n${timer}\n${complete(60_000)}`)), []);
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

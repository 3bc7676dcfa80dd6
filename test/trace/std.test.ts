import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Analysis } from '../../src/analysis/analysis.js';
import type { Verdict } from '../../src/analysis/finding.js';
import { SourceNaming } from '../../src/sources/sourceNaming.js';
import { memorySource, type ByteSource } from '../../src/trace/byteSource.js';
import { openTrace } from '../../src/trace/openTrace.js';
import { opSpec } from '../../src/trace/ops.js';
import { said } from '../analysis/analyse.js';
import { readTrace } from '../fixtures/readTrace.js';
import { ReadableTrace } from './readableTrace.js';

interface Event {
  readonly t: number;
  readonly thread: number;
  readonly op: number;
  readonly object: number;
  readonly stack: readonly { readonly file: { readonly path: string }; readonly line: number }[] | null;
  readonly arg: number | string | null;
}

async function read(source: ByteSource, maxBytes?: number): Promise<ReadableTrace> {
  const trace = new ReadableTrace();
  const opened = await openTrace(source, trace);
  assert.ok(opened.ok, opened.ok ? '' : opened.message);
  for (;;) {
    const progress = await opened.value.read(maxBytes);
    assert.ok(progress.ok);
    if (progress.value.atEnd) break;
  }
  opened.value.finish();
  return trace;
}

const readText = (text: string): Promise<ReadableTrace> => read(memorySource(Buffer.from(text)));

async function analyse(text: string): Promise<Verdict> {
  const analysis = new Analysis({ naming: (dictionary) => new SourceNaming(dictionary, () => null) });
  const { torn } = await readTrace(Buffer.from(text), analysis.visitor);
  return analysis.verdict('trace.std', torn);
}

function namesOf({ records }: ReadableTrace): { threads: Map<number, string>; objects: Map<number, string> } {
  const threads = new Map<number, string>();
  const objects = new Map<number, string>();
  for (const record of records as { thread?: Named; object?: Named }[]) {
    if (record.thread) threads.set(record.thread.id, record.thread.name);
    if (record.object) objects.set(record.object.id, record.object.name);
  }
  return { threads, objects };
}

interface Named {
  readonly id: number;
  readonly name: string;
}

/** `3 T1 lock.acquired L2=1 @location:12`, one an event. */
function readable(trace: ReadableTrace): string[] {
  const { threads, objects } = namesOf(trace);
  return (trace.eventList as Event[]).map(({ t, thread, op, object, stack, arg }) => {
    const spec = opSpec(op);
    const subject = spec?.subject === 'thread' ? threads.get(object) : objects.get(object);
    const operand = arg === null || Number.isNaN(arg) ? '' : `=${arg}`;
    const at = stack === null ? '' : ` @${stack[0]?.file.path}:${stack[0]?.line}`;
    return `${t} ${threads.get(thread)} ${spec?.name} ${subject ?? ''}${operand}${at}`;
  });
}

describe('a trace in STD', () => {
  it('is read line by line, and what its lines imply is told with them', async () => {
    const trace = await readText(
      [
        'T0|fork(T1)|1',
        'T0|r(V1.x[0])|2',
        'T1|begin(run)|20',
        'T1|req(L1)|21',
        'T1|acq(L1)|21',
        'T1|acq(L1)|22',
        'T1|w(V1.x[0])|23',
        'T1|rel(L1)|24',
        'T1|rel(L1)|25',
        'T1|end(run)|26',
        'T0|join(T1)|3',
        'T0|branch|4',
      ].join('\n'),
    );
    assert.deepEqual(trace.damages, []);
    assert.deepEqual(readable(trace), [
      '1 T0 thread.begin T0',
      '1 T0 thread.start T1 @location:1',
      '2 T0 word.load V1.x[0] @location:2',
      '3 T1 thread.begin T1',
      '3 T1 span.begin =run @location:20',
      '4 T1 lock.acquire L1 @location:21',
      '5 T1 lock.acquired L1=1 @location:21',
      '6 T1 lock.acquired L1=2 @location:22',
      '7 T1 word.write V1.x[0] @location:23',
      '8 T1 lock.release L1=1 @location:24',
      '9 T1 lock.release L1=0 @location:25',
      '10 T1 span.end =run @location:26',
      '11 T1 thread.end T1',
      '11 T0 thread.joined T1 @location:3',
      '12 T0 mark =branch @location:4',
    ]);
  });

  it('gives a lock back after a wait, whether the trace says so or not', async () => {
    const implied = await readText(
      'T1|acq(L)|1\nT1|acq(L)|1\nT1|wait(L)|2\nT2|acq(L)|3\nT2|notify(L)|4\nT2|rel(L)|5\nT1|rel(L)|6\nT1|rel(L)|7',
    );
    assert.deepEqual(readable(implied).slice(1), [
      '1 T1 lock.acquired L=1 @location:1',
      '2 T1 lock.acquired L=2 @location:1',
      '3 T1 condition.wait L (notify)=1 @location:2',
      '4 T2 thread.begin T2',
      '4 T2 lock.acquired L=1 @location:3',
      '5 T2 condition.notify L (notify)=1 @location:4',
      '6 T2 lock.release L=0 @location:5',
      '7 T1 condition.woken L (notify)',
      '7 T1 lock.acquired L=2',
      '7 T1 lock.release L=1 @location:6',
      '8 T1 lock.release L=0 @location:7',
    ]);
    const said = await readText(
      'T1|acq(L)|1\nT1|wait(L)|2\nT2|notifyAll(L)|4\nT1|req(L)|2\nT1|acq(L)|2\nT1|rel(L)|7\nT1|rel(L)|8',
    );
    assert.deepEqual(readable(said).slice(3), [
      '3 T2 thread.begin T2',
      '3 T2 condition.notify L (notify)=1 @location:4',
      '4 T1 condition.woken L (notify)',
      '4 T1 lock.acquire L @location:2',
      '5 T1 lock.acquired L=1 @location:2',
      '6 T1 lock.release L=0 @location:7',
      // Not its own any more: how often is not known.
      '7 T1 lock.release L @location:8',
    ]);
  });

  it('keeps a place as far as there is one', async () => {
    const places = ['12', 'Foo.java:7', 'C:\\a.c:9:3', 'Main.run()', '-1', ''];
    const trace = await readText(places.map((place) => `T1|acq(L)|${place}`).join('\n') + '\nT1|acq(L)');
    const found = (trace.eventList as Event[])
      .slice(1)
      .map(({ stack }) => stack && `${stack[0]?.file.path}:${stack[0]?.line}`);
    assert.deepEqual(found, ['location:12', 'Foo.java:7', 'C:\\a.c:9', 'Main.run():0', null, null, null]);
  });

  it('names threads as it does, and gives them the numbers of their names where it can', async () => {
    const lines = ['main', 'T1', 'Thread-1', 'worker', '7'].map((thread) => `${thread}|fork(T9)|1`);
    const { threads } = namesOf(await readText(lines.join('\n')));
    assert.deepEqual(
      [...threads],
      [
        [0, 'main'],
        [9, 'T9'],
        [1, 'T1'],
        [2, 'Thread-1'],
        [3, 'worker'],
        [7, '7'],
      ],
    );
  });

  it('may have comments, empty lines, a byte order mark, spaces and the line ends of Windows', async () => {
    const trace = await readText(
      '\ufeff# from a paper\r\n\r\n// another\r\n T0 | acq( L1 ) | 12 \r\n  # more\r\nT0|rel(L1)|13\r\n',
    );
    assert.deepEqual(trace.damages, []);
    assert.deepEqual(readable(trace).slice(1), [
      '4 T0 lock.acquired L1=1 @location:12',
      '6 T0 lock.release L1=0 @location:13',
    ]);
  });

  const badLines: readonly (readonly [line: string, problem: RegExp])[] = [
    ['T0 acq(L1) 12', /"T0 acq\(L1\) 12" should have its fields between bars, as in T0\|acq\(L1\)\|12/],
    ['|acq(L1)|12', /names no thread/],
    ['T0|lock(L1)|12', /no operation "lock"; there are req, acq, rel,/],
    ['T0|toString(L1)|12', /no operation "toString"/],
    ['T0|acq|12', /acq needs a lock in brackets/],
    ['T0|acq()|12', /acq needs a lock in brackets/],
    ['T0|fork( )|12', /fork needs a thread in brackets/],
    ['T0|acq(L1|12', /"acq\(L1" should be an operation with what it is for/],
    ['T0||12', /"" should be an operation/],
  ];
  for (const [line, problem] of badLines) {
    it(`skips ${line}`, async () => {
      const trace = await readText(`T0|acq(A)|1\n${line}\nT0|rel(A)|2\n`);
      assert.equal(trace.damages.length, 1);
      assert.match(trace.damages[0] ?? '', /^Line 2 was skipped: .*\.$/);
      assert.match(trace.damages[0] ?? '', problem);
      assert.equal(trace.eventList.length, 3);
    });
  }

  it('says when a thread goes on that was joined', async () => {
    const trace = await readText('T1|acq(A)|1\nT0|join(T1)|2\nT1|rel(A)|3\nT1|acq(A)|3');
    assert.deepEqual(trace.damages, ['Line 3: its thread goes on, though line 2 says that it was joined.']);
  });

  it('is known by what stands in it', async () => {
    for (const text of [
      'hello',
      'name|age|x\n',
      '1,2,3\n',
      '# nothing\n',
      '\n\n',
      'T0|a\u0000cq(L)|1\n',
      '|acq(L)|1',
    ]) {
      const opened = await openTrace(memorySource(Buffer.from(text)), {});
      assert.match(opened.ok ? '' : opened.message, /is not a Threadlanes trace/, text);
    }
    for (const text of ['T0|lock(L1)|3', '# x\n\nT0|begin|1', 'a b|r(x)']) {
      assert.ok((await openTrace(memorySource(Buffer.from(text)), {})).ok, text);
    }
  });

  it('skips a line that is too long, and is torn within the last one', async () => {
    const trace = await readText(`T0|acq(A)|1\nT0|acq(${'x'.repeat(3e6)})|2\nT0|rel(A)|3\n`);
    assert.deepEqual(trace.damages, ['Line 2 was skipped: it is longer than 64 KiB.']);
    assert.equal((trace.eventList.at(-1) as Event).t, 3);
    const opened = await openTrace(memorySource(Buffer.from('T0|acq(A)|1\nT0|ac')), {});
    const progress = opened.ok ? await opened.value.read() : opened;
    assert.equal(progress.ok && progress.value.torn, true);
  });

  const stuck = 'T0|fork(T1)|1\nT0|acq(A)|10\nT1|acq(B)|20\nT0|req(B)|11\nT1|req(A)|21';
  it('is judged as any other trace', async () => {
    const verdict = await analyse(stuck);
    assert.deepEqual(said(verdict), ['deadlock certain']);
    assert.deepEqual(verdict.findings[0]?.locations.map(({ role, line }) => `${role} ${line}`).sort(), [
      'holds 10',
      'holds 20',
      'waits 11',
      'waits 21',
    ]);
    const opposite = await analyse(
      'T1|acq(A)|1\nT1|acq(B)|2\nT1|rel(B)|3\nT1|rel(A)|3\nT2|acq(B)|4\nT2|acq(A)|5\nT2|rel(A)|6\nT2|rel(B)|6',
    );
    assert.deepEqual(said(opposite), ['lock-order-inversion possible']);
    const apart =
      'T0|fork(T1)|1\nT1|acq(A)|1\nT1|acq(B)|2\nT1|rel(B)|3\nT1|rel(A)|3\nT0|join(T1)|3\nT0|acq(B)|4\nT0|acq(A)|5\nT0|rel(A)|6\nT0|rel(B)|6';
    assert.deepEqual(said(await analyse(apart)), []);
  });

  it('knows nobody who goes on when it ends, but those who wait for each other', async () => {
    assert.deepEqual(said(await analyse('T0|acq(A)|1\nT1|req(A)|2')), []);
    assert.deepEqual(said(await analyse('T0|acq(A)|1\nT1|acq(A)|2\nT1|wait(A)|3\nT0|acq(B)|1')), []);
  });

  it('says the same in pieces of any size', async () => {
    const whole = await readText(stuck);
    for (const piece of [1, 2, 3, 7, 50]) {
      const bytes = Buffer.from(stuck);
      const source: ByteSource = {
        size: () => bytes.length,
        read: (offset, length) => bytes.subarray(offset, offset + Math.min(piece, length)),
      };
      assert.deepEqual((await read(source, piece)).eventList, whole.eventList);
    }
  });

  it('goes on where it stopped when the file has grown', async () => {
    const bytes = Buffer.from(`${stuck}\n`);
    let known = bytes.indexOf('T1|req');
    const trace = new ReadableTrace();
    const source = {
      size: () => known,
      read: (offset: number, length: number) => bytes.subarray(offset, Math.min(known, offset + length)),
    };
    const opened = await openTrace(source, trace);
    assert.ok(opened.ok);
    await opened.value.read();
    await opened.value.read();
    known = bytes.length;
    await opened.value.read();
    assert.deepEqual(trace.damages, []);
    const times = (trace.eventList as Event[]).map(({ t }) => t);
    assert.deepEqual(times, [1, 1, 2, 3, 3, 4, 2e9 + 5]);
    assert.equal(trace.records.filter((record) => 'marker' in (record as object)).length, 2);
  });
});

/** What each operation of a random trace without waits and joins is read as. */
const readAs: Readonly<Record<string, string>> = {
  req: 'lock.acquire',
  acq: 'lock.acquired',
  rel: 'lock.release',
  r: 'word.load',
  w: 'word.write',
  fork: 'thread.start',
  notify: 'condition.notify',
  notifyAll: 'condition.notify',
  enter: 'span.begin',
  exit: 'span.end',
};

const word = fc.stringMatching(/^[A-Za-z$_@][\w.$@[\]()#:-]{0,12}$/).filter((text) => !text.includes('|'));
const line = fc.record({
  thread: fc.constantFrom('T0', 'T1', 'T2', 'pool-1-thread-3', 'main'),
  operation: fc.constantFrom(...Object.keys(readAs)),
  operand: fc.oneof(fc.constantFrom('L1', 'L2', 'V3.f[0]'), word),
  location: fc.option(
    fc.oneof(
      fc.nat(9999).map(String),
      fc.nat(99).map((at) => `a/B.java:${at}`),
      word,
    ),
    { nil: null },
  ),
  noise: fc.constantFrom('', '', '', '# c\n', '\n', '  \n'),
  end: fc.constantFrom('\n', '\r\n'),
});

describe('any well-formed STD', () => {
  it('gives its events, one for each line, in its order', () =>
    fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 40 }), async (lines) => {
        let text = '';
        const expected = lines.map(({ thread, operation, operand, location, noise, end }) => {
          text += `${noise}${thread}|${operation}(${operand})${location === null ? '' : `|${location}`}${end}`;
          const number = text.split('\n').length - 1;
          const object = operation.startsWith('notify') ? `${operand} (notify)` : operand;
          return `${number} ${thread} ${readAs[operation]} ${object}`;
        });
        const trace = await readText(text);
        assert.deepEqual(trace.damages, []);
        const { threads, objects } = namesOf(trace);
        const found = (trace.eventList as Event[]).flatMap(({ t, thread, op, object, arg }) => {
          const spec = opSpec(op);
          if (spec?.name === 'thread.begin') return [];
          const subject =
            spec?.subject === 'thread' ? threads.get(object) : spec?.subject === 'none' ? arg : objects.get(object);
          return [`${t} ${threads.get(thread)} ${spec?.name} ${subject}`];
        });
        assert.deepEqual(found, expected);
        assert.equal(new Set(threads.values()).size, threads.size);
      }),
      { numRuns: 200 },
    ));

  it('may be anything: it is read or refused, never broken', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(fc.constantFrom('T0', '|', 'acq', '(', 'L', ')', '\n', '#', 'wait', 'rel', '1'), fc.string()),
          { maxLength: 60 },
        ),
        async (parts) => {
          const opened = await openTrace(memorySource(Buffer.from(`T0|acq(L)|1\n${parts.join('')}`)), {});
          assert.ok(opened.ok);
          assert.ok((await opened.value.read()).ok);
        },
      ),
      { numRuns: 200 },
    ));
});

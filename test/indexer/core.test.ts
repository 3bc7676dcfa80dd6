import assert from 'node:assert/strict';
import fc from 'fast-check';
import { THREAD_STATE } from '../../src/model/threadState.js';
import { FLAG } from '../../src/protocol/tileLayout.js';
import type { Lane } from '../../src/protocol/messages.js';
import { readBlocks, type Interval } from '../timeline/readBlocks.js';
import { deadlock, definitions, killedAt, silenceUntil, traceOf, type Format } from './deadlockTrace.js';
import { testIndex, type TestIndex } from './testIndex.js';

/** All intervals of a lane, by one tile of two seconds. */
function intervalsOf({ index, last }: TestIndex, lane: Lane): readonly Interval[] {
  index.answer(1, { type: 'tiles', request: 9, level: 23, first: 0, count: 1, lanes: [lane.id] });
  return readBlocks(last('tile').buffer, 1)[0]?.intervals ?? [];
}

/** Everything that a view can see. */
function pictureOf(test: TestIndex): unknown {
  const { lanes, verdict, threads, objects } = test.last(
    test.told.some(({ type }) => type === 'grew') ? 'grew' : 'opened',
  );
  const key = ({ kind, thread, object }: Lane): string => `${kind} ${thread} ${object}`;
  const pictures = lanes.map((lane) => [key(lane), intervalsOf(test, lane)] as const);
  return {
    verdict,
    threads,
    objects: [...objects].sort((a, b) => a.id - b.id),
    pictures: pictures.sort(([a], [b]) => (a < b ? -1 : 1)),
  };
}

const formats: readonly Format[] = ['lanes', 'ndjson'];

describe('index', () => {
  const killed = traceOf('lanes', [definitions, deadlock, killedAt(2000)]);

  it('opens a trace with its threads, lanes, verdict and the cycle of a deadlock', async () => {
    const test = testIndex();
    test.source.append(...killed);
    assert.equal(await test.index.open(), true);
    const opened = test.last('opened');
    assert.deepEqual(
      opened.threads.map(({ id, name, parent }) => [id, name, parent]),
      [
        [0, 'main', null],
        [1, 'writer', 0],
        [2, 'reader', 0],
      ],
    );
    assert.deepEqual(
      [opened.program, opened.root, opened.file, opened.durationMs, opened.live],
      ['store.js', '/program', 'store.lanes', 2000, false],
    );
    assert.deepEqual(
      opened.verdict?.findings.map(({ id }) => id),
      ['deadlock'],
    );
    const circle = opened.verdict?.findings[0]?.circle;
    assert.deepEqual(
      circle?.map(({ thread, waitsFor, holds, waitsForThread }) => [thread, waitsFor, holds, waitsForThread]).sort(),
      [
        [1, 8, 7, 2],
        [2, 7, 8, 1],
      ],
    );
    assert.deepEqual(opened.objects.map(({ name }) => name).sort(), ['cache', 'index']);
    assert.deepEqual(opened.arrows, [
      { kind: 'start', from: 0, fromMs: 1, to: 1, toMs: 3 },
      { kind: 'start', from: 0, fromMs: 2, to: 2, toMs: 4 },
    ]);
  });

  it('marks the waits and the locks of a deadlock in its tiles', async () => {
    const test = testIndex();
    test.source.append(...killed);
    await test.index.open();
    for (const lane of test.last('opened').lanes.filter(({ thread }) => thread !== 0)) {
      const flagged = intervalsOf(test, lane).filter(({ flags }) => (flags & FLAG.deadlocked) !== 0);
      assert.ok(flagged.length > 0, `${lane.kind} of ${lane.thread}`);
      if (lane.kind === 'thread') {
        assert.deepEqual(
          flagged.map(({ state }) => state),
          [THREAD_STATE.blocked],
        );
      }
    }
  });

  it('answers for a point and for source lines', async () => {
    const test = testIndex();
    test.source.append(...killed);
    await test.index.open();
    const lane = test.last('opened').lanes.find(({ kind, thread }) => kind === 'thread' && thread === 1) as Lane;
    test.index.answer(1, { type: 'details', request: 5, lane: lane.id, timeMs: 1000, step: 'at' });
    const { details } = test.last('details');
    assert.match(details?.text[0] ?? '', /^`writer` is blocked on `index`/);
    assert.match(details?.text[2] ?? '', /^`reader` holds it since 0.006\u00a0s, taken at store.js:6/);
    assert.equal(details?.frames[0]?.line, 10);
    test.index.answer(1, {
      type: 'lines',
      request: 6,
      frames: [
        { file: 'store.js', line: 2 },
        { file: 'gone.js', line: 1 },
      ],
    });
    assert.deepEqual(
      test.last('lines').lines.map(({ text }) => text),
      ['second line', null],
    );
  });

  it('tells a deadlock of a running program when nothing else happens', async () => {
    const test = testIndex();
    const [defined, stuck, silence, end] = traceOf('lanes', [
      definitions,
      (writer) => [deadlock, silenceUntil(12)].forEach((part) => part(writer)),
      silenceUntil(3000),
      killedAt(3100),
    ]) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    test.source.append(defined, stuck);
    await test.index.open();
    assert.deepEqual(test.last('opened').verdict?.findings, []);
    assert.equal(test.last('opened').live, true);
    const { revision } = test.last('opened');
    assert.equal(await test.index.grow(), 'none');
    assert.equal(test.told.at(-1)?.type, 'opened');
    test.pass(600);
    test.source.append(silence);
    assert.equal(await test.index.grow(), 'grew');
    const grew = test.last('grew');
    assert.deepEqual(
      grew.verdict?.findings.map(({ id }) => id),
      ['deadlock'],
    );
    assert.equal(grew.durationMs, 3000);
    assert.ok(grew.revision > revision);
    test.source.append(end);
    assert.equal(await test.index.grow(), 'ended');
    assert.equal(test.last('grew').live, false);
    assert.equal(test.last('grew').verdict?.trace.end, 'killed');
  });

  for (const format of formats) {
    it(`shows the same whether a trace as ${format} was there at once or grew byte by byte`, async () => {
      const parts = traceOf(format, [definitions, deadlock, silenceUntil(500), killedAt(1500)]);
      const bytes = Buffer.concat(parts);
      const once = testIndex();
      once.source.append(bytes);
      await once.index.open();
      const expected = pictureOf(once);
      const header = (parts[0] as Uint8Array).length;
      await fc.assert(
        fc.asyncProperty(fc.array(fc.integer({ min: header, max: bytes.length }), { maxLength: 6 }), async (cuts) => {
          const test = testIndex();
          const edges = [header, ...cuts.sort((a, b) => a - b), bytes.length];
          test.source.append(bytes.subarray(0, header));
          assert.equal(await test.index.open(), true);
          for (let i = 1; i < edges.length; i += 1) {
            test.source.append(bytes.subarray(edges[i - 1], edges[i]));
            test.pass(1000);
            await test.index.grow();
          }
          assert.deepEqual(pictureOf(test), expected);
        }),
        { numRuns: 40 },
      );
    });
  }

  it('a view that was closed hears no more', async () => {
    const test = testIndex();
    const [defined, end] = traceOf('lanes', [definitions, killedAt(20)]) as [Uint8Array, Uint8Array];
    test.source.append(defined);
    await test.index.open();
    test.index.answer(1, { type: 'closed' });
    test.told.length = 0;
    test.source.append(end);
    assert.equal(await test.index.grow(), 'ended');
    assert.deepEqual(test.told, []);
    test.index.answer(1, { type: 'ready' });
    assert.equal(test.told.length, 1, 'until it asks again');
  });

  it('waits for a file that is about to be written', async () => {
    const test = testIndex();
    assert.equal(await test.index.open(), false);
    assert.equal(test.told.length, 0);
    test.source.append(...killed);
    assert.equal(await test.index.open(), true);
    assert.equal(test.told.at(-1)?.type, 'opened');
  });

  it('shows what a program did after the last marker, once nobody writes its trace any more', async () => {
    const [live, over] = [testIndex(true), testIndex(false)];
    for (const test of [live, over]) {
      test.source.append(...traceOf('lanes', [definitions, deadlock]));
      await test.index.open();
    }
    assert.deepEqual(live.last('opened').threads, []);
    assert.equal(over.last('opened').threads.length, 3);
    assert.equal(over.last('opened').live, false);
    assert.equal(await over.index.grow(), 'ended');
  });

  it('says in a sentence why a file cannot be read, also to a view that comes later', async () => {
    for (const content of ['', 'PK not a trace']) {
      const test = testIndex(false);
      test.source.append(Buffer.from(content));
      assert.equal(await test.index.open(), false);
      assert.match(test.last('failed').sentence, /\w+ \w+ /);
      test.told.length = 0;
      test.index.answer(1, { type: 'ready' });
      assert.equal(test.told[0]?.type, 'failed');
    }
  });
});

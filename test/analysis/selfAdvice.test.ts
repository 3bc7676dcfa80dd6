import assert from 'node:assert/strict';
import { Analysis } from '../../src/analysis/analysis.js';
import type { Finding } from '../../src/analysis/finding.js';
import { SourceNaming } from '../../src/sources/sourceNaming.js';
import { readTrace } from '../fixtures/readTrace.js';
import { complete, event, object, roles, threads } from './analyse.js';

const OUTER = 'app.js:1:1';
const placed = (text: string, at: string, ...stack: readonly string[]): string =>
  JSON.stringify({ ...(JSON.parse(text) as object), at, stack });

/** The first finding in a program of two threads that wait for the end of the first, whose source is `text`. */
async function found(text: string | null, ...events: readonly string[]): Promise<Finding> {
  const analysis = new Analysis({
    naming: (dictionary) => new SourceNaming(dictionary, (path) => (path === 'app.js' ? text : null)),
  });
  const join = event(6, 0, 'thread.join', 1, 90);
  const { torn } = await readTrace(
    [threads('one', 'two'), ...events, join, complete(5000)].join('\n'),
    analysis.visitor,
  );
  const [finding] = analysis.verdict('trace.lanes', torn).findings;
  assert.ok(finding);
  assert.equal(finding.id, 'self-deadlock');
  return finding;
}

const gate = object(1, 'lock', 'gate');
const taken = (at: string): string => placed(event(3, 1, 'lock.acquired', 1, 4, { arg: 1 }), at, OUTER);
const wanted = (at: string, ...stack: readonly string[]): string =>
  placed(event(5, 1, 'lock.acquire', 1, 9), at, ...stack);
const ended = event(2, 2, 'thread.end', 2, 1, { arg: 0 });

describe('advice for a thread that waits for what it holds', () => {
  const source = 'start();\n\n\nawait lock.withAsync(work);\nlock.acquire();\n';

  it('where functions call each other: an RLock', async () => {
    const { advice } = await found(null, gate, ended, taken('app.js:4:7'), wanted('app.js:9:3', 'app.js:6:3', OUTER));
    assert.equal(
      advice,
      'Give `gate` back before it is taken again, or make it an RLock, which its owner may take again.',
    );
  });

  it('where an asynchronous function holds it: to wait without blocking, so that it can go on', async () => {
    const events = [gate, ended, taken('app.js:4:12'), wanted('app.js:9:3', 'app.js:2:1')];
    const { advice } = await found(source, ...events);
    assert.equal(
      advice,
      'Wait with `acquireAsync` at app.js:9, so that the function that holds `gate` can go on and give it back. That function must not take it again itself.',
    );
  });

  it('names the twin of what is called', async () => {
    const text = `${source}lock.with(work);`;
    const { advice } = await found(text, gate, ended, taken('app.js:4:12'), wanted('app.js:6:6', 'app.js:2:1'));
    assert.match(advice, /^Wait with `withAsync` at app\.js:6, /);
  });

  it('where it had to wait for it in its loop: the same, without the source', async () => {
    const had = [
      event(2.1, 2, 'lock.acquired', 1, 30, { arg: 1 }),
      placed(event(2.2, 1, 'async.wait', 1, 4, { arg: 'lock.acquire' }), 'app.js:4:7'),
      event(2.3, 2, 'lock.release', 1, 31, { arg: 0 }),
      event(2.4, 1, 'async.end', 1, 4, { arg: 'lock.acquire', place: 0 }),
      placed(event(2.5, 1, 'lock.acquired', 1, 4, { arg: 1 }), 'app.js:4:7'),
      event(2.6, 2, 'thread.end', 2, 1, { arg: 0 }),
    ];
    assert.match(
      (await found(null, gate, ...had, wanted('app.js:9:3'))).advice,
      /^Wait with `acquireAsync` at app\.js:9,/,
    );
  });

  it('where neither is known: both', async () => {
    const { advice } = await found(source, gate, ended, taken('app.js:5:6'), wanted('app.js:5:6', 'app.js:2:1'));
    assert.equal(
      advice,
      'Give `gate` back before it is taken again, or make it an RLock if one function that takes it calls another. If an asynchronous function holds it meanwhile, an RLock is no help: wait with `acquireAsync` at app.js:5.',
    );
  });

  describe('of a lock for readers and writers', () => {
    const book = object(1, 'rwlock', 'book');
    const mode = (name: string): object => ({ arg: 1, mode: name });
    const reads = event(3, 1, 'lock.acquired', 1, 4, mode('shared'));

    it('names the writer that came between two reads', async () => {
      const finding = await found(
        null,
        book,
        reads,
        event(4, 2, 'lock.acquire', 1, 20, { arg: 'exclusive' }),
        event(5, 1, 'lock.acquire', 1, 9, { arg: 'shared' }),
      );
      assert.match(
        finding.message,
        /worker "one" waits for `book`, which it holds itself for reading\.\n {2}one holds `book` for reading \(app\.js:4\) and waits to read again \(app\.js:9\)\n {2}two waits to write in between \(app\.js:20\)\n {2}since .* main waits behind it\.\n {2}Do not take `book` for reading again while reading/,
      );
      assert.deepEqual(roles(finding), ['holds app.js:4', 'waits app.js:9', 'waits app.js:20']);
    });

    it('who reads and wants to write', async () => {
      const { message } = await found(
        null,
        book,
        ended,
        reads,
        event(5, 1, 'lock.acquire', 1, 9, { arg: 'exclusive' }),
      );
      assert.match(
        message,
        /and waits to write \(app\.js:9\)[^]*Give `book` back before it is taken for writing at app\.js:9: a writer waits for all readers, itself included\.$/,
      );
    });

    it('who writes and wants it again', async () => {
      const writes = event(3, 1, 'lock.acquired', 1, 4, mode('exclusive'));
      const { advice } = await found(null, book, ended, writes, event(5, 1, 'lock.acquire', 1, 9, { arg: 'shared' }));
      assert.equal(advice, 'Give `book` back before it is taken again: who writes cannot take it a second time.');
    });
  });
});

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OpenTraces } from '../../src/extension/openTraces.js';
import type { HostToView } from '../../src/protocol/messages.js';

/** Answers with the file it was given, the view that asks and what it asks, `cancel` with who closed; dies of `stop`. */
const echo = `
const { parentPort, workerData, threadId } = require('node:worker_threads');
const closed = [];
parentPort.on('message', ({ view, message }) => {
  if (message.type === 'closed') return void closed.push(view);
  if (message.type === 'cancel') return parentPort.postMessage({ view, message: { type: 'failed', sentence: 'closed ' + closed } });
  if (message.type === 'stop') throw new Error('out of order');
  parentPort.postMessage({ view, message: { type: 'failed', sentence: [workerData.file, view, message.type, threadId].join(' ') } });
});`;

describe('the index of a trace', () => {
  let folder: string;
  let script: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'threadlanes-index-'));
    script = join(folder, 'worker.cjs');
    writeFileSync(script, echo);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const openTraces = (log: (text: string) => void = () => undefined): OpenTraces =>
    new OpenTraces(
      script,
      () => false,
      log,
      () => undefined,
    );

  /** A view that keeps what it hears, and can wait for the next. */
  function listen(traces: OpenTraces, file: string) {
    const heard: string[] = [];
    let wake: (() => void) | undefined;
    const view = traces.view(file, (message: HostToView) => {
      if (message.type === 'failed') heard.push(message.sentence);
      wake?.();
    });
    const next = async (): Promise<string> => {
      while (heard.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      return heard.shift() ?? '';
    };
    return { view, next, heard };
  }

  const threadOf = (sentence: string): string | undefined => sentence.split(' ').at(-1);

  it('is one for all views of a file, and answers only who asked', async () => {
    const traces = openTraces();
    const [one, two, other] = [listen(traces, '/a.lanes'), listen(traces, '/a.lanes'), listen(traces, '/b.lanes')];
    two.view.send({ type: 'ready' });
    other.view.send({ type: 'ready' });
    const [a, b] = [await two.next(), await other.next()];
    assert.match(a, /^\/a\.lanes 2 ready/);
    assert.match(b, /^\/b\.lanes 1 ready/);
    assert.notEqual(threadOf(a), threadOf(b));
    one.view.send({ type: 'ready' });
    assert.equal(threadOf(await one.next()), threadOf(a));
    assert.deepEqual(two.heard, []);
    for (const { view } of [one, two, other]) view.dispose();
  });

  it('lives until its last view is disposed of, and then starts anew', async () => {
    const traces = openTraces();
    const [one, two] = [listen(traces, '/a.lanes'), listen(traces, '/a.lanes')];
    one.view.send({ type: 'ready' });
    const first = threadOf(await one.next());
    one.view.dispose();
    one.view.dispose();
    two.view.send({ type: 'ready' });
    assert.equal(threadOf(await two.next()), first);
    two.view.dispose();
    const three = listen(traces, '/a.lanes');
    three.view.send({ type: 'ready' });
    assert.notEqual(threadOf(await three.next()), first);
    three.view.dispose();
  });

  it('is told which view is no more', async () => {
    const traces = openTraces();
    const [one, two] = [listen(traces, '/a.lanes'), listen(traces, '/a.lanes')];
    one.view.dispose();
    one.view.dispose();
    two.view.send({ type: 'cancel', request: 1 });
    assert.equal(await two.next(), 'closed 1');
    two.view.dispose();
  });

  it('says a sentence to every view when it breaks, and to those that come later', async () => {
    const logged: string[] = [];
    const traces = openTraces((text) => logged.push(text));
    const [one, two] = [listen(traces, '/a.lanes'), listen(traces, '/a.lanes')];
    one.view.send({ type: 'stop' });
    assert.equal(await one.next(), "The trace's index stopped: out of order");
    assert.equal(await two.next(), "The trace's index stopped: out of order");
    const three = listen(traces, '/a.lanes');
    three.view.send({ type: 'ready' });
    assert.equal(await three.next(), "The trace's index stopped: out of order");
    assert.match(logged.join(''), /out of order/);
    for (const { view } of [one, two, three]) view.dispose();
  });
});

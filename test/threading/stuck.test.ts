/** Programs that hang on each kind of primitive, and their healthy twins: what is said while they run and of their traces. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Analysis } from '../../src/analysis/analysis.js';
import { SourceNaming } from '../../src/sources/sourceNaming.js';
import { readTrace } from '../fixtures/readTrace.js';
import { withProgram, type Outcome } from '../recorder/recordedProgram.js';
import { builtFolder } from './library.js';

const program = (targets: string, main: string): string => `
const { isMainThread } = require('node:worker_threads');
const t = require('threadlanes');
const target = (name, fn) => (exports[name] = t.threadFunction(__filename, name, fn));
${targets}
const run = (...threads) => {
  for (const thread of threads) thread.start();
  for (const thread of threads) thread.join();
};
if (isMainThread) {
${main}
}`;

interface Case {
  readonly name: string;
  readonly targets: string;
  readonly main: string;
  /** Undefined: healthy. */
  readonly finding?: RegExp;
  /** Lines of the program that the finding names, by what stands there. */
  readonly names?: readonly string[];
}

const condition = `target('consume', (condition, ready) => {
  condition.with(() => condition.waitFor(() => ready[0] === 1));
});
target('produce', (condition, ready, isKind) => {
  condition.with(() => { ready[0] = isKind ? 1 : 0; condition.notify(); });
});`;
const runCondition = (isKind: boolean): string => `
const condition = new t.Condition({ name: 'filled' });
const ready = new Int32Array(new SharedArrayBuffer(4));
run(new t.Thread(exports.consume, [condition, ready]), new t.Thread(exports.produce, [condition, ready, ${isKind}]));`;

const barrier = `target('meet', (barrier, times) => { for (let i = 0; i < times; i++) barrier.wait(); });`;
const runBarrier = (times: number): string => `
const barrier = new t.Barrier(2, { name: 'meeting' });
run(new t.Thread(exports.meet, [barrier, 2]), new t.Thread(exports.meet, [barrier, ${times}]));`;

const semaphore = `target('use', (places, isKind) => { places.acquire(); if (isKind) places.release(); });`;
const runSemaphore = (isKind: boolean): string => `
const places = new t.Semaphore(1, { name: 'places' });
run(new t.Thread(exports.use, [places, ${isKind}]), new t.Thread(exports.use, [places, ${isKind}]));`;

const readWrite = `target('read', (lock, reading, go) => { lock.acquireRead(); reading.set(); go.wait(); lock.releaseRead(); });
target('write', (lock, reading, go, isKind) => { reading.wait(); if (isKind) go.set(); lock.acquireWrite(); lock.releaseWrite(); });`;
const runReadWrite = (isKind: boolean): string => `
const lock = new t.RWLock({ name: 'data' });
const [reading, go] = [new t.Event({ name: 'reading' }), new t.Event({ name: 'go' })];
run(new t.Thread(exports.read, [lock, reading, go]), new t.Thread(exports.write, [lock, reading, go, ${isKind}]));`;

const opposite = (kind: string, first: string, second: string): Case => ({
  name: `two of ${kind} in opposite orders`,
  targets: `target('take', (a, b, mine, others) => { a.${first}(); mine.set(); others.wait(); b.${second}(); });`,
  main: `const [a, b] = [${kind}, ${kind}];
const [one, two] = [new t.Event(), new t.Event()];
run(new t.Thread(exports.take, [a, b, one, two]), new t.Thread(exports.take, [b, a, two, one]));`,
  finding: /^deadlock \((certain|likely)\)/,
  names: [`b.${second}()`],
});

const cases: readonly Case[] = [
  {
    name: 'a condition that nobody notifies any more',
    targets: condition,
    main: runCondition(false),
    finding: /^blocked-forever \(certain\).*waits for a notify of `filled`/,
    names: ['condition.waitFor'],
  },
  { name: 'a condition that is notified', targets: condition, main: runCondition(true) },
  {
    name: 'a barrier that is short of a party',
    targets: barrier,
    main: runBarrier(1),
    finding: /^blocked-forever \(certain\).*waits at `meeting` for the others/,
    names: ['barrier.wait()'],
  },
  { name: 'a barrier that all come to', targets: barrier, main: runBarrier(2) },
  {
    name: 'a semaphore that is not released',
    targets: semaphore,
    main: runSemaphore(false),
    finding: /^blocked-forever \(certain\).*waits for a permit of `places`/,
    names: ['places.acquire()'],
  },
  { name: 'a semaphore that is released', targets: semaphore, main: runSemaphore(true) },
  {
    name: 'a reader that waits for what comes after the writer',
    targets: readWrite,
    main: runReadWrite(false),
    finding: /^blocked-forever \(certain\).*waits for `go` to be set/,
    names: ['go.wait()'],
  },
  { name: 'a writer that waits for a reader', targets: readWrite, main: runReadWrite(true) },
  {
    name: 'a reader that wants to write',
    targets: `target('upgrade', (lock) => { lock.acquireRead(); lock.releaseRead(); lock.acquireRead(); lock.acquireWrite(); });`,
    main: `run(new t.Thread(exports.upgrade, [new t.RWLock({ name: 'data' })]));`,
    finding: /^self-deadlock \(certain\)/,
    names: ['lock.acquireWrite()'],
  },
  opposite('new t.RWLock()', 'acquireRead', 'acquireWrite'),
  opposite('new t.Lock({ fair: true })', 'acquire', 'acquire'),
];

async function verdictOf(trace: string): Promise<string[]> {
  const analysis = new Analysis({ naming: (dictionary) => new SourceNaming(dictionary, () => null) });
  const { torn } = await readTrace(readFileSync(trace), analysis.visitor);
  return analysis
    .verdict('trace.lanes', torn)
    .findings.filter(({ severity }) => severity === 'error')
    .map(({ message, locations }) => `${message} ${locations.map(({ line }) => `:${line}:`).join(' ')}`);
}

const lineOf = (text: string, part: string): number => text.split('\n').findIndex((line) => line.includes(part)) + 1;

describe('hanging programs', function () {
  this.timeout(60_000);
  const library = readFileSync(join(builtFolder(), 'index.cjs'), 'utf8');

  for (const { name, targets, main, finding, names = [] } of cases) {
    it(name, async () => {
      const text = program(targets, main);
      const files = {
        'main.cjs': text,
        'node_modules/threadlanes/package.json': '{"name":"threadlanes","main":"dist/index.cjs"}',
        'node_modules/threadlanes/dist/index.cjs': library,
      };
      const { outcome, errors } = await withProgram(
        files,
        async (folder): Promise<{ outcome: Outcome; errors: string[] }> => {
          const result = await folder.run('main.cjs', { settings: { onDeadlock: 'end' } });
          return { outcome: result, errors: await verdictOf(folder.traceFiles()[0] as string) };
        },
      );
      if (finding === undefined) {
        assert.deepEqual([outcome.code, outcome.stderr, errors], [0, '', []]);
        return;
      }
      assert.equal(outcome.signal, 'SIGKILL', outcome.stderr);
      assert.match(outcome.stderr.replace('threadlanes: ', ''), finding);
      assert.equal(errors.length, 1, errors.join('\n'));
      assert.match(errors[0] as string, finding);
      for (const part of names) assert.match(errors[0] as string, new RegExp(`:${lineOf(text, part)}:`));
    });
  }
});

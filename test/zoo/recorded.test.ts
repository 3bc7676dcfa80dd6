import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Analysis } from '../../src/analysis/analysis.js';
import type { Verdict } from '../../src/analysis/finding.js';
import { SourceNaming } from '../../src/sources/sourceNaming.js';
import { readTrace } from '../fixtures/readTrace.js';
import { withProgram, type ProgramFolder } from '../recorder/recordedProgram.js';
import { errors } from './judged.js';

const lock = `
function take(words, i) {
  while (Atomics.compareExchange(words, i, 0, 1) !== 0) Atomics.wait(words, i, 1);
}
function give(words, i) {
  Atomics.store(words, i, 0);
  Atomics.notify(words, i, 1);
}
exports.take = take;
exports.give = give;`;

/** Three clerks take the locks of two accounts each; when `isStuck`, each has its first one before it asks for the second. */
const bank = (isStuck: boolean): string => `
const { Worker, isMainThread, workerData } = require('node:worker_threads');
const { take, give } = require('./lock.cjs');
if (isMainThread) {
  const words = new Int32Array(new SharedArrayBuffer(32));
  for (const [from, to] of [[0, 1], [1, 2], [${isStuck ? '2, 0' : '0, 2'}]])
    new Worker(__filename, { name: 'clerk-' + from + to, workerData: { words, from, to } });
} else {
  const { words, from, to } = workerData;
  for (let n = 0; n < 60; n++) {
    take(words, from);
    if (${String(isStuck)} && n === 40) {
      Atomics.add(words, 4, 1);
      while (Atomics.load(words, 4) < 3);
    }
    if (${String(isStuck)} && n < 40) {
      give(words, from);
      continue;
    }
    take(words, to);
    give(words, to);
    give(words, from);
  }
}`;

async function verdictOf(folder: ProgramFolder): Promise<Verdict> {
  const analysis = new Analysis({ naming: (dictionary) => new SourceNaming(dictionary, () => null) });
  const { torn } = await readTrace(readFileSync(folder.traceFiles()[0] as string), analysis.visitor);
  return analysis.verdict('main.lanes', torn);
}

describe('locks that a program builds itself, recorded', () => {
  it('are told while the program hangs: it is ended when asked', () =>
    withProgram({ 'main.cjs': bank(true), 'lock.cjs': lock }, async (folder) => {
      const outcome = await folder.run('main.cjs', { settings: { onDeadlock: 'end' } });
      assert.equal(outcome.signal, 'SIGKILL');
      assert.match(outcome.stderr, /^threadlanes: deadlock \(certain\): .*wait for each other in a circle/);
      const verdict = await verdictOf(folder);
      assert.deepEqual(errors(verdict), ['deadlock certain']);
      const [deadlock] = verdict.findings;
      assert.deepEqual(
        deadlock?.objects.map(({ kind, inferred }) => [kind, inferred]),
        [0, 1, 2].map(() => ['lock', true]),
      );
      // Who called the lock's code stands first, the code itself behind it.
      for (const { role, file, line, stack } of deadlock?.locations ?? []) {
        assert.equal(file, 'main.cjs');
        assert.ok(role === 'holds' ? line === 11 : line === 20, `${role} at ${line}`);
        assert.equal(stack[0]?.file, 'lock.cjs');
      }
    }));

  it('are nothing to speak of where all goes well', () =>
    withProgram({ 'main.cjs': bank(false), 'lock.cjs': lock }, async (folder) => {
      const outcome = await folder.run('main.cjs');
      assert.equal(outcome.code, 0);
      assert.deepEqual(errors(await verdictOf(folder)), []);
    }));
});

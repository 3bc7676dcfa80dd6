import assert from 'node:assert/strict';
import { withProgram } from './recordedProgram.js';

const samples = `
  const { Worker } = require('node:worker_threads');
  const code = process.argv[2];
  const worker = new Worker("const fs = require('node:fs'); const { parentPort } = require('node:worker_threads'); parentPort.once('message', () => process.exit()); " + code, { eval: true });
  const end = () => worker.postMessage('end');
  // What still computes for the start of the threads could wake them.
  const endOnceQuiet = () => {
    const before = process.cpuUsage();
    const since = performance.now();
    setTimeout(() => {
      const { user, system } = process.cpuUsage(before);
      if ((user + system) / 1000 < 0.02 * (performance.now() - since)) end();
      else endOnceQuiet();
    }, 2200);
  };
  worker.on('online', () => (process.argv[3] === 'quiet' ? endOnceQuiet() : setTimeout(end, Number(process.argv[3]))));`;

/** What keeps a worker busy, and whether it could wake the worker's loop without a message. */
const cases: readonly (readonly [what: string, code: string, canWake: boolean, millis?: number])[] = [
  ['a message listener', '', false],
  ['console output', 'console.log(1)', false],
  ['another message channel', 'new MessageChannel().port1.on("message", () => {})', false],
  [
    'an idle worker of its own',
    'new (require("node:worker_threads").Worker)("setInterval(() => {}, 1e6)", { eval: true })',
    false,
  ],
  ['a timer that holds nothing', 'setInterval(() => {}, 1e6).unref()', false],
  ['a timer', 'setTimeout(() => {}, 1e6)', true],
  ['an interval', 'setInterval(() => {}, 1e6)', true],
  ['a server', 'require("node:net").createServer().listen(0)', true],
  ['a watched file', 'fs.watch(".")', true],
  [
    'a job of the thread pool',
    'const job = () => require("node:crypto").pbkdf2("a", "b", 2e5, 64, "sha512", job); job()',
    true,
    // It takes two seconds to tell it from a collection of garbage.
    4000,
  ],
  ['a child process', 'require("node:child_process").spawn(process.execPath, ["-e", "process.stdin.resume()"])', true],
];

describe('recorder: event loops', () => {
  for (const [what, code, canWake, millis = 1200] of cases) {
    it(`${what} ${canWake ? 'can' : 'cannot'} wake a loop by itself`, () =>
      withProgram({ 'main.cjs': samples }, async (folder) => {
        const { trace } = await folder.record('main.cjs', { after: [code, canWake ? String(millis) : 'quiet'] });
        const last = trace
          .named('loop.sample')
          .filter(({ thread }) => thread === 1)
          .at(-1);
        assert.ok(last, 'no sample');
        assert.equal(last.arg > 0, canWake, `${last.arg} resources`);
      }));
  }

  it('a signal can wake the main loop of a program that listens for it', () =>
    withProgram(
      {
        'main.cjs': `const { Worker } = require('node:worker_threads');
          process.on('SIGUSR2', () => {});
          new Worker('Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300)', { eval: true });`,
      },
      async (folder) => {
        const { trace } = await folder.record('main.cjs');
        const samples = trace.named('loop.sample').filter(({ thread }) => thread === 0);
        assert.ok(samples.length > 0 && samples.every(({ arg }) => arg > 0));
      },
    ));
});

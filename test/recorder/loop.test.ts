import assert from 'node:assert/strict';
import { withProgram } from './recordedProgram.js';

const samples = `
  const { Worker } = require('node:worker_threads');
  const code = process.argv[2];
  const worker = new Worker("const fs = require('node:fs'); const { parentPort } = require('node:worker_threads'); parentPort.once('message', () => process.exit()); " + code, { eval: true });
  worker.on('online', () => setTimeout(() => worker.postMessage('end'), 1200));`;

/** What keeps a worker busy, and whether it could wake the worker's loop without a message. */
const cases: readonly (readonly [what: string, code: string, canWake: boolean])[] = [
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
  ['a child process', 'require("node:child_process").spawn(process.execPath, ["-e", "process.stdin.resume()"])', true],
];

describe('recorder: event loops', () => {
  for (const [what, code, canWake] of cases) {
    it(`${what} ${canWake ? 'can' : 'cannot'} wake a loop by itself`, () =>
      withProgram({ 'main.cjs': samples }, async (folder) => {
        const { trace } = await folder.record('main.cjs', { after: [code] });
        const last = trace
          .named('loop.sample')
          .filter(({ thread }) => thread === 1)
          .at(-1);
        assert.ok(last, 'no sample');
        assert.equal(last.arg > 0, canWake, `${last.arg} resources`);
      }));
  }
});

/** Under each of Node's options that changes what code may do, a program is what it is without the recorder. */
import assert from 'node:assert/strict';
import { builtRecorder, major, withProgram } from '../recordedProgram.js';

interface Flag {
  readonly args: readonly string[];
  /** The first and the last major version of Node that has it. */
  readonly from?: number;
  readonly to?: number;
  /** Node writes of every file that is read and written, ours too. */
  readonly isAboutFiles?: boolean;
  /** Nothing can be recorded: one line says so. */
  readonly says?: RegExp;
}

// One step after the other: on Node 22 without a JIT, `onmessage` ends the program, and the worker has to have begun.
const main = `
  const { Worker, MessageChannel } = require('node:worker_threads');
  console.log(Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1));
  const post = (then) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => { console.log(data); port1.close(); then(); };
    port2.postMessage('posted');
  };
  try {
    new Worker(require('node:path').join(__dirname, 'worker.cjs'), { workerData: new SharedArrayBuffer(8) })
      .on('message', function (m) { console.log('told', m); post(() => this.postMessage('go')); }).on('error', (e) => console.log(e.name, e.message)).on('exit', (c) => console.log('exit', c));
  } catch (error) { console.log(error.code, error.message.slice(0, 40)); post(() => {}); }`;
const worker = `
  const { parentPort, workerData } = require('node:worker_threads');
  const words = new Int32Array(workerData);
  parentPort.postMessage([Atomics.add(words, 0, 1), Atomics.wait(words, 1, 0, 1), Atomics.notify(words, 1)]);
  parentPort.once('message', () => { throw new RangeError('mine'); });`;

const flags: readonly Flag[] = [
  { args: ['--frozen-intrinsics'] },
  { args: ['--no-harmony-atomics'], to: 20, says: /recording is off: this process has no Atomics/ },
  { args: ['--no-harmony-sharedarraybuffer'], to: 20, says: /recording is off: .* no SharedArrayBuffer/ },
  { args: ['--jitless'] },
  { args: ['--disallow-code-generation-from-strings'] },
  { args: ['--disable-proto=delete'] },
  { args: ['--disable-proto=throw'] },
  { args: ['--no-warnings'] },
  { args: ['--throw-deprecation'] },
  { args: ['--pending-deprecation'] },
  { args: ['--trace-sync-io'], isAboutFiles: true },
  { args: ['--enable-source-maps'] },
  { args: ['--experimental-vm-modules'] },
  { args: ['--expose-gc'] },
  { args: ['--stack-trace-limit=0'] },
  { args: ['--no-experimental-require-module'] },
  { args: ['--preserve-symlinks'] },
  { args: ['--unhandled-rejections=strict'] },
  { args: ['--force-node-api-uncaught-exceptions-policy'] },
  { args: ['--experimental-permission', '--allow-fs-read=*', '--allow-fs-write=*', '--allow-worker'], to: 22 },
  { args: ['--permission', '--allow-fs-read=*', '--allow-fs-write=*', '--allow-worker'], from: 24 },
  { args: ['--permission', '--allow-fs-read=*', '--allow-worker'], from: 24, says: /cannot write a trace/ },
  { args: ['--experimental-permission', '--allow-fs-read=*', '--allow-worker'], to: 22, says: /cannot write a trace/ },
  {
    args: ['--permission', '--allow-fs-read=*', '--allow-fs-write=*'],
    from: 24,
    says: /recording|nothing is recorded/,
  },
];

/** The process's id, our own line, and our own frames. */
const comparable = (text: string): string =>
  text
    .replace(/^threadlanes: .*\n/gm, '')
    .replace(/^ +at .*(recorder\.cjs|Reflect\.\w+ \(<anonymous>).*\n/gm, '')
    .replace(/\(node:\d+\)/g, '(node)');

describe('unnoticed: options of Node', () => {
  before(() => builtRecorder());
  for (const { args, from = 20, to = 99, says, isAboutFiles = false } of flags) {
    it(`${args.join(' ')}${says ? ': says that nothing is recorded' : ''}`, function () {
      if (major < from || major > to) {
        this.runnable().title += ' (this Node has another name for it, or none)';
        return this.skip();
      }
      return withProgram({ 'main.cjs': main, 'worker.cjs': worker }, async (folder) => {
        const plain = await folder.run('main.cjs', { args, record: false });
        const recorded = await folder.run('main.cjs', { args });
        const shown = (text: string): string => (isAboutFiles ? '' : comparable(text));
        assert.deepEqual({ ...recorded, stderr: shown(recorded.stderr) }, { ...plain, stderr: shown(plain.stderr) });
        const own = recorded.stderr.match(/^threadlanes: .*$/gm) ?? [];
        if (says) {
          assert.equal(own.length, 1, recorded.stderr);
          assert.match(own[0] as string, says);
        } else {
          assert.deepEqual(own, []);
          const trace = await folder.readTrace();
          assert.ok(trace.named('word.wait').length > 0);
          assert.equal(trace.named('thread.begin').length, 2);
        }
      });
    });
  }
});

/** Programs replace what everybody calls, sometimes by functions that throw: nothing of that comes out of Node's functions. */
import assert from 'node:assert/strict';
import { builtRecorder, withProgram } from '../recordedProgram.js';

/** Takes names of functions; says what each of Node's calls gives while one of them throws. The recording has begun. */
const poisoned = `
  const { Worker, MessageChannel, BroadcastChannel, receiveMessageOnPort } = require('node:worker_threads');
  const words = new Int32Array(new SharedArrayBuffer(8));
  Atomics.wait(words, 0, 0, 1);
  const { port1, port2 } = new MessageChannel();
  const channel = new BroadcastChannel('x');
  const calls = {
    wait: () => Atomics.wait(words, 0, 0, 1),
    waitAsync: () => Atomics.waitAsync(words, 0, 1).value,
    notify: () => Atomics.notify(words, 0),
    add: () => Atomics.add(words, 1, 1),
    compareExchange: () => Atomics.compareExchange(words, 1, -1, 5),
    newArray: () => Atomics.wait(new Int32Array(words.buffer), 0, 0, 0),
    newWords: () => Atomics.notify(new Int32Array(new SharedArrayBuffer(4)), 0),
    refused: () => Atomics.wait(1),
    post: () => port1.postMessage({ x: [1] }),
    transfer: () => { const { port1: moved } = new MessageChannel(); port1.postMessage(moved, [moved]); },
    receive: () => typeof receiveMessageOnPort(port2),
    ref: () => { port1.ref(); port1.unref(); },
    listener: () => { const f = () => {}; port1.on('message', f); port1.off('message', f); },
    close: () => { new MessageChannel().port1.close(); },
    channel: () => typeof new MessageChannel(),
    broadcast: () => { const own = new BroadcastChannel('x'); own.postMessage(1); own.close(); },
    text: () => String(Atomics.wait).length,
    worker: () => { const worker = new Worker('', { eval: true }); worker.unref(); worker.postMessage(1); return [worker.threadId > 0, typeof worker.terminate()]; },
  };
  for (const path of process.argv.slice(2)) {
    const [name, key] = path.split('.');
    const holder = globalThis[name];
    const at = key === 'iterator' ? Symbol.iterator : key;
    const target = Object.hasOwn(holder, at) || !holder.prototype ? holder : holder.prototype;
    const own = target[at];
    const bad = function () { throw new RangeError('poisoned'); };
    const results = [];
    const names = Object.keys(calls);
    for (let i = 0; i < names.length; i++) {
      const call = calls[names[i]];
      let text;
      target[at] = bad;
      try { text = call(); } catch (error) { text = error.message; }
      target[at] = own;
      results[i] = names[i] + ': ' + text;
    }
    console.log([path, ...results].join('\\n'));
  }
  process.exit();`;

/** What may throw without the recorder noticing, and what ends the recording. Each ending needs a process of its own. */
const rows: readonly (readonly string[])[] = [
  ['Array.splice', 'Array.includes', 'Reflect.construct', 'Reflect.ownKeys', 'Object.hasOwn', 'performance.now'],
  ['Array.iterator'],
  ['Array.push'],
  ['Array.map'],
  ['Map.get'],
  ['WeakMap.get'],
  ['WeakMap.set'],
  ['Set.add'],
  ['Reflect.apply'],
  ['Function.call'],
  ['Object.getOwnPropertyDescriptor'],
  ['Number.isNaN'],
  ['Math.min'],
];

describe('unnoticed: functions that the program replaces', () => {
  before(() => builtRecorder());

  for (const row of rows) {
    it(`${row.join(', ')} may throw`, () =>
      withProgram({ 'main.cjs': poisoned }, async (folder) => {
        const plain = await folder.run('main.cjs', { record: false, after: row });
        const recorded = await folder.run('main.cjs', { after: row });
        assert.equal(recorded.stdout, plain.stdout);
        assert.equal(recorded.code, plain.code);
        assert.equal(plain.stdout.split('\n').length, row.length * 19 + 1);
        assert.match(recorded.stderr, /^(threadlanes: recording stopped: .*\n)?$/);
      }));
  }

  it('what reads or sets the limit of stacks is not called', () =>
    withProgram(
      {
        'main.cjs': `
          const { Worker, MessageChannel } = require('node:worker_threads');
          const words = new Int32Array(new SharedArrayBuffer(4));
          const fail = (name) => () => { process.stdout.write(name); throw new Error(name); };
          for (const name of ['stackTraceLimit', 'prepareStackTrace']) {
            Object.defineProperty(Error, name, { get: fail('get ' + name), set: fail('set ' + name), configurable: true });
          }
          Atomics.wait(words, 0, 0, 1);
          Atomics.notify(words, 0);
          new MessageChannel();
          new Worker('', { eval: true });
          process.on('exit', () => console.log('end'));`,
      },
      async (folder) => {
        const { outcome, trace } = await folder.record('main.cjs');
        assert.equal(outcome.stdout, 'end\n');
        assert.equal(outcome.stderr, '');
        assert.ok(trace.end?.kind === 'end' && trace.end.end === 'clean');
      },
    ));

  it('methods of ports, emitters and event targets are not called for the thread that writes the trace', () =>
    withProgram(
      {
        'main.cjs': `
          const { MessagePort, Worker } = require('node:worker_threads');
          const { EventEmitter } = require('node:events');
          const { writeSync } = require('node:fs');
          void process.stdout;
          const spy = (prototype, names) => {
            for (const name of names) {
              const own = prototype[name];
              prototype[name] = function (...args) {
                if (this !== process) writeSync(1, name + ' of ' + this.constructor.name + '\\n');
                return Reflect.apply(own, this, args);
              };
            }
          };
          spy(MessagePort.prototype, ['postMessage', 'ref', 'unref', 'start']);
          spy(Object.getPrototypeOf(MessagePort.prototype), ['on']);
          spy(EventTarget.prototype, ['addEventListener']);
          spy(EventEmitter.prototype, ['on', 'emit']);
          spy(Worker.prototype, ['unref']);
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
          writeSync(1, 'waited\\n');
          setTimeout(() => { writeSync(1, 'worker\\n'); new Worker('', { eval: true }); }, 300);`,
      },
      async (folder) => {
        const plain = await folder.run('main.cjs', { record: false });
        const recorded = await folder.run('main.cjs');
        const [before, ofWorker] = recorded.stdout.split('worker\n');
        assert.equal(before, 'waited\n');
        assert.equal(ofWorker, plain.stdout.split('worker\n')[1]);
      },
    ));
});

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { withProgram } from './recordedProgram.js';

/** Node goes on with its own method; who looks first, which is the recorder, finds none. */
const withoutHook = `
  const { prototype } = require('node:worker_threads').MessagePort;
  const key = Symbol.for('nodejs.internal.kHybridDispatch');
  const method = prototype[key];
  let isFirst = true;
  Object.defineProperty(prototype, key, { configurable: true, get: () => (isFirst ? void (isFirst = false) : method) });`;

const wt = `const { Worker, isMainThread, parentPort, MessageChannel, BroadcastChannel: Channel, receiveMessageOnPort } = require('node:worker_threads');`;

/** Runs a program where the hook is missing; gives the numbers of what its listeners got, and what is underway still. */
async function numbers(main: string): Promise<{ received: string[]; handled: string[]; lost: string[] }> {
  return withProgram({ 'main.cjs': wt + main, 'hook.cjs': withoutHook }, async (folder) => {
    const env = { NODE_OPTIONS: `--require ${join(folder.path, 'hook.cjs')}` };
    const plain = await folder.run('main.cjs', { record: false });
    const { outcome, trace } = await folder.record('main.cjs', { env });
    assert.deepEqual(outcome, plain);
    const of = (...names: string[]) =>
      trace
        .named(...names)
        .filter(({ object }) => trace.objects.get(object)?.name == null)
        .map(({ object, arg }) => `${trace.objects.get(object)?.from}→${trace.objects.get(object)?.to} ${arg}`);
    const received = of('port.receive', 'port.error');
    return { received, handled: of('port.handled'), lost: of('port.post').filter((post) => !received.includes(post)) };
  });
}

describe('recorder: ports without Node’s own hook', () => {
  it('counts a message once for all of its listeners', async () => {
    const { received, handled, lost } = await numbers(`
      if (isMainThread) {
        const w = new Worker(__filename);
        const got = [];
        w.on('message', (m) => got.push('on', m));
        w.once('message', (m) => got.push('once', m));
        process.on('exit', () => console.log(got.join()));
        for (let i = 0; i < 4; i++) w.postMessage(i);
      } else {
        const twice = (m) => console.log('twice', m);
        parentPort.on('message', twice);
        parentPort.on('message', twice);
        parentPort.once('message', () => parentPort.addEventListener('message', { handleEvent(e) { console.log('object', e.data, this !== parentPort); } }));
        parentPort.onmessage = ({ data, target }) => {
          console.log('onmessage', data, target === parentPort);
          if (data === 1) parentPort.off('message', twice);
          parentPort.postMessage(data);
          if (data === 3) parentPort.close();
        };
        console.log(parentPort.listenerCount('message'));
      }`);
    const expected = [0, 1, 2, 3].flatMap((n) => [`0→1 ${n}`, `1→0 ${n}`]).sort();
    assert.deepEqual([received.sort(), handled.sort(), lost], [expected, expected, []]);
  });

  it('counts what is emitted by the program as nothing, and what cannot be read as a message', async () => {
    const { received, lost } = await numbers(`
      const { BlockList } = require('node:net');
      new Worker('', { eval: true });
      const read = Object.getOwnPropertySymbols(BlockList.prototype).find((s) => /deserialize/.test(s.description));
      Object.defineProperty(BlockList.prototype, read, { value() { throw new Error('unreadable'); } });
      const { port1, port2 } = new MessageChannel();
      port2.on('messageerror', (e) => console.log(e.message));
      port2.on('message', (m) => { console.log(m); if (m === 'last') port2.close(); });
      port2.emit('message', 'emitted');
      port1.postMessage(new BlockList());
      port1.postMessage('last');`);
    assert.deepEqual([received, lost], [['0→0 0', '0→0 1'], []]);
  });

  it('does not guess where messages came to nobody', async () => {
    const { received } = await numbers(`
      new Worker('', { eval: true });
      const { port1, port2 } = new MessageChannel();
      port2.start();
      port1.postMessage('to nobody');
      setImmediate(() => setImmediate(() => {
        port2.on('message', (m) => { console.log(m); port2.close(); });
        port1.postMessage('heard');
      }));`);
    assert.deepEqual(received, []);
  });

  it('an error in a listener is the program’s own, and order stays', async () => {
    const { received, handled } = await numbers(`
      process.on('uncaughtException', (e) => console.log('caught', e.message));
      new Worker('', { eval: true });
      const { port1, port2 } = new MessageChannel();
      port2.on('message', () => { queueMicrotask(() => console.log('microtask')); process.nextTick(() => console.log('tick')); throw new Error('mine'); });
      port2.on('message', (m) => { console.log('second', m); if (m === 2) port2.close(); });
      port1.postMessage(1);
      port1.postMessage(2);`);
    assert.deepEqual(
      [received, handled],
      [
        ['0→0 0', '0→0 1'],
        ['0→0 0', '0→0 1'],
      ],
    );
  });
});

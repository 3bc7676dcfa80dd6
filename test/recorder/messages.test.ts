import assert from 'node:assert/strict';
import type { Trace } from './recordedProgram.js';
import { withProgram } from './recordedProgram.js';

/** Each message that was posted and received, as `from→to#sequence`, and whatever did not match. */
function matched(trace: Trace): { pairs: string[]; strays: string[] } {
  const direction = (object: number): string => {
    const port = trace.objects.get(object);
    return `${port?.from}→${port?.to}`;
  };
  const posts = trace.named('port.post');
  for (const { object, arg, t } of trace.named('port.unpost')) {
    const undone = posts.findLastIndex((post) => post.object === object && post.arg === arg && post.t <= t);
    posts.splice(undone, 1);
  }
  const pairs: string[] = [];
  const strays: string[] = [];
  for (const receive of trace.named('port.receive', 'port.error')) {
    const key = `${receive.object}#${receive.arg}`;
    const post = posts.find((event) => `${event.object}#${event.arg}` === key);
    if (post && post.t <= receive.t) pairs.push(`${direction(receive.object)}#${receive.arg}`);
    else strays.push(key);
  }
  return { pairs: pairs.sort(), strays };
}

const wt = `const { Worker, isMainThread, parentPort, MessageChannel, receiveMessageOnPort, workerData, threadId } = require('node:worker_threads');`;

describe('recorder: messages', () => {
  it('numbers what is posted and delivered on worker channels, for every form of listener', () =>
    withProgram(
      {
        'main.cjs': `${wt}
          if (isMainThread) {
            const w = new Worker(__filename);
            w.on('message', (m) => console.log(m));
            for (const m of ['a', 'b']) w.postMessage(m);
            try { w.postMessage(() => {}); } catch (e) { console.log(e.name); }
            w.postMessage('c');
          } else {
            let n = 0;
            parentPort.onmessage = ({ data }) => { parentPort.postMessage(data + ++n); if (n === 3) parentPort.close(); };
            parentPort.on('message', () => {});
            parentPort.addEventListener('message', () => {});
          }`,
      },
      async (folder) => {
        const plain = await folder.run('main.cjs', { record: false });
        const { outcome, trace } = await folder.record('main.cjs');
        assert.deepEqual(outcome, plain);
        const { pairs, strays } = matched(trace);
        assert.deepEqual(pairs, ['0→1#0', '0→1#1', '0→1#2', '1→0#0', '1→0#1', '1→0#2']);
        assert.deepEqual(strays, []);
        assert.equal(trace.named('port.unpost').length, 1);
        assert.equal(trace.named('port.handled').length, 6);
        assert.deepEqual(
          trace.named('port.listen').map(({ thread, site }) => `${thread} @${site?.line}`),
          ['0 @4', '1 @10'],
        );
      },
    ));

  it('follows a channel within a thread, and receiveMessageOnPort', () =>
    withProgram(
      {
        'main.cjs': `${wt}
          new Worker('', { eval: true });
          const { port1, port2 } = new MessageChannel();
          port1.postMessage(1);
          port2.postMessage(2);
          console.log(receiveMessageOnPort(port2), receiveMessageOnPort(port2), receiveMessageOnPort(port1));
          port2.once('message', (m) => { console.log(m); port2.close(); });
          port1.postMessage(3);`,
      },
      async (folder) => {
        const plain = await folder.run('main.cjs', { record: false });
        const { outcome, trace } = await folder.record('main.cjs');
        assert.deepEqual(outcome, plain);
        assert.deepEqual(matched(trace), { pairs: ['0→0#0', '0→0#0', '0→0#1'], strays: [] });
        assert.deepEqual(
          trace.named('port.post').map(({ site }) => site?.line),
          [4, 5, 8],
        );
      },
    ));

  it('a port that goes to another thread is followed there', () =>
    withProgram(
      {
        'main.cjs': `${wt}
          if (isMainThread) {
            const first = new MessageChannel(), second = new MessageChannel();
            const w = new Worker(__filename, { workerData: first.port1, transferList: [first.port1] });
            w.postMessage(second.port1, [second.port1]);
            let n = 0;
            for (const { port2 } of [first, second]) port2.on('message', (m) => { console.log(m); port2.close(); });
          } else {
            workerData.postMessage('first');
            parentPort.once('message', (port) => port.postMessage('second'));
          }`,
      },
      async (folder) => {
        const plain = await folder.run('main.cjs', { record: false });
        const { outcome, trace } = await folder.record('main.cjs');
        assert.deepEqual(outcome, plain);
        assert.equal(new Set(trace.named('port.transfer').map(({ object }) => object)).size, 2);
        assert.deepEqual(matched(trace), { pairs: ['0→1#0', '1→0#0', '1→0#0'], strays: [] });
        // The object of a port that was handed on closes, the port does not: both are closed by their other ends.
        const closed = trace.named('port.close').map(({ thread }) => thread);
        assert.deepEqual(closed.filter((thread) => thread === 0).length >= 2, true);
      },
    ));

  it('an error in a listener is the program’s own, and the message is handled', () =>
    withProgram(
      {
        'main.cjs': `${wt}
          process.on('uncaughtException', (e) => console.log('caught', e.message));
          new Worker("require('node:worker_threads').parentPort.postMessage(1)", { eval: true }).on('message', () => { throw new Error('mine'); });`,
      },
      async (folder) => {
        const plain = await folder.run('main.cjs', { record: false });
        const { outcome, trace } = await folder.record('main.cjs');
        assert.deepEqual(outcome, plain);
        assert.equal(trace.named('port.handled').length, 1);
      },
    ));
});

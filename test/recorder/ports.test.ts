import assert from 'node:assert/strict';
import type { Trace } from './recordedProgram.js';
import { withProgram } from './recordedProgram.js';

const wt = `const { Worker, isMainThread, parentPort, MessageChannel, receiveMessageOnPort, workerData, threadId } = require('node:worker_threads');`;

/** What happened to one direction, in order: `post 0 @line`, `receive 0`. */
function story(trace: Trace, from: number, to: number): string[] {
  const objects = [...trace.objects.values()].filter(
    (port) => port.kind === 'port' && port.from === from && port.to === to,
  );
  return trace.allEvents
    .filter(
      ({ name, object }) => name.startsWith('port.') && objects.some(({ id, name: own }) => id === object && !own),
    )
    .map(({ name, arg, site }) => {
      const number = Number.isNaN(arg) ? '' : ` ${arg}`;
      return `${name.slice(5)}${number}${site ? ` @${site.line}` : ''}`;
    });
}

describe('recorder: ports', () => {
  it('says at which line the parent listens to a worker, and when it no longer does', () =>
    withProgram(
      {
        'main.cjs': `${wt}
          if (!isMainThread) { parentPort.postMessage(1); return; }
          const w = new Worker(__filename);
          const f = (m) => console.log(m, w.listenerCount('newListener'), w.listenerCount('message'));
          w.ref();
          w.on('message', f);
          w.once('message', () => w.off('message', f));`,
      },
      async (folder) => {
        const plain = await folder.run('main.cjs', { record: false });
        const { outcome, trace } = await folder.record('main.cjs');
        assert.deepEqual(outcome, plain);
        const [listen, ...rest] = story(trace, 1, 0);
        assert.equal(listen, 'listen @6');
        assert.deepEqual(rest, ['post 0 @2', 'receive 0', 'unlisten', 'handled 0', 'close']);
      },
    ));

  it('knows listeners, creation and posts from before the program had threads', () =>
    withProgram(
      {
        'main.cjs': `${wt}
          const { port1, port2 } = new MessageChannel();
          port2.on('message', (m) => { console.log(m); if (m === 'last') port2.close(); });
          port1.postMessage('early');
          new Worker('', { eval: true });
          port1.postMessage('last');`,
      },
      async (folder) => {
        const plain = await folder.run('main.cjs', { record: false });
        const { outcome, trace } = await folder.record('main.cjs');
        assert.deepEqual(outcome, plain);
        assert.deepEqual(story(trace, 0, 0), [
          'listen @3',
          'post 1 @6',
          'receive 0',
          'handled 0',
          'receive 1',
          'close @3',
          'handled 1',
        ]);
        const port = [...trace.objects.values()].find(
          ({ kind, from, to }) => kind === 'port' && from === 0 && to === 0,
        );
        assert.equal(trace.sites[trace.stacks[port?.stack ?? -1]?.[0] ?? -1]?.line, 2);
      },
    ));

  it('a direction is closed once its receiver takes nothing more, each once', () =>
    withProgram(
      {
        'main.cjs': `${wt}
          new Worker('', { eval: true });
          const { port1, port2 } = new MessageChannel();
          port2.on('message', (m) => console.log(m));
          port2.on('close', () => { console.log('closed'); port2.postMessage('nobody'); });
          port1.postMessage('there');
          port2.postMessage('back');
          port1.close();
          port1.close();`,
      },
      async (folder) => {
        const plain = await folder.run('main.cjs', { record: false });
        const { outcome, trace } = await folder.record('main.cjs');
        assert.deepEqual(outcome, plain);
        const [there, back] = ['there', 'back'].map((_, i) =>
          trace
            .named('port.post', 'port.receive', 'port.close')
            .filter(({ object }) => object === trace.named('port.post')[i]?.object)
            .map(({ name, site }) => `${name} ${site?.line ?? ''}`),
        );
        assert.deepEqual(there, ['port.post 6', 'port.receive ', 'port.close ']);
        assert.deepEqual(back, ['port.post 7', 'port.close 8', 'port.post 5']);
      },
    ));

  it('the ends of a channel close when a thread ends', () =>
    withProgram(
      {
        'main.cjs': `${wt}
          if (isMainThread) {
            const { port1, port2 } = new MessageChannel();
            const w = new Worker(__filename, { workerData: port1, transferList: [port1] });
            port2.on('close', () => console.log('closed'));
            port2.on('message', () => { w.terminate(); port2.postMessage('too late'); });
            w.on('exit', () => w.postMessage('to nobody'));
          } else { workerData.postMessage(0); setInterval(() => {}, 1000); }`,
      },
      async (folder) => {
        const plain = await folder.run('main.cjs', { record: false });
        const { outcome, trace } = await folder.record('main.cjs');
        assert.deepEqual(outcome, plain);
        const late = trace.named('port.post').filter(({ site }) => site?.line === 6 || site?.line === 7);
        assert.equal(late.length, 2);
        const received = trace.named('port.receive').map(({ object }) => object);
        assert.deepEqual(
          late.filter(({ object }) => received.includes(object)),
          [],
        );
        const ended = trace.named('thread.end').find(({ object }) => object === 1);
        assert.ok(ended && late.some(({ t }) => t > ended.t), 'a post to an ended thread');
        assert.ok(trace.named('port.close').some(({ object }) => object === late[0]?.object));
      },
    ));

  it('a started port takes messages though nobody listens', () =>
    withProgram(
      {
        'main.cjs': `${wt}
          new Worker('', { eval: true });
          const { port1, port2 } = new MessageChannel();
          port2.start();
          port1.postMessage('lost');
          // The message is taken in the first turn of the loop.
          setImmediate(() => setImmediate(() => {
            port2.onmessage = ({ data }) => { console.log(data); port2.onmessage = null; };
            port1.postMessage('heard');
          }));`,
      },
      async (folder) => {
        const plain = await folder.run('main.cjs', { record: false });
        const { outcome, trace } = await folder.record('main.cjs');
        assert.deepEqual(outcome, plain);
        assert.deepEqual(story(trace, 0, 0), [
          'listen @4',
          'post 0 @5',
          'receive 0',
          'handled 0',
          'post 1 @9',
          'receive 1',
          'unlisten',
          'handled 1',
        ]);
      },
    ));

  it('what the program emits and refs itself is no message and no listener', () =>
    withProgram(
      {
        'main.cjs': `${wt}
          new Worker('', { eval: true });
          const { port1, port2 } = new MessageChannel();
          port2.ref(); port2.unref();
          port2.on('message', (m) => { console.log(m?.data ?? m); if (m === 'real') port2.close(); });
          port2.emit('message', 'emitted');
          port2.dispatchEvent(Object.assign(new Event('message'), { data: 'dispatched' }));
          port2.dispatchEvent(new Event('close'));
          port1.postMessage('real');`,
      },
      async (folder) => {
        const plain = await folder.run('main.cjs', { record: false });
        const { outcome, trace } = await folder.record('main.cjs');
        assert.deepEqual(outcome, plain);
        assert.deepEqual(story(trace, 0, 0), ['listen @5', 'post 0 @9', 'receive 0', 'close @5', 'handled 0']);
      },
    ));

  it('a message that cannot be read has its number', () =>
    withProgram(
      {
        'main.cjs': `${wt}
          const { BlockList } = require('node:net');
          new Worker('', { eval: true });
          const read = Object.getOwnPropertySymbols(BlockList.prototype).find((s) => /deserialize/.test(s.description));
          Object.defineProperty(BlockList.prototype, read, { value() { throw new Error('unreadable'); } });
          const { port1, port2 } = new MessageChannel();
          port2.on('messageerror', (e) => console.log(e.message));
          port2.on('message', (m) => { console.log(m); port2.close(); });
          port1.postMessage(new BlockList());
          port1.postMessage('read');`,
      },
      async (folder) => {
        const plain = await folder.run('main.cjs', { record: false });
        const { outcome, trace } = await folder.record('main.cjs');
        assert.deepEqual(outcome, plain);
        assert.deepEqual(story(trace, 0, 0).slice(1, -2), [
          'post 0 @9',
          'post 1 @10',
          'error 0',
          'handled 0',
          'receive 1',
        ]);
      },
    ));
});

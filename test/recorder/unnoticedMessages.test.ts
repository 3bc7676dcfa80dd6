/** Programs that look at everything around their messages: what they print is the same with the recorder. */
import assert from 'node:assert/strict';
import { withProgram } from './recordedProgram.js';

const wt = `const { Worker, isMainThread, parentPort, MessageChannel, MessagePort, BroadcastChannel: Channel, receiveMessageOnPort, workerData } = require('node:worker_threads');
  const events = require('node:events');
  const say = (...what) => process._rawDebug(...what);`;

const programs: Readonly<Record<string, string>> = {
  'the order of messages, microtasks, ticks and immediates': `
    new Worker('', { eval: true });
    const { port1, port2 } = new MessageChannel();
    const a = new Channel('order'), b = new Channel('order');
    const around = (name) => {
      say(name);
      process.nextTick(() => say(name, 'tick'));
      queueMicrotask(() => say(name, 'microtask'));
      Promise.resolve().then(() => say(name, 'promise'));
      setImmediate(() => say(name, 'immediate'));
    };
    port2.on('message', (m) => { around('port ' + m); if (m === 3) port2.close(); });
    port2.addEventListener('message', ({ data }) => around('listener ' + data));
    b.onmessage = ({ data }) => { around('broadcast ' + data); if (data === 2) { a.close(); b.close(); } };
    for (const m of [1, 2, 3]) port1.postMessage(m);
    for (const m of [1, 2]) a.postMessage(m);
    around('main');`,

  'listeners, refs and resources': `
    new Worker('', { eval: true }).on('exit', () => {
      const { port1, port2 } = new MessageChannel();
      const look = (what) => say(what, port1.hasRef(), port1.listenerCount('message'), events.getEventListeners(port1, 'message').length,
        port1.eventNames().join(), process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length);
      const f = () => {};
      look('new');
      port1.ref(); look('ref');
      port1.unref(); look('unref');
      port1.on('message', f); look('on');
      port1.on('message', f); look('twice');
      say(events.getEventListeners(port1, 'message')[0] === f);
      port1.unref(); look('on, unref');
      port1.off('message', f); look('off');
      port1.once('message', f); look('once');
      port1.onmessage = f; look('onmessage');
      say(port1.onmessage === f);
      port1.onmessage = null; look('null');
      port1.removeAllListeners('message'); look('none');
      say(port1.start(), port1.ref(), port1.unref(), port1.close());
      const channel = new Channel('refs');
      say(channel.ref() === channel, channel.unref() === channel, events.getEventListeners(channel, 'message').length);
      channel.onmessage = f;
      say(events.getEventListeners(channel, 'message').length, channel.onmessage === f);
      channel.close();
    });`,

  'errors of posting and receiving': `
    new Worker('', { eval: true });
    const { port1, port2 } = new MessageChannel();
    const channel = new Channel('errors');
    const mine = new Error('mine');
    const attempt = (name, run) => {
      try { say(name, run()); } catch (e) { say(name, e === mine, e.constructor === DOMException, e.name, e.code, e.message, e instanceof Error, e.stack.split('\\n')[0]); }
    };
    const cyclic = {}; cyclic.self = cyclic;
    attempt('function', () => port1.postMessage(() => {}));
    attempt('symbol', () => channel.postMessage(Symbol('s')));
    attempt('getter', () => port1.postMessage({ get a() { throw mine; } }));
    attempt('proxy', () => port1.postMessage(new Proxy({}, { getOwnPropertyDescriptor() { throw mine; } })));
    attempt('itself', () => port1.postMessage(port1, [port1]));
    attempt('other end', () => port1.postMessage(port2, [port2]));
    attempt('nothing', () => port1.postMessage());
    attempt('no name', () => new Channel());
    attempt('no message', () => channel.postMessage());
    attempt('this', () => MessagePort.prototype.postMessage.call({}, 1));
    attempt('undefined', () => MessagePort.prototype.postMessage.call(undefined, 1));
    attempt('close of another', () => MessagePort.prototype.close.call({}));
    attempt('start of another', () => MessagePort.prototype.start.call({}));
    attempt('transfer list', () => port1.postMessage(1, { get transfer() { throw mine; } }));
    attempt('no port', () => receiveMessageOnPort({}));
    attempt('null', () => receiveMessageOnPort(null));
    attempt('call', () => MessageChannel());
    attempt('call', () => Channel('x'));
    attempt('new port', () => new MessagePort());
    attempt('cyclic', () => { port1.postMessage(cyclic); const { message } = receiveMessageOnPort(port2) ?? {}; return message?.self === message; });
    port1.close(); channel.close();`,

  constructors: `
    new Worker('', { eval: true });
    class Mine extends MessageChannel { constructor() { super(); this.own = 1; } }
    class Named extends Channel { get [Symbol.toStringTag]() { return 'Named'; } }
    const mine = new Mine(), named = new Named('n'), plain = new MessageChannel(), channel = new Channel('c');
    say(mine instanceof Mine, mine instanceof MessageChannel, mine.own, mine.constructor === Mine, plain.constructor === MessageChannel);
    say(named instanceof Channel, named instanceof EventTarget, String(named), named.name, Object.getPrototypeOf(named) === Named.prototype);
    say(MessageChannel === globalThis.MessageChannel, Channel === globalThis.BroadcastChannel, globalThis.MessagePort === MessagePort);
    say(plain.port1 instanceof MessagePort, Object.keys(plain), Object.getPrototypeOf(plain) === MessageChannel.prototype);
    say(require('node:util').inspect(channel), require('node:util').inspect(plain.port1).split('{')[0], Object.getPrototypeOf(Channel) === EventTarget);
    for (const name of ['MessageChannel', 'BroadcastChannel', 'MessagePort']) {
      globalThis[name];
      const { value, ...rest } = Object.getOwnPropertyDescriptor(globalThis, name);
      say(name, JSON.stringify(rest), value.name, value.length, String(value).slice(0, 40));
    }
    import('node:worker_threads').then((esm) => {
      say(esm.MessageChannel === MessageChannel, esm.BroadcastChannel === Channel, esm.receiveMessageOnPort === receiveMessageOnPort, esm.default.receiveMessageOnPort === receiveMessageOnPort);
      for (const port of [mine.port1, plain.port1, named, channel]) port.close();
    });`,

  'waiting for events': `
    if (isMainThread) {
      const w = new Worker(__filename);
      (async () => {
        say(await events.once(w, 'message'));
        let n = 0;
        for await (const [m] of events.on(w, 'message', { signal: AbortSignal.timeout(60_000) })) {
          say(m);
          if (++n === 2) break;
        }
        say(w.listenerCount('message'), w.listenerCount('newListener'), w.rawListeners('removeListener').length);
        w.postMessage('end');
      })();
    } else {
      parentPort.postMessage('first');
      setTimeout(() => { parentPort.postMessage('second'); parentPort.postMessage('third'); }, 20);
      parentPort.once('message', (m) => say(m));
    }`,

  'exits and what a worker has printed': `
    if (isMainThread) new Worker(__filename).on('exit', (code) => { say(code); process.exitCode = 3; });
    else {
      for (let i = 0; i < 5; i++) console.log('line', i);
      say(process.listenerCount('exit'), process.stdout.listenerCount('finish'), process.stdout.writableLength, process.stdout.write('x\\n'));
      process.stdout.write('told\\n', () => say('written'));
      process.exitCode = 7;
    }`,
};

describe('unnoticed: messages', () => {
  for (const [name, main] of Object.entries(programs)) {
    it(name, () =>
      withProgram({ 'main.cjs': wt + main }, async (folder) => {
        const args = ['--no-warnings'];
        const plain = await folder.run('main.cjs', { record: false, args });
        assert.ok(plain.stderr !== '' && !plain.stderr.includes('Uncaught'), plain.stderr);
        assert.deepEqual(await folder.run('main.cjs', { args }), plain);
        assert.equal(folder.traceFiles().length, 1);
      }),
    );
  }
});

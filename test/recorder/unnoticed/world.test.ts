/** What a program can ask about itself, and in which order its things happen: alike with the recorder and without it. */
import assert from 'node:assert/strict';
import { builtRecorder, withProgram } from '../recordedProgram.js';

interface Case {
  readonly files: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

const program = (text: string): Case => ({ files: { 'main.cjs': text } });

/** Starts a worker, exchanges messages with it, waits and is woken, so that every part of the recorder is at work. */
const threaded = `
  const wt = require('node:worker_threads');
  const { Worker, MessageChannel, BroadcastChannel, isMainThread, parentPort, workerData, threadId } = wt;
  const print = (...values) => process.stdout.write(values.map((v) => typeof v === 'string' ? v : JSON.stringify(v)).join(' ') + '\\n');
  const work = (body, options) => new Worker('const wt = require("node:worker_threads"); const { parentPort, workerData } = wt;' + body, { eval: true, ...options });
  const words = new Int32Array(new SharedArrayBuffer(64));
`;

const cases: Readonly<Record<string, Case>> = {
  'what keeps the loop alive': program(`${threaded}
    const state = (at) => print(at, process.getActiveResourcesInfo().sort(), process._getActiveHandles().map((h) => h.constructor.name).sort(),
      process._getActiveRequests().length);
    state('start');
    Atomics.wait(words, 0, 0, 1);
    state('waited');
    const worker = work('parentPort.on("message", (m) => { parentPort.postMessage(process.getActiveResourcesInfo().sort().join()); parentPort.close(); });');
    state('made');
    worker.on('online', () => { state('online'); worker.postMessage(1); }).on('message', (m) => print('in it', m)).on('exit', () => state('exit'));
    const { port1, port2 } = new MessageChannel();
    state('channel');
    port1.on('message', () => { state('received'); port1.close(); setImmediate(() => state('closed')); });
    state('listening');
    port2.postMessage(1);
    process.on('exit', () => state('end'));`),

  'listeners of the process, of workers and of ports': program(`${threaded}
    const counts = (at, emitter, names) => print(at, emitter.eventNames().map(String), names.map((n) => emitter.listenerCount(n)), emitter.getMaxListeners());
    const all = ['exit', 'beforeExit', 'uncaughtException', 'unhandledRejection', 'warning', 'worker', 'message', 'SIGINT', 'SIGTERM', 'newListener'];
    counts('process', process, all);
    Atomics.wait(words, 0, 0, 1);
    const worker = work('parentPort.once("message", () => { parentPort.postMessage([process.eventNames().map(String), parentPort.eventNames().map(String), parentPort.listenerCount("message")]); });');
    counts('process', process, all);
    counts('worker', worker, ['exit', 'error', 'message', 'messageerror', 'online']);
    for (const stream of ['stdout', 'stderr']) counts(stream, process[stream], ['drain', 'error', 'finish', 'close', 'unpipe']);
    for (const stream of ['stdout', 'stderr']) counts('w ' + stream, worker[stream], ['data', 'end', 'readable']);
    const { port1, port2 } = new MessageChannel();
    counts('port', port1, ['message', 'close', 'messageerror']);
    port1.onmessage = () => port1.close();
    counts('port', port1, ['message', 'close', 'messageerror']);
    port2.postMessage(1);
    worker.on('message', (m) => print(m)).on('exit', () => { counts('gone', worker, ['exit']); counts('process', process, all); }).postMessage(1);
    process.on('exit', () => counts('end', process, all));`),

  'ids and names of threads, to any depth': {
    files: {
      'main.cjs': `${threaded}
        const depth = workerData ?? 0;
        const line = [depth, threadId, String(wt.threadName), isMainThread, wt.resourceLimits.stackSizeMb ?? 0, process.title === 'node'];
        if (parentPort) parentPort.postMessage(line); else print(line);
        const forward = (w) => w.on('message', (m) => parentPort ? parentPort.postMessage(m) : print(m));
        if (depth < 2) {
          const first = new Worker(__filename, { workerData: depth + 1, name: 'first ' + depth });
          (parentPort ? (m) => parentPort.postMessage(m) : print)([depth, 'made', first.threadId, String(first.threadName)]);
          forward(first).on('exit', () => forward(new Worker(__filename, { workerData: 9 })));
        }`,
    },
  },

  postMessageToThread: program(`${threaded}
    if (!wt.postMessageToThread) return print('none');
    // Its own channel: only its place among the other messages is a matter of chance.
    const got = [];
    process.on('workerMessage', (m, source) => got.push([m, source]));
    (async () => {
      const code = (n) => 'process.on("workerMessage", (m, source) => { parentPort.postMessage([wt.threadId, m, source]); wt.postMessageToThread(0, "back" + ' + n + ').then(() => parentPort.close()); }); parentPort.on("message", () => {});';
      const workers = [1, 2].map((n) => work(code(n)));
      await Promise.all(workers.map((w) => new Promise((r) => w.on('online', r))));
      for (const w of workers) {
        const answer = new Promise((r) => w.on('message', r));
        const end = new Promise((r) => w.on('exit', r));
        await wt.postMessageToThread(w.threadId, 'to ' + w.threadId);
        print(await answer, await end, got.splice(0));
      }
      for (const id of [0, 7, -1, '1']) await wt.postMessageToThread(id, 'x').catch((e) => print(id, e.code));
    })();`),

  'postMessageToThread from worker to worker': program(`${threaded}
    if (!wt.postMessageToThread) return print('none');
    const body = 'process.on("workerMessage", (m, source) => { parentPort.postMessage([wt.threadId, m, source]); }); parentPort.on("message", (id) => id < 0 ? process.exit() : wt.postMessageToThread(id, "from " + wt.threadId, [], 5000).then(() => "sent", (e) => e.code).then((end) => parentPort.postMessage([wt.threadId, id, end])));';
    (async () => {
      const workers = [1, 2, 3].map(() => work(body));
      await Promise.all(workers.map((w) => new Promise((r) => w.on('online', r))));
      for (const w of workers) for (const id of [1, 2, 3, 4, '2']) {
        const lines = [];
        for (const other of workers) other.on('message', (m) => lines.push(JSON.stringify(m)));
        w.postMessage(id);
        await new Promise((r) => w.on('message', (m) => m[1] === id && r()));
        await new Promise((r) => setTimeout(r, 20));
        print(lines.sort().join());
        for (const other of workers) other.removeAllListeners('message');
      }
      for (const w of workers) w.postMessage(-1);
    })();`),

  'arguments, environment, modules': {
    files: {
      'main.cjs': `${threaded}
        const tell = parentPort ? (m) => parentPort.postMessage(m) : print;
        tell([process.argv.length, process.argv.slice(2), process.execArgv.filter((a) => a.startsWith('--no') || a.startsWith('--title'))]);
        tell(Object.keys(process.env).filter((k) => !/^(npm_|_$)/.test(k)).sort());
        tell([Object.keys(require.cache).map((f) => require('node:path').basename(f)), module.children.length, require.main === module, module.parent === null,
          Object.keys(require('node:module')._pathCache).length]);
        tell([Object.keys(globalThis), Object.getOwnPropertyNames(globalThis).filter((k) => k !== '__tl$').length]);
        tell([performance.getEntries().map((e) => e.name).filter((n) => n.startsWith('thread')), process.domain ?? null, typeof wt.getEnvironmentData('threadlanes.handover')]);
        if (isMainThread) {
          wt.setEnvironmentData('mine', 1);
          (async () => {
            for (const options of [{}, { env: {} }, { execArgv: ['--no-warnings'] }, { env: wt.SHARE_ENV }, { argv: ['a'], env: { A: '1' }, execArgv: [] }]) {
              const worker = new Worker(__filename, options).on('message', (m) => print(Object.keys(options), m)).on('error', print);
              await new Promise((done) => worker.on('exit', done));
            }
          })();
        } else tell([wt.getEnvironmentData('mine'), process.env.NODE_OPTIONS ?? null, process.env.THREADLANES ?? null]);`,
    },
    args: ['--no-warnings'],
  },

  'numbers of asynchronous resources': program(`
    const { executionAsyncId, triggerAsyncId, AsyncResource, createHook } = require('node:async_hooks');
    const types = [];
    createHook({ init: (id, type) => types.push(type) }).enable();
    console.log(executionAsyncId(), triggerAsyncId());
    const first = new AsyncResource('mine').asyncId();
    setImmediate(() => console.log(executionAsyncId() - first, triggerAsyncId()));
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { port1.close(); };
    port2.postMessage(1);
    Promise.resolve().then(() => console.log(executionAsyncId() - first));
    process.on('exit', () => console.log(types.join()));`),

  'diagnostics channels and warnings': program(`${threaded}
    const channels = require('node:diagnostics_channel');
    const names = ['worker_threads', 'module.require.start', 'net.client.socket', 'tracing:module.require:start'];
    const ask = (at) => print(at, names.map((n) => channels.hasSubscribers(n)));
    ask('start');
    channels.subscribe('worker_threads', ({ worker }, name) => print('published', name, worker.threadId));
    process.on('warning', (w) => print('warned', w.name, w.message));
    process.on('worker', (w) => print('worker', w.threadId));
    const worker = work('setTimeout(() => {}, 1)');
    for (let i = 0; i < 12; i++) worker.on('exit', () => {});
    process.emitWarning('mine');
    worker.on('exit', () => ask('end'));`),

  'order of messages, ticks, microtasks, immediates and timers': program(`${threaded}
    const log = [];
    const { port1, port2 } = new MessageChannel();
    const channel = new BroadcastChannel('c'), other = new BroadcastChannel('c');
    let left = 6;
    port1.on('message', (m) => { log.push('m' + m); process.nextTick(() => log.push('tick in ' + m)); Promise.resolve().then(() => log.push('then in ' + m)); if (--left === 0) finish(); });
    port1.addEventListener('message', () => log.push('second listener'));
    other.onmessage = ({ data }) => { log.push('b' + data); queueMicrotask(() => log.push('micro in b' + data)); if (--left === 0) finish(); };
    function finish() { setImmediate(() => { port1.close(); channel.close(); other.close(); }); }
    for (let i = 0; i < 3; i++) { port2.postMessage(i); channel.postMessage(i); }
    process.nextTick(() => log.push('tick'));
    Promise.resolve().then(() => log.push('then')).then(() => log.push('then then'));
    queueMicrotask(() => log.push('micro'));
    log.push(wt.receiveMessageOnPort(port1)?.message ?? 'none');
    left--;
    log.push('sync');
    process.on('exit', () => print(log));`),

  'order of what a worker tells': program(`${threaded}
    const worker = work('console.log("out"); parentPort.postMessage(1); process.nextTick(() => parentPort.postMessage("tick")); Promise.resolve().then(() => parentPort.postMessage("then")); parentPort.on("message", (m) => { parentPort.postMessage(m); if (m === "last") parentPort.close(); }); process.on("exit", () => parentPort.postMessage("exit"));', { stdout: true });
    worker.stdout.on('data', (d) => print('stdout', String(d).trim()));
    for (const event of ['online', 'message', 'exit', 'error']) worker.on(event, (m) => print(event, m ?? null));
    worker.postMessage('a'); worker.postMessage('last');`),

  'waiting and waking': program(`${threaded}
    const worker = work('Atomics.store(workerData, 1, 1); Atomics.notify(workerData, 1); parentPort.postMessage(Atomics.wait(workerData, 0, 0)); parentPort.postMessage(Atomics.wait(workerData, 0, 5)); parentPort.postMessage(Atomics.wait(workerData, 2, 0, 2));', { workerData: words });
    print(Atomics.wait(words, 1, 0));
    const wake = () => Atomics.notify(words, 0) || setTimeout(wake, 1);
    wake();
    worker.on('message', (m) => print(m));
    const waiting = Atomics.waitAsync(words, 3, 0);
    print(waiting.async, waiting.value instanceof Promise, Atomics.waitAsync(words, 3, 1).value, Atomics.waitAsync(words, 3, 0, 0).value);
    waiting.value.then((v) => print('later', v));
    print(Atomics.notify(words, 3), Atomics.notify(words, 3, 0));`),

  'sub-classes and instances': program(`${threaded}
    class Mine extends Worker { constructor(...a) { super(...a); this.own = new.target === Mine; } get [Symbol.toStringTag]() { return 'M'; } }
    const mine = new Mine('', { eval: true });
    print(mine.own, mine instanceof Mine, mine instanceof Worker, mine.constructor === Mine, Object.getPrototypeOf(Mine) === Worker, String(mine));
    const plain = new Worker('', { eval: true });
    print(plain.constructor === Worker, Object.getPrototypeOf(plain) === Worker.prototype, plain.constructor.name, require('node:util').inspect(plain, { depth: -1 }));
    const named = (f) => { try { return f(); } catch (e) { return [e.name, e.message]; } };
    print(named(() => Reflect.construct(Worker, ['', { eval: true }], Array) instanceof Array));
    class Borrowed {}
    Object.setPrototypeOf(Borrowed.prototype, Worker.prototype);
    print(named(() => Reflect.construct(Worker, ['', { eval: true }], Borrowed) instanceof Borrowed));
    const types = require('node:util').types;
    print([Worker, MessageChannel, BroadcastChannel, mine.constructor].map((c) => [types.isProxy(c), require('node:util').inspect(c)]));
    const channel = new MessageChannel();
    print(channel instanceof MessageChannel, channel.constructor === MessageChannel, globalThis.MessageChannel === MessageChannel, require('node:util').inspect(channel, { depth: 0 }));
    class Channel extends MessageChannel {}
    print(new Channel() instanceof Channel, Object.keys(channel));
    const stack = (f) => { try { f(); } catch (e) { return [e.name, e.code, e.message]; } };
    print([() => Worker(), () => MessageChannel(), () => Worker.call({}), () => new Worker(), () => Mine(), () => new wt.MessagePort(), () => new (class extends wt.MessagePort {})()].map(stack));
    const heard = new BroadcastChannel('stacks'), speaking = new BroadcastChannel('stacks');
    print(heard instanceof BroadcastChannel, heard.constructor === BroadcastChannel, Object.getPrototypeOf(heard) === BroadcastChannel.prototype, require('node:util').inspect(heard, { depth: -1 }));
    class Speaker extends BroadcastChannel { get name() { return super.name + '!'; } }
    const speaker = new Speaker('s');
    print(speaker.name, speaker instanceof Speaker, speaker instanceof BroadcastChannel);
    speaker.close();
    const frame = (name) => print(name, new Error('here').stack.split('\\n')[2].trim().replace(/ \\(.*/, ''));
    heard.onmessage = function () { frame('channel'); heard.close(); speaking.close(); };
    speaking.postMessage(1);
    channel.port1.on('message', function () { frame('port'); channel.port1.close(); });
    channel.port2.postMessage(1);
    plain.own = function () { frame('method'); };
    plain.own();
    Worker.prototype.added = function () { frame('added'); };
    plain.added();
    for (const one of [plain, mine]) one.on('own', function () { frame('listener'); }).emit('own');`),

  'an uncaught error of a worker': program(`${threaded}
    print('made');
    work('throw new TypeError("mine")');`),

  'an error thrown in a listener of a worker': program(`${threaded}
    print('made');
    work('parentPort.postMessage(1)').on('message', function () { throw new Error('in here'); });`),

  'errors: class, realm, message, cause': program(`${threaded}
    const { port1, port2 } = new MessageChannel();
    const calls = {
      wait: [() => Atomics.wait(), () => Atomics.wait(new Int32Array(4), 0, 0), () => Atomics.wait(words, 99, 0), () => Atomics.wait(words, -1, 0), () => Atomics.wait(words, 0, 0n), () => Atomics.wait(new BigInt64Array(words.buffer), 0, 0), () => Atomics.wait(words, 0, Symbol()), () => Atomics.wait(new Uint8Array(words.buffer), 0, 0), () => Atomics.wait(words, 0, 0, 0n), () => Atomics.wait(words, Symbol(), 0)],
      waitAsync: [() => Atomics.waitAsync(), () => Atomics.waitAsync(new Int32Array(4), 0, 0), () => Atomics.waitAsync(words, 99, 0)],
      notify: [() => Atomics.notify(), () => Atomics.notify(words, 99), () => Atomics.notify(words, 0, -1), () => Atomics.notify(new Int32Array(4), 0), () => Atomics.notify(words, 0, Symbol())],
      words: ['load', 'store', 'exchange', 'compareExchange', 'add', 'sub', 'and', 'or', 'xor'].flatMap((n) => [() => Atomics[n](), () => Atomics[n](words, 99, 1, 2), () => Atomics[n](words, 0, 1n, 2n), () => Atomics[n]([1], 0, 1, 2), () => Atomics[n](new Float64Array(2), 0, 1, 2), () => Atomics[n](new BigInt64Array(2), 0, 1, 2), () => Atomics[n](words, 0, { valueOf() { throw new RangeError('mine'); } }, 1), () => Atomics[n](words, 0, 7, 8), () => Atomics[n](words, '1', '3', '4'), () => Atomics[n](words, 1.9, 2.9, 3.9), () => Object.is(Atomics[n](words, 2, -0, -0), -0), () => Atomics[n](new Uint8Array(4), 0, 300, 301), () => Reflect.apply(Atomics[n], null, [words, 3, 1, 2])]),
      ports: [() => port1.postMessage(), () => port1.postMessage(() => {}), () => port1.postMessage(1, [1]), () => port1.postMessage(1, [port1]), () => port1.postMessage(1, { transfer: 1 }), () => port1.postMessage.call({}, 1), () => port1.ref.call({}), () => port1.postMessage({ get a() { throw new RangeError('mine'); } }), () => port1.postMessage(1, { get transfer() { throw new RangeError('mine'); } }), () => wt.receiveMessageOnPort({}), () => wt.receiveMessageOnPort()],
      channels: [() => new BroadcastChannel(), () => new BroadcastChannel(Symbol()), () => BroadcastChannel('x'), () => BroadcastChannel.prototype.postMessage.call({}, 1)],
      text: [() => Function.prototype.toString.call({}), () => Function.prototype.toString.call(class A { b = 1 }), () => (() => 1).toString(), () => String(Atomics.wait), () => new (Function.prototype.toString)(), () => Function.prototype.toString.call(new Proxy(() => {}, {}))],
      construct: [...Object.values(Object.getOwnPropertyDescriptors(Atomics)).map(({ value }) => value).filter((v) => typeof v === 'function'), port1.postMessage, port1.ref, port1.close, Worker.prototype.terminate, Worker.prototype.unref].map((f) => () => new f()),
    };
    for (const [group, list] of Object.entries(calls)) for (const [i, call] of list.entries()) {
      try { const r = call(); print(group, i, 'gave', typeof r === 'bigint' ? r + 'n' : (r ?? String(r))); }
      catch (e) { print(group, i, e.name, e.message, String(e.code), e instanceof Error, e.constructor === globalThis[e.constructor.name], Object.keys(e), Object.getOwnPropertyNames(e)); }
    }
    port1.close();`),

  'arguments are converted once, in order': program(`${threaded}
    const log = [];
    const spy = (name, value) => ({ valueOf() { log.push(name); return value; }, toString() { log.push(name + ' text'); return String(value); } });
    for (const name of ['wait', 'waitAsync', 'notify', 'load', 'store', 'exchange', 'compareExchange', 'add', 'sub', 'and', 'or', 'xor']) {
      const result = Atomics[name](words, spy('index', 1), spy('value', 1), spy('third', 1), spy('fourth', 1));
      print(name, typeof result === 'object' ? String(result.value) : result, log.splice(0));
    }
    const array = new Proxy(words, { get(t, k) { log.push(String(k)); return Reflect.get(t, k); } });
    try { Atomics.add(array, 0, 1); } catch (e) { print(e.message, log.splice(0)); }
    class Mine extends Int32Array { get buffer() { log.push('buffer'); return super.buffer; } get length() { log.push('length'); return 1; } get [Symbol.toStringTag]() { log.push('tag'); return 'x'; } }
    print(Atomics.add(new Mine(words.buffer), 5, 1), Atomics.wait(new Mine(words.buffer), 5, 0), Atomics.notify(new Mine(words.buffer), 5), log.splice(0));
    const options = new Proxy({ eval: true, name: 'n' }, { get(t, k, r) { log.push('get ' + String(k)); return Reflect.get(t, k, r); } });
    new Worker('', options);
    print([...new Set(log.splice(0))].sort());
    const { port1, port2 } = new MessageChannel();
    port1.postMessage({ get a() { log.push('a'); return 1; }, get b() { log.push('b'); return 2; } }, { get transfer() { log.push('transfer'); return []; } });
    print(log.splice(0));
    port1.close();`),

  'errors that cross threads, and those that nobody catches': program(`${threaded}
    const bodies = ['throw new TypeError("t", { cause: 1 })', 'Promise.reject(new RangeError("r"))', 'throw null', 'throw { a: 1 }', 'process.exit(7)', 'process.exitCode = 3', 'setTimeout(() => { throw Object.assign(new Error("late"), { code: "E" }) }, 1)',
      'process.on("uncaughtException", (e) => parentPort.postMessage("caught " + e.message)); throw new Error("mine")', 'process.on("exit", () => { process.exitCode = 9 })', 'process.on("exit", (c) => process.exit(c + 5))', 'parentPort.postMessage(1); process.exit(0); parentPort.postMessage(2)'];
    (async () => {
      for (const body of bodies) {
        const worker = work(body);
        worker.on('message', (m) => print('message', m)).on('error', (e) => print('error', e === null ? null : [e.name, e.message, e.code, e instanceof Error, e.cause, Object.keys(e)]));
        print('exit', await new Promise((r) => worker.on('exit', r)));
      }
      print('terminated', await work('setInterval(() => {}, 1)').terminate());
      throw new Error('last');
    })();`),

  'ends of the process': program(`
    process.on('beforeExit', (c) => { if (!globalThis.once) { globalThis.once = true; console.log('beforeExit', c); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1); setImmediate(() => console.log('again')); } });
    process.on('exit', (c) => { console.log('exit', c, process.exitCode); process.exitCode = 5; });`),

  'stacks of the program’s own errors': program(`${threaded}
    Atomics.wait(words, 0, 0, 1);
    const sites = (e) => e.stack.split('\\n').slice(1).filter((l) => !/recorder\\.cjs/.test(l) && !/node:internal/.test(l)).map((l) => l.trim().replace(/:\\d+\\)?$/, '').replace(/\\(.*[\\\\/]/, '('));
    Error.prepareStackTrace = undefined;
    print(Object.hasOwn(Error, 'prepareStackTrace'), Error.stackTraceLimit, sites(new Error('a')));
    delete Error.prepareStackTrace;
    Error.stackTraceLimit = 3;
    Atomics.wait(words, 0, 0, 1);
    print(Object.hasOwn(Error, 'prepareStackTrace'), Error.stackTraceLimit);
    let calls = 0;
    Error.prepareStackTrace = (e, s) => { calls++; return s.length; };
    Atomics.wait(words, 0, 0, 1); work(''); new MessageChannel();
    try { Atomics.wait(); } catch (e) { void e; }
    print(calls, new Error('x').stack, calls);
    delete Error.stackTraceLimit;
    Atomics.wait(words, 0, 0, 1);
    print('stackTraceLimit' in Error);`),

  'a vm context has Atomics of its own': program(`
    const vm = require('node:vm');
    const words = new Int32Array(new SharedArrayBuffer(8));
    const context = vm.createContext({ words, outer: Atomics });
    console.log(vm.runInContext('[Atomics === outer, String(Atomics.wait), Atomics.wait(words, 0, 0, 1), Atomics.wait(words, 0, 1), Atomics.notify(words, 0), words instanceof Int32Array]', context));
    console.log(vm.runInContext('try { outer.wait(1) } catch (e) { [e instanceof TypeError, e.constructor === TypeError] }', context));`),
};

/** The recorder's own file stands in stacks that Node prints in whole, and the process's id in warnings. */
const comparable = (text: string): string =>
  text.replace(/^ +at .*recorder\.cjs:\d+:\d+\)?\n/gm, '').replace(/^\(node:\d+\)/gm, '(node)');

/** A frame of the recorder must not push one of the program's out of a stack. */
const depth = ['--stack-trace-limit=50'];

describe('unnoticed: what a program can ask and see', () => {
  before(() => builtRecorder());
  for (const [name, { files, args = [], env = {} }] of Object.entries(cases)) {
    it(name, () =>
      withProgram(files, async (folder) => {
        const plain = await folder.run('main.cjs', { record: false, args: [...depth, ...args], env });
        const recorded = await folder.run('main.cjs', { args: [...depth, ...args], env });
        assert.deepEqual(
          { ...recorded, stderr: comparable(recorded.stderr) },
          { ...plain, stderr: comparable(plain.stderr) },
        );
        assert.notEqual(plain.stdout, '');
      }),
    );
  }
});

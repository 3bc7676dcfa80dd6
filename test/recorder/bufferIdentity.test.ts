import assert from 'node:assert/strict';
import { WORD_WRITE } from '../../src/trace/ops.js';
import type { RunOptions, Trace } from './recordedProgram.js';
import { major, withProgram } from './recordedProgram.js';

const wt = `const wt = require('node:worker_threads');
  const { Worker, isMainThread, parentPort, MessageChannel, BroadcastChannel, receiveMessageOnPort, workerData, threadId } = wt;
  /** Makes the word of a buffer known by a value that says which buffer it is: all that is seen of it must agree. */
  const touch = (name, buffer, offset = 0) => Atomics.wait(new Int32Array(buffer), offset / 4, name, 0);
  const say = (name, buffer) => Atomics.notify(new Int32Array(buffer), 0, 0);`;

/** Which objects each name stands for, and which names each object: one of each when every thread agrees. */
function namesOf(trace: Trace): { readonly objects: Record<string, number[]>; readonly names: string[][] } {
  const objects = new Map<number, Set<number>>();
  const names = new Map<number, Set<number>>();
  for (const { object, arg, extra } of trace.named('word.write')) {
    const name = Number.isNaN(arg) ? extra : arg;
    if (!objects.has(extra)) objects.set(extra, new Set());
    objects.get(extra)?.add(object);
    if (!names.has(object)) names.set(object, new Set());
    names.get(object)?.add(extra);
    void name;
  }
  return {
    objects: Object.fromEntries([...objects].map(([name, ids]) => [name, [...ids]])),
    names: [...names.values()].map((set) => [...set].map(String)),
  };
}

/** Each buffer has a number, which is written into its first word by every thread that gets it. */
const routes = `${wt}
  const put = (buffer, name) => Atomics.store(new Int32Array(buffer), 0, name);
  const take = (value) => {
    const views = [];
    const look = (one) => {
      if (one instanceof SharedArrayBuffer) views.push(new Int32Array(one));
      else if (ArrayBuffer.isView(one)) look(one.buffer);
      else if (one instanceof WebAssembly.Memory) look(one.buffer);
      else if (one instanceof Map) for (const pair of one) pair.forEach(look);
      else if (one instanceof Set) one.forEach(look);
      else if (one instanceof Error) look(one.cause);
      else if (one && typeof one === 'object') Object.values(one).forEach(look);
    };
    look(value);
    for (const view of views) Atomics.store(view, 0, view[0]);
  };
  let next = 100;
  const sab = (bytes = 8, options) => { const one = new SharedArrayBuffer(bytes, options); put(one, next++); return one; };
  const threads = 3;
  if (isMainThread) {
    wt.setEnvironmentData('first', { nested: [sab()] });
    wt.setEnvironmentData({ a: 'key' }, sab(4));
    const memory = withMemory ? new WebAssembly.Memory({ initial: 1, maximum: 4, shared: true }) : null;
    if (memory) put(memory.buffer, next++);
    const before = new MessageChannel();
    before.port1.postMessage({ early: sab() });
    const shared = sab();
    const channel = new BroadcastChannel('room');
    channel.onmessage = () => {};
    let over = 0;
    for (let i = 0; i < threads; i++) {
      const { port1, port2 } = new MessageChannel();
      port1.postMessage([1, new Map([[sab(), new Set([sab()])]])]);
      const w = new Worker(__filename, { workerData: { i, own: sab(), shared, memory, port: port2, view: new Uint8Array(sab(), 4, 2) }, transferList: [port2] });
      w.postMessage({ shared, b: new DataView(sab(16), 8), g: sab(8, { maxByteLength: 64 }), e: new Error('x', { cause: sab() }), again: [shared] });
      w.on('message', ({ back }) => {
        take(back);
        if (++over === threads) { memory?.grow(1); take([memory, shared]); channel.postMessage({ all: shared }); }
      });
      w.on('exit', () => { port1.close(); if (--over === 0) channel.close(); });
    }
    const receiver = before.port2;
    take(receiveMessageOnPort(receiver).message);
    take(structured ? structuredClone(shared) : 0);
    receiver.close();
  } else {
    take([wt.getEnvironmentData('first'), workerData]);
    take(receiveMessageOnPort(workerData.port).message);
    const channel = new BroadcastChannel('room');
    channel.onmessage = ({ data }) => { take([data, workerData.memory]); channel.close(); };
    parentPort.once('message', (m) => { take(m); next = 1000 * (workerData.i + 1); parentPort.postMessage({ back: [sab(), workerData.own] }); });
  }`;

async function recordRoutes(options: RunOptions, constants: string): Promise<Trace> {
  return withProgram({ 'main.cjs': `${constants}\n${routes}` }, async (folder) => {
    const plain = await folder.run('main.cjs', { ...options, record: false });
    const { outcome, trace } = await folder.record('main.cjs', options);
    assert.deepEqual(outcome, plain);
    return trace;
  });
}

function assertAgreed(trace: Trace): void {
  const { objects, names } = namesOf(trace);
  assert.ok(Object.keys(objects).length > 15, `${Object.keys(objects).length} buffers`);
  assert.deepEqual(
    Object.entries(objects).filter(([, ids]) => ids.length !== 1),
    [],
  );
  assert.deepEqual(
    names.filter((all) => all.length !== 1),
    [],
  );
}

const everything = 'const withMemory = true, structured = true;';

const crowd = `${wt}
  if (isMainThread) {
    const buffers = Array.from({ length: 50 }, () => new SharedArrayBuffer(4));
    for (const [i, one] of buffers.entries()) Atomics.store(new Int32Array(one), 0, i);
    const gate = new SharedArrayBuffer(4);
    for (let i = 0; i < 12; i++) new Worker(__filename, { workerData: { buffers, gate } });
  } else {
    const { buffers, gate } = workerData;
    const open = new Int32Array(gate);
    if (Atomics.add(open, 0, 1) === 11) Atomics.notify(open, 0);
    else for (let n; (n = Atomics.load(open, 0)) < 12;) Atomics.wait(open, 0, n, 5000);
    for (const [i, one] of buffers.entries()) Atomics.store(new Int32Array(one), 0, i);
  }`;

async function recordCrowd(args: readonly string[]): Promise<void> {
  await withProgram({ 'main.cjs': crowd }, async (folder) => {
    const { outcome, trace } = await folder.record('main.cjs', { args });
    assert.deepEqual(outcome, { stdout: '', stderr: '', code: 0, signal: null });
    const writers = new Map<number, Set<number>>();
    const values = new Map<number, Set<number>>();
    for (const { object, thread, extra, op } of trace.named('word.write')) {
      if (op !== WORD_WRITE.store) continue;
      writers.set(object, (writers.get(object) ?? new Set()).add(thread));
      values.set(object, (values.get(object) ?? new Set()).add(extra));
    }
    assert.deepEqual(
      [...writers.values()].map(({ size }) => size),
      new Array(50).fill(12),
    );
    assert.deepEqual(
      [...values.values()].map(({ size }) => size),
      new Array(50).fill(1),
    );
    assert.deepEqual(
      trace.markers.filter(({ kind }) => kind === 'recorderError'),
      [],
    );
  });
}

/** Begins the recording. */
const begin = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);';

const realm = `${wt}
  if (isMainThread) {
    ${begin}
    const foreign = require('node:vm').runInNewContext('new SharedArrayBuffer(4)');
    Atomics.notify(new Int32Array(foreign), 0);
    new Worker(__filename, { workerData: foreign });
  } else Atomics.notify(new Int32Array(workerData), 0);`;

/** @param names how many objects the one word is */
async function recordRealm(args: readonly string[], names: number): Promise<void> {
  await withProgram({ 'main.cjs': realm }, async (folder) => {
    const { outcome, trace } = await folder.record('main.cjs', { args });
    assert.deepEqual(outcome, { stdout: '', stderr: '', code: 0, signal: null });
    const words = [...new Set(trace.named('word.notify').map(({ object }) => object))];
    assert.equal(words.length, names);
    for (const word of words) assert.equal(trace.objects.get(word)?.buffer === undefined, names > 1);
  });
}

const carried = `${wt}
  if (isMainThread) {
    ${begin}
    const traps = new Proxy({}, { getPrototypeOf() { console.log('seen'); return null; } });
    const [a, b] = [new SharedArrayBuffer(8), new SharedArrayBuffer(8)];
    for (const one of [a, b]) Atomics.store(new Int32Array(one), 0, one === a ? 1 : 2);
    const w = new Worker(__filename);
    for (const one of [a, { b }, [b], new Int32Array(b), new Uint8Array(8), null, 1, new DataView(a, 4)]) w.postMessage(one);
    try { w.postMessage(traps); } catch (error) { console.log(error.name); }
  } else {
    let n = 0;
    parentPort.on('message', (m) => {
      if (m instanceof SharedArrayBuffer) parentPort.postMessage(m);
      if (++n === 8) parentPort.close();
    });
  }`;

async function recordCarried(args: readonly string[]): Promise<void> {
  await withProgram({ 'main.cjs': carried }, async (folder) => {
    const plain = await folder.run('main.cjs', { args, record: false });
    const { outcome, trace } = await folder.record('main.cjs', { args });
    assert.deepEqual(outcome, plain);
    const numberOf = (value: number): number | undefined => {
      const write = trace.named('word.write').find(({ extra }) => extra === value);
      return trace.objects.get(write?.object ?? 0)?.buffer;
    };
    const [a, b] = [numberOf(1), numberOf(2)];
    assert.ok(a !== undefined && b !== undefined && a !== b);
    const said = trace.allEvents.filter(({ name }) => name === 'port.carry' || name === 'port.post');
    const toWorker = said
      .filter(({ thread }) => thread === 0)
      .map(({ name, arg }) => (name === 'port.carry' ? arg : 'post'));
    assert.deepEqual(toWorker.slice(0, 11), [a, 'post', 'post', 'post', b, 'post', 'post', 'post', 'post', a, 'post']);
    assert.deepEqual(
      said.filter(({ thread, name }) => thread === 1 && name === 'port.carry').map(({ arg }) => arg),
      [a],
    );
  });
}

/** Both threads use the memory before and after the worker has grown it. */
const grown = `${wt}
  const use = (memory) => Atomics.notify(new Int32Array(memory.buffer), 0);
  if (isMainThread) {
    ${begin}
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 3, shared: true });
    use(memory);
    new Worker(__filename, { workerData: memory }).on('exit', () => { use(memory); console.log(memory.buffer.byteLength); });
  } else {
    use(workerData);
    workerData.grow(1);
    use(workerData);
  }`;

/** Handles of one buffer that no message of a known channel has brought, used and handed on. */
const handles = `${wt}
  const { moveMessagePortToContext, setEnvironmentData } = wt;
  const use = (buffer) => { const view = new Int32Array(buffer); Atomics.store(view, 0, view[0]); };
  if (isMainThread) {
    const vm = require('node:vm');
    const first = new SharedArrayBuffer(4);
    Atomics.store(new Int32Array(first), 0, 1);
    use(first);
    const cloned = structuredClone(first);
    const { detail } = performance.mark('x', { detail: first });
    const { port1, port2 } = new MessageChannel();
    port1.postMessage(first);
    const context = vm.createContext({});
    const moved = moveMessagePortToContext(port2, context);
    const arrived = receiveMessageOnPort(moved).message;
    port1.close();
    class Own extends SharedArrayBuffer {}
    const own = new Own(4), copy = own.slice();
    for (const one of [own, copy]) { Atomics.store(new Int32Array(one), 0, one === own ? 2 : 3); use(one); }
    const all = [first, cloned, detail, arrived, own, copy];
    for (const one of all) use(one);
    setEnvironmentData('cloned', structuredClone(cloned));
    const worker = new Worker(__filename, { workerData: all });
    worker.postMessage(all);
    worker.on('message', (back) => { back.forEach(use); worker.postMessage(0); });
  } else {
    [...workerData, wt.getEnvironmentData('cloned')].forEach(use);
    parentPort.once('message', (all) => {
      all.forEach(use);
      parentPort.postMessage([...all, structuredClone(all[0])]);
      parentPort.once('message', () => {});
    });
  }`;

describe('recorder: identity of shared memory', () => {
  for (const args of [[], ['--inspect=0'], ['--frozen-intrinsics'], ['--disallow-code-generation-from-strings']]) {
    it(`the same in all threads, by every route ${args.join()}`, async () => {
      // What `--inspect` says on stderr differs from run to run.
      if (args[0] === '--inspect=0') {
        await withProgram({ 'main.cjs': `${everything}\n${routes}` }, async (folder) =>
          assertAgreed((await folder.record('main.cjs', { args })).trace),
        );
      } else assertAgreed(await recordRoutes({ args: ['--no-warnings', ...args] }, everything));
    });
  }

  it('where code is measured for coverage', () =>
    withProgram({ 'main.cjs': `${everything}\n${routes}` }, async (folder) =>
      assertAgreed((await folder.record('main.cjs', { env: { NODE_V8_COVERAGE: `${folder.path}/coverage` } })).trace),
    ));

  it('without WebAssembly', async () =>
    assertAgreed(
      await recordRoutes(
        { args: ['--jitless'] },
        'const withMemory = false, structured = true; globalThis.WebAssembly ??= { Memory: class {} };',
      ),
    ));

  it('nobody is woken by the question', () =>
    withProgram(
      {
        'main.cjs': `${wt}
          if (isMainThread) {
            const word = new SharedArrayBuffer(4), over = new SharedArrayBuffer(4);
            const w = new Worker(__filename, { workerData: { word, over } });
            w.once('message', () => {
              // Each clone is asked for anew.
              for (let i = 0; i < 50; i++) Atomics.load(new Int32Array(structuredClone(word)), 0);
              for (let i = 0; i < 50; i++) Atomics.notify(new Int32Array(structuredClone(word)), 0, 0);
              Atomics.store(new Int32Array(over), 0, 1);
            });
            w.on('message', (m) => console.log(m)).on('exit', (code) => { console.log(code); process.exitCode = 7; });
          } else {
            const view = new Int32Array(workerData.word), over = new Int32Array(workerData.over);
            parentPort.postMessage('ready');
            let result;
            do result = Atomics.wait(view, 0, 0, 100); while (result === 'timed-out' && Atomics.load(over, 0) === 0);
            parentPort.postMessage(result);
            parentPort.once('message', () => {}).unref();
            process.exitCode = 5;
          }`,
      },
      async (folder) => {
        const plain = await folder.run('main.cjs', { record: false });
        const { outcome, trace } = await folder.record('main.cjs');
        assert.deepEqual(outcome, plain);
        assert.equal(trace.named('word.notify').length, 50);
        assert.equal(new Set(trace.named('word.notify', 'word.wait').map(({ object }) => object)).size, 1);
      },
    ));

  it('memory of the program goes when the program lets go of it', () =>
    withProgram(
      {
        'main.cjs': `${wt}
          let gone = 0;
          const registry = new FinalizationRegistry(() => gone++);
          for (let i = 0; i < 50; i++) {
            const one = new SharedArrayBuffer(1e6);
            registry.register(one, 0);
            Atomics.wait(new Int32Array(one), 0, 0, 1);
          }
          let rounds = 0;
          const look = () => { gc(); if (gone > 45 || ++rounds > 100) console.log(gone > 45); else setTimeout(look, 10); };
          look();`,
      },
      async (folder) => {
        const { outcome } = await folder.record('main.cjs', { args: ['--expose-gc'] });
        assert.equal(outcome.stdout, 'true\n');
      },
    ));

  it('says which buffers a worker was started with', () =>
    withProgram(
      {
        'main.cjs': `${wt}
          if (isMainThread) {
            const [a, b, c] = [4, 4, 4].map((bytes) => new SharedArrayBuffer(bytes));
            for (const one of [a, b, c]) touch(0, one), Atomics.wait(new Int32Array(one), 0, 0, 1);
            wt.setEnvironmentData('deep', [new Map([['c', c]])]);
            new Worker(__filename, { workerData: { a: [new Int32Array(a)], again: a, b } }).on('exit', () => {
              wt.setEnvironmentData('deep', undefined);
              new Worker(__filename, { workerData: Object.defineProperty({}, 'x', { get: () => b, enumerable: true }) });
            });
          }`,
      },
      async (folder) => {
        const { trace } = await folder.record('main.cjs');
        const words = trace.named('word.wait').map(({ object }) => trace.objects.get(object)?.buffer);
        assert.equal(new Set(words).size, 3);
        const handed = trace.named('thread.handed');
        assert.deepEqual(
          handed.filter(({ thread }) => thread === 1).map(({ object, arg }) => [object, arg]),
          words.map((buffer) => [1, buffer]),
        );
        assert.deepEqual(
          handed.filter(({ thread }) => thread === 2).map(({ arg }) => arg),
          [NaN],
        );
      },
    ));

  it('many workers ask at once', () => recordCrowd([]));

  it('says which buffer a message is', () => recordCarried([]));

  it('a buffer of another realm', () => recordRealm([], 1));

  it('memory that another thread has grown', () =>
    withProgram({ 'main.cjs': grown }, async (folder) => {
      const plain = await folder.run('main.cjs', { record: false });
      const { outcome, trace } = await folder.record('main.cjs');
      assert.deepEqual(outcome, plain);
      const waits = trace.named('word.notify');
      assert.equal(waits.length, 4);
      assert.equal(new Set(waits.map(({ object }) => object)).size, 1);
    }));

  describe('where a process may not use the inspector', () => {
    const permission = major < 22 ? '--experimental-permission' : '--permission';
    const args = ['--no-warnings', permission, '--allow-fs-read=*', '--allow-fs-write=*', '--allow-worker'];

    it('the same in all threads, by every route that is seen', async () => {
      const trace = await recordRoutes({ args }, 'const withMemory = false, structured = false;');
      assertAgreed(trace);
      const words = [...trace.objects.values()].filter(({ kind }) => kind === 'word');
      assert.deepEqual(
        words.filter(({ buffer }) => buffer === undefined),
        [],
      );
      assert.deepEqual(
        trace.markers.filter(({ kind }) => kind === 'recorderError'),
        [],
      );
    });

    it('without a place to write, in one line, and the program is as it is', () =>
      withProgram({ 'main.cjs': crowd }, async (folder) => {
        const unwriting = args.filter((one) => !one.includes('fs-write'));
        const { stderr, ...outcome } = await folder.run('main.cjs', { args: unwriting });
        assert.deepEqual(outcome, { stdout: '', code: 0, signal: null });
        assert.match(stderr, /^threadlanes: cannot write a trace, [^\n]*\n$/);
        assert.deepEqual(folder.traceFiles(), []);
      }));

    it('many workers at once', () => recordCrowd(args));

    it('says which buffer a message is', () => recordCarried(args));

    it('a buffer of another realm is unknown', () => recordRealm(args, 2));

    it('one buffer never has two numbers, whatever handles of it a program makes', () =>
      withProgram({ 'main.cjs': handles }, async (folder) => {
        const plain = await folder.run('main.cjs', { args, record: false });
        const { outcome, trace } = await folder.record('main.cjs', { args });
        assert.deepEqual(outcome, plain);
        assert.deepEqual(outcome, { stdout: '', stderr: '', code: 0, signal: null });
        // What a wait found says which buffer it was.
        const numbers = new Map<number, Set<number>>();
        let unknown = 0;
        for (const { object, extra: arg } of trace.named('word.write')) {
          const number = trace.objects.get(object)?.buffer;
          if (number === undefined) unknown++;
          else numbers.set(number, (numbers.get(number) ?? new Set()).add(arg));
        }
        assert.ok(unknown > 0);
        assert.equal(numbers.size, 3);
        for (const thread of [0, 1]) {
          const errors = trace.markers.filter((one) => one.kind === 'recorderError' && one.thread === thread);
          assert.equal(errors.length, 1);
        }
      }));

    it('what is not seen is unknown, and said', async () => {
      const trace = await recordRoutes({ args }, everything);
      const { objects, names } = namesOf(trace);
      assert.deepEqual(
        names.filter((all) => all.length !== 1),
        [],
      );
      // Another handle of a buffer, or a memory.
      const unknown = Object.values(objects)
        .flat()
        .filter((id) => trace.objects.get(id)?.buffer === undefined);
      assert.ok(unknown.length > 0);
      const numbers = [...trace.objects.values()].flatMap(({ kind, buffer }) =>
        kind === 'word' && buffer !== undefined ? [buffer] : [],
      );
      assert.equal(new Set(numbers).size, numbers.length);
      assert.equal(trace.markers.filter(({ kind }) => kind === 'recorderError').length > 0, true);
    });
  });
});

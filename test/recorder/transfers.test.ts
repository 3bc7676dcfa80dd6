import assert from 'node:assert/strict';
import type { Trace, TracedEvent } from './recordedProgram.js';
import { withProgram } from './recordedProgram.js';

const wt = `const { Worker, isMainThread, parentPort, MessageChannel, receiveMessageOnPort, workerData } = require('node:worker_threads');`;
/** The wait starts the recording: what was posted before is not in the trace. */
const start = `${wt} Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);`;

interface Matched {
  /** Each message between two threads, as `from→to#sequence`: said by its events, and by the object's record. */
  readonly pairs: string[];
  readonly strays: string[];
}

function matched(trace: Trace): Matched {
  const pairs: string[] = [];
  const strays: string[] = [];
  for (const receive of trace.named('port.receive')) {
    // What workers print goes through ports, too.
    if (trace.objects.get(receive.object)?.name) continue;
    const post = trace
      .named('port.post')
      .find(({ object, arg, t }) => object === receive.object && arg === receive.arg && t <= receive.t);
    const name = `${post?.thread}→${receive.thread}#${receive.arg}`;
    (post ? pairs : strays).push(name);
  }
  return { pairs: pairs.sort(), strays };
}

/** The records of the ports that were handed on, as they are at the end. */
function ends(trace: Trace): string[] {
  const handedOn = new Set(trace.named('port.transfer').map(({ object }) => object));
  return [...handedOn].map((id) => {
    const record = trace.objects.get(id);
    return `${record?.from}→${record?.to}`;
  });
}

async function matches(program: string, head = start): Promise<{ trace: Trace } & Matched> {
  return withProgram({ 'main.cjs': `${head}\n${program}` }, async (folder) => {
    const plain = await folder.run('main.cjs', { record: false });
    const { outcome, trace } = await folder.record('main.cjs');
    assert.deepEqual(outcome, plain);
    return { trace, ...matched(trace) };
  });
}

describe('recorder: ports that go to another thread', () => {
  it('by workerData and by a message, with what was queued before', async () => {
    const { trace, pairs, strays } = await matches(`
      if (isMainThread) {
        const first = new MessageChannel(), second = new MessageChannel();
        first.port2.postMessage('queued 1');
        second.port2.postMessage('queued 2');
        const w = new Worker(__filename, { workerData: { p: first.port1 }, transferList: [first.port1] });
        w.postMessage([second.port1], [second.port1]);
        for (const { port2 } of [first, second]) port2.on('message', (m) => { console.log(m); port2.close(); });
      } else {
        workerData.p.on('message', (m) => workerData.p.postMessage(m + ' back'));
        parentPort.once('message', ([port]) => port.on('message', (m) => port.postMessage(m + ' back')));
      }`);
    assert.deepEqual(strays, []);
    assert.deepEqual(pairs, ['0→1#0', '0→1#0', '0→1#0', '1→0#0', '1→0#0']);
    assert.deepEqual(ends(trace), ['0→1', '0→1']);
  });

  it('between two workers, with ports that go through ports that were handed on', async () => {
    const { trace, pairs, strays } = await matches(`
      if (isMainThread) {
        const { port1, port2 } = new MessageChannel();
        const a = new Worker(__filename, { workerData: { port: port1, name: 'a' }, transferList: [port1] });
        const b = new Worker(__filename, { workerData: { port: port2, name: 'b' }, transferList: [port2] });
      } else if (workerData.name === 'a') {
        const { port } = workerData;
        const inner = new MessageChannel();
        inner.port1.postMessage('early');
        inner.port1.on('message', (m) => { console.log(m); inner.port1.close(); port.close(); });
        port.postMessage(1);
        port.postMessage({ unused: [new MessageChannel().port1.close()], deep: new Map([['x', new Set([inner.port2])]]) }, [inner.port2]);
      } else {
        let n = 0;
        workerData.port.on('message', (m) => {
          if (n++ === 0) return;
          const [port] = m.deep.get('x');
          port.on('message', (text) => port.postMessage(text + ' answered'));
        });
      }`);
    assert.deepEqual(strays, []);
    assert.deepEqual(pairs, ['1→2#0', '1→2#0', '1→2#1', '2→1#0']);
    assert.deepEqual(ends(trace).sort(), ['1→2', '1→2', '2→1']);
  });

  it('and back to the first owner, by receiveMessageOnPort too', async () => {
    const { trace, pairs, strays } = await matches(`
      if (isMainThread) {
        const { port1, port2 } = new MessageChannel(), wire = new MessageChannel();
        port1.postMessage('0 to main'); port2.postMessage('there 0');
        console.log(receiveMessageOnPort(port2).message);
        port1.postMessage('1'); port1.postMessage('2');
        const w = new Worker(__filename, { workerData: wire.port2, transferList: [wire.port2] });
        wire.port1.postMessage({ a: 1, b: { port2 } }, [port2]);
        w.once('message', (back) => {
          console.log(receiveMessageOnPort(back).message);
          back.postMessage('last');
          port1.on('message', (m) => { console.log(m); if (m === 'last') port1.close(); });
        });
      } else {
        let got;
        while (!(got = receiveMessageOnPort(workerData))) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
        const port = got.message.b.port2;
        console.log(receiveMessageOnPort(port).message);
        port.postMessage('from the worker');
        parentPort.postMessage(port, [port]);
      }`);
    assert.deepEqual(strays, []);
    // port1 to port2: '0 to main', '1', '2'. port2 to port1: 'there 0', 'from the worker', 'last'.
    assert.deepEqual(pairs, ['0→0#0', '0→0#0', '0→0#2', '0→0#2', '0→1#0', '0→1#1', '1→0#0', '1→0#1'].sort());
    assert.deepEqual(ends(trace).sort(), ['0→0', '0→1']);
  });

  it('several at once: each is known by its place', async () => {
    const { pairs, strays } = await matches(`
      if (isMainThread) {
        const said = [];
        process.on('exit', () => console.log(said.sort().join()));
        const channels = [0, 1, 2, 3].map(() => new MessageChannel());
        const list = channels.map(({ port2 }) => port2);
        const wire = new MessageChannel();
        const w = new Worker(__filename, { workerData: wire.port2, transferList: [wire.port2] });
        // The list has another order than the payload, and one that is not in it.
        w.postMessage({ '10': list[0], '2': list[1], rest: [list[2]] }, { transfer: [list[3], list[2], new ArrayBuffer(8), list[0], list[1]] });
        channels.forEach(({ port1 }, i) => {
          for (let k = 0; k <= i; k++) port1.postMessage(k);
          port1.on('message', (m) => { said.push(i + ' ' + m); port1.close(); });
        });
        wire.port1.unref();
      } else {
        parentPort.once('message', (m) => {
          for (const port of [m['10'], m['2'], ...m.rest]) {
            const wanted = port === m['10'] ? 1 : port === m['2'] ? 2 : 3;
            let n = 0;
            port.on('message', () => { if (++n === wanted) port.postMessage(n); });
          }
        });
        parentPort.addEventListener('message', ({ ports }) => ports[0].on('message', (k) => { if (k === 3) ports[0].postMessage(4); }), { once: true });
      }`);
    assert.deepEqual(strays, []);
    assert.deepEqual(pairs.filter((pair) => pair.startsWith('1')).length, 4);
    assert.deepEqual(pairs.length, 15);
  });

  it('a post that throws takes nothing with it', async () => {
    const { trace, pairs, strays } = await matches(`
      if (isMainThread) {
        const { port1, port2 } = new MessageChannel();
        const w = new Worker(__filename);
        try { w.postMessage({ port2, f() {} }, [port2]); } catch (e) { console.log(e.name); }
        try { w.postMessage({ port2 }, [port2, port2]); } catch (e) { console.log(e.name); }
        try { new Worker(__filename, { workerData: { port2, f() {} }, transferList: [port2] }); } catch (e) { console.log(e.name); }
        port1.postMessage('mine');
        console.log(receiveMessageOnPort(port2).message);
        const other = new MessageChannel();
        w.postMessage({ port2: other.port2 }, [other.port2]);
        other.port1.on('message', (m) => { console.log(m); other.port1.close(); });
      } else {
        parentPort.once('message', ({ port2 }) => port2.postMessage('hers'));
      }`);
    assert.deepEqual(strays, []);
    assert.deepEqual(pairs, ['0→0#0', '0→1#0', '1→0#0']);
    const { object } = trace.named('port.receive')[0] as TracedEvent;
    assert.equal(trace.objects.get(object)?.to, 0);
  });

  it('before anything is recorded, too', async () => {
    const program = `
      if (isMainThread) {
        const a = new MessageChannel(), b = new MessageChannel(), c = new MessageChannel();
        a.port1.postMessage(b.port1, [b.port1]);
        a.port1.postMessage(c.port1, [c.port1]);
        const port = receiveMessageOnPort(a.port2).message;
        b.port2.on('message', (m) => { console.log(m); b.port2.close(); });
        c.port2.on('message', (m) => { console.log(m); c.port2.close(); });
        new Worker(__filename, { workerData: port, transferList: [port] });
        receiveMessageOnPort(a.port2).message.postMessage('late');
      } else workerData.postMessage('from the worker');`;
    const { pairs, strays } = await matches(program, wt);
    assert.deepEqual(pairs, ['0→0#0', '1→0#0']);
    assert.deepEqual(strays, ['undefined→0#1']);
  });

  it('a port of Node’s own, of which nobody has heard, has an unknown other side', async () => {
    const { trace } = await matches(`
      if (isMainThread) {
        const w = new Worker(__filename);
        const stream = new ReadableStream({ start(c) { c.enqueue('streamed'); c.close(); } });
        w.postMessage(stream, [stream]);
      } else {
        parentPort.once('message', async (stream) => { for await (const part of stream) console.log(part); });
      }`);
    const ports = [...trace.objects.values()].filter(
      ({ kind, from, to }) => kind === 'port' && (from === undefined || to === undefined),
    );
    assert.ok(ports.every(({ from, to }) => from !== undefined || to !== undefined));
  });

  it('calls the getters of payloads and transfer lists as often as without us', () =>
    withProgram(
      {
        'main.cjs': `${wt}
          if (isMainThread) {
            const { port1, port2 } = new MessageChannel(), { port2: other } = new MessageChannel();
            const calls = [];
            const seen = (name, value) => ({ get() { calls.push(name); return value; }, enumerable: true });
            const payload = Object.defineProperties({ x: 1 }, { port2: seen('port2', port2), sab: seen('sab', new SharedArrayBuffer(4)) });
            const w = new Worker(__filename, { workerData: Object.defineProperties({}, { a: seen('data') }) });
            w.postMessage(payload, Object.defineProperties({}, { transfer: seen('transfer', [port2]) }));
            w.postMessage([other], new Set([other]));
            console.log(calls.join());
            port1.on('message', (m) => { console.log(m); port1.close(); });
          } else parentPort.once('message', ({ port2 }) => port2.postMessage('got'));`,
      },
      async (folder) => {
        const plain = await folder.run('main.cjs', { record: false });
        const { outcome } = await folder.record('main.cjs');
        assert.deepEqual(outcome, plain);
        assert.equal(outcome.stdout, 'data,transfer,port2,sab\ngot\n');
      },
    ));
});

import assert from 'node:assert/strict';
import { withProgram } from './recordedProgram.js';

const wt = `const { Worker, isMainThread, workerData } = require('node:worker_threads');`;

describe('recorder: Atomics.waitAsync', () => {
  it('says that it waits, and how that ended', () =>
    withProgram(
      {
        'main.cjs': `${wt}
          if (!isMainThread) {
            const end = Date.now() + 20000;
            while (Atomics.notify(workerData, 1) === 0 && Date.now() < end);
          } else {
            const words = new Int32Array(new SharedArrayBuffer(16));
            const worker = new Worker(__filename, { workerData: words });
            const show = ({ async, value }) => console.log(async, value);
            show(Atomics.waitAsync(words, 0, 1));
            show(Atomics.waitAsync(words, 0, 0, 0));
            Atomics.waitAsync(words, 1, 0).value.then((how) => {
              console.log(how);
              return Atomics.waitAsync(words, 2, 0, 5).value;
            }).then((how) => { console.log(how); clearInterval(alive); });
            const alive = setInterval(() => {}, 1000);
          }`,
      },
      async (folder) => {
        const plain = await folder.run('main.cjs', { record: false });
        const { outcome, trace } = await folder.record('main.cjs');
        assert.deepEqual(outcome, plain);
        assert.equal(outcome.stdout, 'false not-equal\nfalse timed-out\nok\ntimed-out\n');
        const events = trace.allEvents.filter(({ thread, name }) => thread === 0 && name.startsWith('word.'));
        const offsets = events.map(({ object }) => trace.objects.get(object)?.offset);
        assert.deepEqual(
          events.map(({ name, arg, extra, site }, i) => [name, offsets[i], arg, extra, site?.line]),
          [
            ['word.unequal', 0, NaN, 0, 9],
            ['word.waitAsync', 0, 0, 0, 10],
            ['word.timeout', 0, NaN, 0, 10],
            ['word.waitAsync', 4, 0, -1, 11],
            ['word.woken', 4, NaN, 0, 11],
            ['word.waitAsync', 8, 0, 5, 13],
            ['word.timeout', 8, NaN, 0, 13],
          ],
        );
        const woken = events.find(({ name }) => name === 'word.woken');
        const notified = trace.named('word.notify').find(({ arg }) => arg === 1);
        assert.ok(woken && woken.object === notified?.object);
      },
    ));

  it('gives Node’s own result, and leaves the order of the program’s reactions', () =>
    withProgram(
      {
        'main.cjs': `${wt}
          new Worker('', { eval: true });
          const log = [];
          const { then } = Promise.prototype;
          const words = new Int32Array(new SharedArrayBuffer(16));
          Promise.prototype.then = function (...args) { log.push('then'); return then.apply(this, args); };
          const first = Atomics.waitAsync(words, 0, 0), second = Atomics.waitAsync(words, 0, 0), third = Atomics.waitAsync(words, 1, 0);
          console.log(log.join(), Object.getPrototypeOf(first) === Object.prototype, JSON.stringify(Object.getOwnPropertyDescriptors(first)),
            Reflect.ownKeys(first.value).length, Object.getPrototypeOf(first.value) === Promise.prototype, first.value.constructor === Promise);
          Promise.prototype.then = then;
          const tick = (what, n) => { log.push(what + n); if (n > 0) Promise.resolve().then(() => tick(what, n - 1)); };
          for (const [name, { value }] of Object.entries({ first, second, third })) {
            value.then((how) => { log.push(name, how); tick(name, 3); });
            (async () => { log.push('awaited ' + name + (await value)); tick('after ' + name, 2); })();
          }
          tick('before', 4);
          Atomics.notify(words, 0);
          Atomics.notify(words, 1);
          queueMicrotask(() => log.push('microtask'));
          process.nextTick(() => log.push('tick'));
          const alive = setInterval(() => {
            if (!log.includes('third3')) return;
            clearInterval(alive);
            setImmediate(() => console.log(log.join('\\n')));
          }, 5);
          process.on('unhandledRejection', () => console.log('unhandled'));`,
      },
      async (folder) => {
        const plain = await folder.run('main.cjs', { record: false });
        const { outcome, trace } = await folder.record('main.cjs');
        assert.deepEqual(outcome, plain);
        assert.match(outcome.stdout, /third3/);
        assert.equal(trace.named('word.woken').length, 3);
      },
    ));

  it('does not keep the program alive', () =>
    withProgram(
      {
        'main.cjs': `${wt}
          const words = new Int32Array(new SharedArrayBuffer(16));
          const worker = new Worker('', { eval: true });
          worker.on('exit', () => {
            Atomics.waitAsync(words, 0, 0).value.then(() => console.log('never'));
            Atomics.waitAsync(words, 0, 0, 60000).value.then(() => console.log('never'));
            console.log(process.getActiveResourcesInfo().join());
          });
          process.on('exit', (code) => console.log('exit', code));`,
      },
      async (folder) => {
        const plain = await folder.run('main.cjs', { record: false });
        const { outcome, trace } = await folder.record('main.cjs');
        assert.deepEqual(outcome, plain);
        assert.match(outcome.stdout, /exit 0\n$/);
        assert.deepEqual(
          trace.named('word.waitAsync').map(({ extra }) => extra),
          [-1, 60000],
        );
      },
    ));

  it('refuses and converts as without the recorder', () =>
    withProgram(
      {
        'main.cjs': `${wt}
          new Worker('', { eval: true });
          const log = [];
          const odd = (name, value) => ({ valueOf() { log.push(name); return value; } });
          const words = new Int32Array(new SharedArrayBuffer(16)), big = new BigInt64Array(new SharedArrayBuffer(16));
          for (const args of [[], [words], [words, 4, 0], [words, -1, 0], [new Int32Array(4), 0, 0], [new Uint8Array(new SharedArrayBuffer(4)), 0, 0],
            [words, 0, 0n], [big, 0, 0], [big, 0, 1n], [words, odd('i', 0), odd('v', 1), odd('t', 1)], [words, odd('i', 9), odd('v', 1), odd('t', 1)],
            [words, 0, 0, Symbol('t')], [words, 0, 0, -1], [words, 0, 0, '0'], [words, 0, 0, null], [words, 0, '0', 0], [words, 0, 1, NaN]]) {
            try { console.log(JSON.stringify(Atomics.waitAsync(...args))); } catch (e) { console.log(e.name, e.message); }
            console.log(log.splice(0).join());
          }`,
      },
      async (folder) => {
        const plain = await folder.run('main.cjs', { record: false });
        assert.deepEqual(await folder.run('main.cjs'), plain);
        assert.match(plain.stdout, /"value":"not-equal"/);
      },
    ));
});

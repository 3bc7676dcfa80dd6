import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { RecorderSettings } from '../../src/probe/settings.js';
import { opSpec } from '../../src/trace/ops.js';
import type { TracedEvent } from './recordedProgram.js';
import { withProgram } from './recordedProgram.js';

const executable = process.env['THREADLANES_TEST_NODE'] ?? process.execPath;
const hasWebLocks =
  spawnSync(executable, ['-p', "typeof require('node:worker_threads').locks"], { encoding: 'utf8' }).stdout.trim() ===
  'object';

const head = `const { Worker, isMainThread, locks, parentPort, workerData } = require('node:worker_threads');
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
`;

/** `2 acquired a #1 exclusive @5`: what a thread did with a lock, for which request, at which line. */
function saidOf(trace: { objects: Map<number, { name: string | null }> }, event: TracedEvent): string {
  const { thread, name, object, arg, extra, site } = event;
  const { arg: first, extra: second } = opSpec(event.op) ?? {};
  const operands = [[first, arg] as const, [second, extra] as const].flatMap(([operand, value]) => {
    if (operand === undefined || Number.isNaN(value) || operand.name === 'timeout') return [];
    return Array.isArray(operand.type) ? [String(operand.type[value])] : [`#${value}`];
  });
  const at = site === null ? '' : ` @${site.line}`;
  return `${thread} ${name.replace('lock.', '')} ${trace.objects.get(object)?.name} ${operands.join(' ')}${at}`;
}

async function lockEvents(program: string): Promise<string[]> {
  return withProgram({ 'main.cjs': head + program }, async (folder) => {
    const plain = await folder.run('main.cjs', { record: false });
    const { outcome, trace } = await folder.record('main.cjs');
    assert.deepEqual(outcome, plain);
    return trace.allEvents.filter(({ name }) => name.startsWith('lock.')).map((event) => saidOf(trace, event));
  });
}

describe('recorder: web locks', () => {
  before(function () {
    if (!hasWebLocks) {
      this.test?.parent?.tests.forEach((test) => (test.title += ' (this Node has no Web Locks)'));
      this.skip();
    }
  });

  it('one that is free is one event, and its release', async () => {
    assert.deepEqual(
      await lockEvents(`
        locks.request('a', (lock) => console.log(lock.name, lock.mode, typeof this));
        locks.request(
          'b',
          { mode: 'shared' },
          async () => { await sleep(1); return 'kept'; },
        ).then(console.log);`),
      ['0 acquired a #1 exclusive @4', '0 release a #1', '0 acquired b #2 shared @5', '0 release b #2'],
    );
  });

  it('one that is taken waits, and is told with the line of its request', async () => {
    assert.deepEqual(
      await lockEvents(`
        locks.request('a', () => sleep(20)).then(() => console.log('first'));
        locks.request('a', { mode: 'shared' }, (...args) => console.log(args.length)).then(() => console.log('second'));`),
      [
        '0 acquired a #1 exclusive @4',
        '0 request a #2 #0',
        '0 acquire a shared @5',
        '0 release a #1',
        '0 acquired a #2 shared @5',
        '0 release a #2',
      ],
    );
  });

  it('one that is made inside another says so, also after an await, and when its promise is what is returned', async () => {
    assert.deepEqual(
      await lockEvents(`
        (async () => {
          await locks.request('a', async () => {
            await sleep(1);
            await locks.request('b', () => sleep(1));
          });
          await locks.request('c', () => locks.request('d', () => sleep(1)));
          await locks.request('e', () => 1);
        })();`),
      [
        '0 acquired a #1 exclusive @5',
        '0 request b #2 #1',
        '0 acquired b #2 exclusive @7',
        '0 follow a #1 #2',
        '0 release b #2',
        '0 release a #1',
        '0 acquired c #3 exclusive @9',
        '0 request d #4 #3',
        '0 acquired d #4 exclusive @9',
        '0 follow c #3 #4',
        '0 release d #4',
        '0 release c #3',
        '0 acquired e #5 exclusive @10',
        '0 release e #5',
      ],
    );
  });

  /** Which callbacks wait for a request for `b`, of those that are run with a lock. `b` is taken until it is asked for. */
  async function thoseThatFollow(
    cases: readonly (readonly [inside: string, around?: string])[],
    settings: RecorderSettings = {},
  ): Promise<boolean[]> {
    const files = cases.map(([inside, around = ''], i) => [
      `case${i}.cjs`,
      `${head}${around}\nmodule.exports = async () => {
        const isAskedFor = async () => (await locks.query()).pending.some(({ name }) => name === 'b');
        const busy = locks.request('b', async () => {
          while (!(await isAskedFor())) await sleep(5);
        });
        await locks.request('a', ${inside});
        await busy;
      };`.replaceAll(/'([ab])'/g, `'$1${i}'`),
    ]);
    const main = `(async () => {
      await Promise.all([${files.map(([name]) => `require('./${name}')()`).join()}]);
    })();`;
    return withProgram({ 'main.cjs': main, ...(Object.fromEntries(files) as object) }, async (folder) => {
      const { outcome, trace } = await folder.record('main.cjs', { settings });
      assert.equal(outcome.code, 0, outcome.stderr);
      const followed = trace.allEvents.filter(({ name }) => name === 'lock.follow');
      return cases.map((_, i) => followed.some(({ object }) => trace.objects.get(object)?.name === `a${i}`));
    });
  }

  async function assertFollows(expected: boolean, cases: readonly (readonly [string, string?])[]): Promise<void> {
    const follows = await thoseThatFollow(cases);
    for (const [i, [inside, around = '']] of cases.entries())
      assert.equal(follows[i], expected, `${inside}\n${around}`);
  }

  it('a callback that awaits a request holds its lock as long as that, also through functions of the program', async () => {
    await assertFollows(true, [
      ["async () => { await locks.request('b', () => 1); }"],
      ["async () => { await sleep(1); return locks.request('b', () => 1); }"],
      ["async () => { try { await sleep(1); (await locks.request('b', () => 1)).x; } catch {} }"],
      ['() => save()', "const save = () => locks.request('b', () => 1);"],
      ['async () => { await save(); }', "async function save() { await locks.request('b', () => 1); }"],
      [
        'async () => { await outer(); }',
        "const outer = async () => await save(); async function save() { await sleep(1); await locks.request('b', () => 1); }",
      ],
      ['async () => { await store.save(); }', "const store = { save() { return locks.request('b', () => 1); } };"],
      [
        'async () => { await new Store().both(); }',
        `class Store {
          both() { return this.#both(); }
          async #both() { await this.#save(); }
          async #save() { await locks.request('b', () => 1); }
        }`,
      ],
      [
        'Store.both',
        `class Store {
          static async #save() { await sleep(1); await locks.request('b', () => 1); }
          static both = async () => { await Store.#save(); };
        }`,
      ],
      ['outer', "async function outer() { await sleep(1); await locks.request('b', () => 1); }"],
      [
        "() => under('c', async () => { await under('b', () => 1); })",
        'const under = (name, callback) => locks.request(name, callback);',
      ],
      // Another callback has the same text.
      [
        "async () => { await locks.request('b', () => 1); }",
        "() => locks.request('c', async () => { await locks.request('b', () => 1); })",
      ],
      // Its own text has numbers in it.
      ["async (lock) => { Atomics.load(new Int32Array(1), 0); await locks.request('b', () => 1); }"],
    ]);
  });

  it('nothing is said of a callback that may do without', async () => {
    await assertFollows(false, [
      ["async () => { const p = locks.request('b', () => 1); await sleep(1); await p; }"],
      ["async () => { await Promise.race([locks.request('b', () => 1), sleep(1)]); }"],
      ["async () => { locks.request('b', () => 1); await sleep(1); }"],
      ['async () => { save(); await sleep(1); }', "const save = async () => { await locks.request('b', () => 1); };"],
      [
        'async () => { await Promise.race([save(), sleep(1)]); }',
        "const save = async () => { await sleep(1); await locks.request('b', () => 1); };",
      ],
      [
        'async () => { await save(); }',
        `const inner = { save: async () => { await sleep(1); await locks.request('b', () => 1); } };
        const save = () => Promise.race([inner.save(), sleep(5)]);`,
      ],
      [
        'async () => { await timed.save(); }',
        `const inner = { save: async () => { await sleep(1); await locks.request('b', () => 1); } };
        const timed = { save: () => Promise.race([inner.save(), sleep(5)]) };`,
      ],
      [
        'async () => { await timed.save(); }',
        `const inner = { save: async () => { await locks.request('b', () => 1); } };
        const timed = { save: () => Promise.race([inner.save(), sleep(5)]) };`,
      ],
      // A function of the same text is called inside the callback, which does not wait for it.
      [
        '() => save()',
        `let isFirst = true;
        const save = async () => {
          if (!isFirst) return locks.request('b', () => 1);
          isFirst = false;
          again();
          await sleep(5);
        };
        const again = () => save();`,
      ],
      [
        'async () => { await [1].map(save); await sleep(1); }',
        "const save = async () => { await locks.request('b', () => 1); };",
      ],
      [
        "async () => { await pool.request('b', async () => { await locks.request('b', () => 1); }); }",
        'const pool = { request: (name, callback) => Promise.race([callback(), sleep(5)]) };',
      ],
      [`async () => { await eval("(async () => { await locks.request('b', () => 1); })()"); }`],
    ]);
  });

  it('it is known from the text, where that is read', async () => {
    const [read, unread] = await Promise.all([
      thoseThatFollow([["async () => { await locks.request('b', () => 1); }"]]),
      thoseThatFollow([["async () => { await locks.request('b', () => 1); }"]], { sites: 'dynamic' }),
    ]);
    assert.deepEqual([read, unread], [[true], [false]]);
  });

  it('a request that is granted in the release of another is not inside that one', async () => {
    assert.deepEqual(
      await lockEvents(`
        locks.request('a', () => sleep(5));
        locks.request('a', () => locks.request('b', () => 1));`).then((events) =>
        events.filter((event) => event.includes(' request b')),
      ),
      ['0 request b #3 #2'],
    );
  });

  it('a try, a signal and a theft', async () => {
    assert.deepEqual(
      await lockEvents(`
        (async () => {
          const held = locks.request('a', () => sleep(400));
          await locks.request('a', { ifAvailable: true }, (lock) => console.log(lock));
          const abort = new AbortController();
          const waiting = locks.request('a', { signal: abort.signal }, () => console.log('never'));
          setTimeout(() => abort.abort(), 5);
          await waiting.catch((error) => console.log(error.name));
          await held;
          await sleep(1); // Node gives the lock to the aborted request for a moment.
          await locks.request('a', { ifAvailable: true }, () => 1);
          const robbed = locks.request('b', () => sleep(1)).catch((error) => console.log(error.name));
          await locks.request('b', { steal: true }, () => 1);
          await robbed;
        })();`),
      [
        '0 acquired a #1 exclusive @5',
        '0 refused a busy #2 @6',
        '0 request a #3 #0',
        '0 acquire a bounded @8',
        '0 refused a aborted #3 @8',
        '0 release a #1',
        '0 acquired a #4 bounded @13',
        '0 release a #4',
        '0 acquired b #5 exclusive @14',
        '0 refused b stolen #5',
        '0 acquired b #6 steal @15',
        '0 release b #6',
      ],
    );
  });

  it('a name is one object for all threads, and what ends a wait is never later than the wait', async () => {
    const program = `
      if (isMainThread) {
        const w = new Worker(__filename);
        locks.request('a', () => new Promise((done) => w.on('message', () => setTimeout(done, 20))));
      } else {
        parentPort.ref(); // A request alone keeps no thread.
        locks.request('a', () => console.log('got it')).then(() => parentPort.close());
        parentPort.postMessage('asked');
      }`;
    assert.deepEqual(await lockEvents(program), [
      '0 acquired a #1 exclusive @6',
      '1 request a #1 #0',
      '1 acquire a exclusive @9',
      '0 release a #1',
      '1 acquired a #1 exclusive @9',
      '1 release a #1',
    ]);
  });

  it('what Node refuses, converts or looks at stays as it is, and is no request when it is refused', async () => {
    const events = await lockEvents(`
      const log = [];
      const attempt = async (...args) => {
        try { log.push(await locks.request(...args)); } catch (error) { log.push(error.name + ': ' + error.message); }
      };
      const seen = (name) => ({ get [name]() { log.push(name); return undefined; } });
      (async () => {
        await attempt();
        await attempt('x');
        await attempt(Symbol('x'), () => 1);
        await attempt('-x', () => 1);
        await attempt('x', { mode: 'none' }, () => 1);
        await attempt('x', { steal: true, ifAvailable: true }, () => 1);
        await attempt('x', { signal: AbortSignal.abort() }, () => 1);
        await attempt('x', { signal: 5 }, () => 1);
        await attempt({ toString: () => { log.push('name'); return 'named'; } }, () => 2);
        await attempt({ toString: () => { throw new RangeError('no name'); } }, () => 3);
        await attempt('x', Object.defineProperties({}, Object.getOwnPropertyDescriptors(
          Object.assign(Object.create(null), seen('mode')))), () => 4);
        await attempt('x', new Proxy({}, { get: (_, key) => { log.push(String(key)); } }), () => 5);
        await attempt('x', { then: 1 }, function () { return [this === undefined, arguments.length]; });
        await attempt('x', undefined, undefined);
        await attempt('x', () => 6, undefined);
        await attempt('x', () => { throw new TypeError('mine'); });
        await attempt('y', () => Promise.reject(new TypeError('later')));
        await attempt('z', () => ({ then: (done) => { log.push('then'); done(7); } }));
        console.log(log);
      })();`);
    assert.deepEqual(
      events.filter((event) => event.includes('acquired')).map((event) => event.split(' ')[2]),
      ['named', 'x', 'x', 'x', 'x', 'x', 'y', 'z'],
    );
  });

  it('the lock of a callback that throws is said to be held for as long as Node keeps it', async () => {
    const events = await lockEvents(`
      locks.request('a', () => { throw new Error('mine'); }).catch(() => {});
      setTimeout(async () => console.log((await locks.query()).held.length), 20);`);
    const held = events.includes('0 release a #1') ? 0 : 1;
    assert.deepEqual(events, held === 1 ? ['0 acquired a #1 exclusive @4'] : events);
  });

  it('is not seen in the function, in the order of microtasks and in other contexts', async () => {
    await lockEvents(`
      const { AsyncLocalStorage } = require('node:async_hooks');
      const own = new AsyncLocalStorage();
      const { request } = locks;
      const descriptor = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(locks), 'request');
      console.log(request.name, request.length, Object.keys(descriptor), descriptor.enumerable, descriptor.writable);
      console.log('prototype' in request, Object.getPrototypeOf(request) === Object.getPrototypeOf(async () => {}));
      console.log(Object.prototype.toString.call(request), navigator.locks === locks, Object.getOwnPropertyNames(request));
      try { new request('a', () => 1); } catch (error) { console.log(error.name); }
      const order = [];
      const ticks = (name) => {
        let chain = Promise.resolve();
        for (let i = 0; i < 12; i++) chain = chain.then(() => order.push(name + i));
      };
      class Own extends Promise {}
      const ways = [() => 1, async () => 2, () => Promise.resolve(3), () => new Own((done) => done(4))];
      own.run('outside', async () => {
        for (const [i, way] of ways.entries()) {
          order.push('ask' + i);
          const promise = locks.request('order' + i, way);
          console.log(promise.constructor === Promise, Reflect.ownKeys(promise).length);
          ticks('t' + i + '.');
          await promise.then((value) => order.push('settled' + value));
          await locks.request('context', () => console.log(own.getStore()));
        }
        await sleep(1);
        console.log(order.join(' '), own.getStore(), process.getActiveResourcesInfo().sort().join());
      });`);
  });

  it('a promise that is the program’s own class is not touched', async () => {
    assert.deepEqual(
      await lockEvents(`
        let made = 0;
        class Own extends Promise { constructor(run) { super(run); made++; } }
        locks.request('a', () => new Own((done) => setTimeout(done, 5))).then(() => console.log(made));`),
      ['0 acquired a #1 exclusive @6', '0 release a #1'],
    );
  });
});

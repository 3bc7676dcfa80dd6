/** Call sites from numbered code against those of captured stacks: the same program is recorded in both ways. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { RecorderSettings } from '../../src/probe/settings.js';
import type { RunOptions, Trace, TracedEvent } from './recordedProgram.js';
import { major, withProgram } from './recordedProgram.js';

const mutex = `'use strict';
class Mutex {
  constructor(buffer, index = 0) {
    this.words = new Int32Array(buffer);
    this.index = index;
  }
  acquire() {
    while (Atomics.compareExchange(this.words, this.index, 0, 1) !== 0) Atomics.wait(this.words, this.index, 1);
  }
  release() {
    Atomics.store(this.words, this.index, 0);
    Atomics.notify(this.words, this.index, 1);
  }
  locked(body) {
    this.acquire();
    try {
      return body();
    } finally {
      this.release();
    }
  }
}
`;
const threaded = `new (require('node:worker_threads').Worker)('', { eval: true });`;

/** `file:line:column function`, innermost first. */
function framesOf(trace: Trace, event: TracedEvent): string[] {
  return (trace.stacks[event.stack] ?? []).map((index) => {
    const site = trace.sites[index];
    const path = trace.files[site?.file ?? -1]?.path;
    return `${path}:${site?.line}:${site?.column} ${site?.fn}`;
  });
}

const isAsked = ({ name, thread }: TracedEvent): boolean => thread === 0 && /^(?:word|lock|queue|event)\./.test(name);

interface Told {
  readonly name: string;
  readonly frames: readonly string[];
  readonly sampled: boolean;
}

async function told(
  files: Readonly<Record<string, string>>,
  main: string,
  settings: RecorderSettings,
): Promise<Told[]> {
  return withProgram(files, async (folder) => {
    const { outcome, trace } = await folder.record(main, { settings });
    assert.deepEqual([outcome.code, outcome.stderr], [0, '']);
    return trace.allEvents
      .filter(isAsked)
      .map((event) => ({ name: event.name, frames: framesOf(trace, event), sampled: event.sampled }));
  });
}

/**
 * Every call site that the registers gave is where the stack says: the operation is the innermost frame, and the lock's
 * caller is one of the others. A sampled one is an earlier event's, and says so. Gives what both say.
 */
async function agreed(
  files: Readonly<Record<string, string>>,
  main = 'main.cjs',
): Promise<readonly (Told & { readonly truth: readonly string[] })[]> {
  const numbered = await told(files, main, { siteBudget: 0 });
  const exact = await told(files, main, { sites: 'exact' });
  assert.deepEqual(
    numbered.map(({ name }) => name),
    exact.map(({ name }) => name),
  );
  return numbered.map((event, i) => {
    const truth = exact[i]?.frames ?? [];
    if (event.sampled) return { ...event, truth };
    assert.equal(event.frames[0], truth[0], `${event.name} ${i}`);
    const rest = event.frames.slice(1).map((frame) => truth.indexOf(frame));
    assert.ok(
      rest.every((at) => at > 0),
      `${event.name} ${i}: ${event.frames.join(' < ')} is not in ${truth.join(' < ')}`,
    );
    return { ...event, truth };
  });
}

/** The lock's caller: the first frame outside of its file. */
const callerIn = (frames: readonly string[], lockFile: string): string | undefined =>
  frames.find((frame) => !frame.startsWith(lockFile));

describe('recorder: numbered call sites', () => {
  it('of a lock in a file of its own: the operation and who called the lock', async () => {
    const main = `${threaded}
      const { Mutex } = require('./mutex.cjs');
      const m = new Mutex(new SharedArrayBuffer(4));
      function once() { m.acquire();   m.release(); }
      const twice = () => { once(); m.acquire(); m.release(); };
      for (let i = 0; i < 40; i++) { twice(); m.locked(() => once.name); }
      m.locked(() => 1) ?? m.acquire();
    `;
    const events = await agreed({ 'mutex.cjs': `${mutex}module.exports = { Mutex };`, 'main.cjs': main });
    assert.ok(events.length > 300);
    for (const { frames, truth, sampled, name } of events) {
      assert.equal(sampled, false);
      assert.equal(callerIn(frames, 'mutex.cjs'), callerIn(truth, 'mutex.cjs'), name);
    }
  });

  it('of a lock over a lock, aliases, callbacks and awaits', async () => {
    const files = {
      'mutex.cjs': `${mutex}exports.Mutex = Mutex; exports.take = (m) => { m.acquire(); };`,
      'queue.cjs': `'use strict';
        const { Mutex } = require('./mutex.cjs');
        module.exports = class Ring {
          words = new Int32Array(new SharedArrayBuffer(16));
          m = new Mutex(this.words.buffer);
          offer(value) { this.m.acquire(); Atomics.add(this.words, 1, value); Atomics.notify(this.words, 1); this.m.release(); }
          async drain() { await null; this.m.acquire(); const n = Atomics.exchange(this.words, 1, 0); this.m.release(); return n; }
          each(body) { [1, 2].forEach((n) => { Atomics.store(this.words, 2, n); body(n); }); }
          opener() { this.m.acquire(); return () => this.m.release(); }
          get size() { return Atomics.or(this.words, 1, 0); }
        };`,
      'main.cjs': `${threaded}
        const Ring = require('./queue.cjs');
        const { take: grab, Mutex } = require('./mutex.cjs');
        const q = new Ring(), m = new Mutex(new SharedArrayBuffer(4));
        const spread = (...args) => q.offer(...args);
        async function main() {
          for (let i = 0; i < 20; i++) {
            q.offer(i); spread(i); q.each((n) => { m.acquire(); q.offer(n); m.release(); });
            grab(m); m.release();
            await q.drain();
            const close = q.opener(); m.locked(() => 1); close();
            [q][0].offer(2); q['offer'](3); q.offer.call(q, 4); void q.size;
            setTimeout(() => q.offer(5), 0); await new Promise((done) => setTimeout(() => { m.acquire(); m.release(); done(); }, 1));
          }
        }
        main();`,
    };
    const events = await agreed(files);
    const stillAsked = events.filter(({ frames }) => frames.length === 1);
    assert.ok(stillAsked.length < events.length / 4, `${stillAsked.length} of ${events.length} have no caller`);
  });

  it('of a program in one file: its functions are the lock, its main is not', async () => {
    const events = await agreed({
      'main.cjs': `'use strict'; ${threaded}
        const words = new Int32Array(new SharedArrayBuffer(8));
        function lock(i) { while (Atomics.compareExchange(words, i, 0, 1) !== 0) Atomics.wait(words, i, 1); }
        function unlock(i) { Atomics.store(words, i, 0), Atomics.notify(words, i); }
        const raise = (i) => Atomics.add(words, i, 1);
        function main() { for (let i = 0; i < 30; i++) { lock(0); raise(1); unlock(0); Atomics.sub(words, 1, 1); } }
        main();
      `,
    });
    for (const { frames, truth } of events) assert.ok(frames.length > 1 || truth[0]?.endsWith(' main'), frames.join());
  });

  it('are taken from stacks alone where a debugger or coverage shows the code', () =>
    withProgram(
      { 'main.cjs': `${threaded} ${mutex} console.log(typeof __tl$, process.execArgv.length);` },
      async (folder) => {
        const typeOf = async (options: RunOptions): Promise<string | undefined> =>
          (await folder.run('main.cjs', options)).stdout.split(' ')[0];
        assert.equal(await typeOf({}), 'object');
        assert.equal(await typeOf({ settings: { sites: 'dynamic' } }), 'undefined');
        assert.equal(await typeOf({ settings: { sites: 'exact' } }), 'undefined');
        assert.equal(await typeOf({ args: ['--inspect=0'] }), 'undefined');
        assert.equal(await typeOf({ env: { NODE_V8_COVERAGE: folder.path } }), 'undefined');
      },
    ));

  it('do not show in functions, globals and errors of the program', () =>
    withProgram(
      {
        'mutex.cjs': `${mutex}module.exports = { Mutex };`,
        'bad.cjs': `exports.a = Atomics.load(new Int32Array(1), 0\n`,
        'main.cjs': `${threaded}
          const { Mutex } = require('./mutex.cjs');
          const m = new Mutex(new SharedArrayBuffer(4));
          const use = () => { m.acquire(); m.release(); };
          use();
          console.log(String(use), String(Mutex), Mutex.prototype.acquire.toString(), Mutex.length, use.name);
          console.log(Object.keys(globalThis).join(), JSON.stringify(Object.keys(module)));
          try { m.release(missing) } catch (e) { console.log(e.stack.replace(/:\\d+\\)/g, ')').split('\\n').slice(0, 2).join()) }
          try { require('./bad.cjs') } catch (e) { console.log(e.name, e.message) }
          try { m.acquire().none() } catch (e) { console.log(e.message) } finally { m.release() }
          setTimeout(() => { throw new Error('last') });
        `,
      },
      async (folder) => {
        const plain = await folder.run('main.cjs', { record: false });
        assert.deepEqual(await folder.run('main.cjs'), plain);
        assert.deepEqual(await folder.run('main.cjs'), plain, 'with what was kept of the first run');
      },
    ));

  for (const [what, call, none] of [
    ['a function that is no lock’s', 'x.acquire()', '{ acquire() {}, release() {} }'],
    ['nothing', 'x?.acquire()', 'null'],
  ] as const) {
    it(`of calls that come to ${what} are not those of who calls a lock next`, async () => {
      const main = `${threaded}
        const { Mutex } = require('./mutex.cjs');
        const m = new Mutex(new SharedArrayBuffer(4));
        const none = ${none};
        const take = 'acquire';
        function a(x) { ${call}; }
        function b() { m[take](); }
        for (let i = 0; i < 20; i++) { a(m); m.release(); }
        for (let i = 0; i < 5; i++) { a(none); b(); m.release(); }
      `;
      const events = await agreed({ 'mutex.cjs': `${mutex}module.exports = { Mutex };`, 'main.cjs': main });
      assert.ok(events.some(({ truth }) => truth[1]?.endsWith(' b')));
    });
  }

  it('of ES modules and of TypeScript, where Node lets them be read', async () => {
    const files = {
      'mutex.mjs': `${mutex.replace('class', 'export class')}`,
      'main.mjs': `import { Worker } from 'node:worker_threads';
        import { Mutex as Lock } from './mutex.mjs';
        new Worker('', { eval: true });
        const m = new Lock(new SharedArrayBuffer(4));
        export const twice = () => { m.acquire(); m.release(); };
        for (let i = 0; i < 40; i++) twice();
        await null;
        m.acquire(), m.release();
      `,
    };
    const events = await agreed(files, 'main.mjs');
    assert.ok(events.every(({ sampled, frames }) => !sampled && frames.length > 0) || major < 22);
  });

  it('of the library’s own objects: the program’s line, exact for every event', async () => {
    const library = buildSync({
      entryPoints: [join(__dirname, '../../src/index.ts')],
      ...{ bundle: true, platform: 'node', target: 'node20', format: 'cjs', write: false },
    });
    const files = {
      'node_modules/threadlanes/package.json': '{ "name": "threadlanes", "main": "dist/index.cjs" }',
      'node_modules/threadlanes/dist/index.cjs': library.outputFiles[0]?.text ?? '',
      'main.cjs': `const { Lock, Queue, Event } = require('threadlanes');
        const lock = new Lock(), queue = new Queue(), event = new Event();
        function use() { lock.acquire(); queue.put(1); lock.release(); queue.get(); event.set(); event.clear(); }
        for (let i = 0; i < 3000; i++) use();`,
    };
    const events = await told(files, 'main.cjs', { siteBudget: 0 });
    assert.equal(events.length, 18_000);
    assert.ok(events.every(({ sampled, frames }) => !sampled && frames.length === 1));
    assert.equal(new Set(events.map(({ name, frames }) => `${name} ${frames[0]}`)).size, 6);
  });
});

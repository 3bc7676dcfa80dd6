import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { builtRecorder, major, withProgram } from './recordedProgram.js';
import type { ProgramFolder, RunOptions } from './recordedProgram.js';

const threaded = `
  const { Worker } = require('node:worker_threads');
  const worker = new Worker('require("node:worker_threads").parentPort.on("message", (m) => { console.log(m); process.exit(3); })', { eval: true });
  worker.postMessage('hello');
  worker.on('exit', (c) => console.log('exit', c, worker.threadId));`;

/** The program does what it does without us, and standard error says one line of ours at most. */
async function assertUnharmed(folder: ProgramFolder, options: RunOptions, told: RegExp | null): Promise<void> {
  const plain = await folder.run('main.cjs', { ...options, record: false, env: {}, args: [] });
  const outcome = await folder.run('main.cjs', options);
  assert.deepEqual({ ...outcome, stderr: '' }, plain);
  const lines = outcome.stderr.split('\n').filter((line) => line !== '');
  if (told === null) assert.deepEqual(lines, []);
  else {
    assert.equal(lines.length, 1, outcome.stderr);
    assert.match(lines[0] as string, told);
  }
}

/** A copy of the recorder in the program's folder. */
async function copyRecorder(folder: ProgramFolder, name: string): Promise<string> {
  cpSync(dirname(await builtRecorder()), join(folder.path, name), { recursive: true });
  return join(folder.path, name, 'register.cjs');
}

describe('recorder: bad input', () => {
  it('a setting with a value that is not allowed: one line, and its default', () =>
    withProgram({ 'main.cjs': threaded }, async (folder) => {
      const env = { THREADLANES: '{"whenFull":"sometimes","ringEvents":128}' };
      await assertUnharmed(
        folder,
        { env },
        /^threadlanes: THREADLANES: whenFull is "sometimes", allowed is "wait" or "drop"/,
      );
      assert.equal(folder.traceFiles().length, 1);
    }));

  const places: Readonly<Record<string, (folder: ProgramFolder) => NonNullable<RunOptions['settings']>>> = {
    'a file that is a folder': ({ path }) => ({ out: path }),
    'a file that is something else': ({ path }) => ({ out: join(path, 'package.json') }),
    'a file below a file': ({ path }) => ({ out: join(path, 'package.json', 'x.lanes') }),
    'a folder that is a file': ({ path }) => ({ dir: join(path, 'package.json') }),
    'a name that no system takes': ({ path }) => ({ out: join(path, 'x'.repeat(5000)) }),
    'a zero in the name': ({ path }) => ({ out: `${path}/a\0b` }),
  };
  for (const [name, settings] of Object.entries(places)) {
    it(`output into ${name}: one line`, () =>
      withProgram({ 'main.cjs': threaded }, async (folder) => {
        const before = readFileSync(join(folder.path, 'package.json'), 'utf8');
        await assertUnharmed(
          folder,
          { settings: settings(folder) },
          /^threadlanes: cannot write a trace, so nothing is recorded: /,
        );
        assert.equal(readFileSync(join(folder.path, 'package.json'), 'utf8'), before);
      }));
  }

  it('output into a folder that the system refuses to make: one line', function () {
    if (process.platform !== 'linux') this.skip();
    return withProgram({ 'main.cjs': threaded }, (folder) =>
      assertUnharmed(
        folder,
        { settings: { out: '/proc/none/below/x.lanes' } },
        /^threadlanes: cannot write a trace, so nothing is recorded: /,
      ),
    );
  });

  it('a folder that is deleted while the program runs', () =>
    withProgram(
      { 'main.cjs': `${threaded}\nrequire('node:fs').rmSync('.threadlanes', { recursive: true, force: true });` },
      (folder) => assertUnharmed(folder, {}, null),
    ));

  it('a working folder that does not exist any more', () =>
    withProgram(
      {
        'main.cjs': `
          process.chdir(require('node:fs').mkdtempSync(__dirname + '/gone'));
          require('node:fs').rmdirSync(process.cwd());
          console.log(Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1));`,
      },
      (folder) => assertUnharmed(folder, {}, /^threadlanes: cannot write a trace, so nothing is recorded: ENOENT/),
    ));

  for (const way of ['two -r', '-r and NODE_OPTIONS'] as const) {
    it(`two copies of the recorder, by ${way}`, () =>
      withProgram(
        { 'main.cjs': `${threaded}\nnew Worker(${JSON.stringify(threaded)}, { eval: true, env: {}, execArgv: [] });` },
        async (folder) => {
          const [first, second] = [await copyRecorder(folder, 'first'), await copyRecorder(folder, 'second')];
          const options =
            way === 'two -r'
              ? { args: ['-r', first, '-r', second], record: false }
              : { args: ['-r', first], env: { NODE_OPTIONS: `-r ${second}` }, record: false };
          await assertUnharmed(folder, options, null);
          assert.equal(folder.traceFiles().length, 1);
          const trace = await folder.readTrace();
          assert.equal(trace.named('thread.start').length, 3);
          assert.equal(trace.named('thread.begin').length, 4);
          assert.equal(trace.named('port.post').length >= 2, true);
        },
      ));
  }

  for (const handover of [`{}`, `{ version: 999, ring: 1 }`, `{ version: 0, settings: null }`, `'text'`, `7`]) {
    it(`a parent's recorder of another version, which left ${handover}`, () =>
      withProgram(
        {
          'main.cjs': `
            const wt = require('node:worker_threads');
            wt.setEnvironmentData('threadlanes.handover', ${handover});
            new wt.Worker('console.log("runs"); Atomics.notify(new Int32Array(new SharedArrayBuffer(4)), 0);', { eval: true, execArgv: process.argv.slice(2) })
              .on('exit', (c) => console.log('exit', c));`,
        },
        async (folder) => {
          const after = ['-r', await builtRecorder()];
          const plain = await folder.run('main.cjs', { record: false });
          const outcome = await folder.run('main.cjs', { record: false, after });
          assert.deepEqual({ ...outcome, stderr: '' }, plain);
          assert.equal(
            outcome.stderr,
            'threadlanes: recording is off: the thread was started by a recorder of another version\n',
          );
        },
      ));
  }

  const strange: Readonly<Record<string, string>> = {
    'replaces Worker by a class of its own': `
      const wt = require('node:worker_threads');
      const Original = wt.Worker;
      wt.Worker = class Worker extends Original { constructor(file, options) { super(file, { ...options, name: 'theirs' }); this.isTheirs = true; } };`,
    'replaces Worker by a function': `
      const wt = require('node:worker_threads');
      const Original = wt.Worker;
      wt.Worker = function (file, options) { return Reflect.construct(Original, [file, options], new.target ?? Original); };
      wt.Worker.prototype = Original.prototype;`,
    'replaces Worker by a proxy': `
      const wt = require('node:worker_threads');
      wt.Worker = new Proxy(wt.Worker, { construct: (target, args, own) => Reflect.construct(target, args, own) });`,
    'replaces the functions of Atomics': `
      for (const name of ['wait', 'notify', 'load', 'store', 'compareExchange', 'add']) {
        const original = Atomics[name];
        Atomics[name] = function (...args) { return Reflect.apply(original, this, args); };
      }`,
    'replaces Atomics': `globalThis.Atomics = Object.fromEntries(Object.getOwnPropertyNames(Atomics).map((name) => [name, Atomics[name]]));`,
    'replaces process.emit and process.exit': `
      for (const name of ['emit', 'exit', 'reallyExit']) {
        const original = process[name];
        process[name] = function (...args) { return Reflect.apply(original, this, args); };
      }`,
    'replaces the clock': `performance.now = () => 42; Date.now = () => 7; globalThis.performance = { now: () => 1 };`,
    'replaces what memory is made of': `
      for (const name of ['SharedArrayBuffer', 'Int32Array', 'Float64Array']) {
        globalThis[name] = class extends globalThis[name] { constructor(...args) { super(...args); this.isTheirs = true; } };
      }`,
    'freezes what it can': `Object.freeze(Atomics); Object.freeze(Array.prototype); Object.freeze(Object.prototype);`,
    'adds to the prototype of all objects': `Object.prototype.name = 'x'; Object.prototype.transfer = [1]; Object.prototype.before = 1;`,
  };
  /** Done before the recorder could look: it may give up, in one line. */
  const defeats = ['replaces what memory is made of', 'freezes what it can'];
  for (const [what, code] of Object.entries(strange)) {
    for (const order of ['before', 'after'] as const) {
      it(`a program that ${what} ${order} the recorder is loaded`, () =>
        withProgram(
          {
            'strange.cjs': code,
            'main.cjs': `${threaded}
              console.log(Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1), worker.isTheirs, worker instanceof Worker);`,
          },
          async (folder) => {
            const [own, theirs] = [await builtRecorder(), join(folder.path, 'strange.cjs')];
            const args = (order === 'before' ? [theirs, own] : [own, theirs]).flatMap((path) => ['-r', path]);
            const plain = await folder.run('main.cjs', { record: false, args: ['-r', theirs] });
            const outcome = await folder.run('main.cjs', { record: false, args });
            if (order === 'before' && defeats.includes(what)) {
              assert.deepEqual({ ...outcome, stderr: '' }, plain);
              assert.match(outcome.stderr, /^(threadlanes: recording (stopped|is off): .*\n)?$/);
              return;
            }
            assert.deepEqual(outcome, plain);
            const trace = await folder.readTrace();
            assert.deepEqual(trace.end, { ...trace.end, end: 'clean', code: 0 });
            assert.deepEqual(
              trace.named('thread.start', 'thread.end').map(({ name, object }) => [name, object]),
              [
                ['thread.start', 1],
                ['thread.end', 1],
                ['thread.end', 0],
              ],
            );
            assert.equal(trace.named('word.wait').length, 1);
          },
        ));
    }
  }

  it('shows the collector’s thread id when it is not to be hidden', () =>
    withProgram({ 'main.cjs': threaded }, async (folder) => {
      const hidden = await folder.run('main.cjs');
      const shown = await folder.run('main.cjs', { settings: { hide: false } });
      assert.equal(shown.stdout, hidden.stdout);
      const ids = `const { Worker, threadId } = require('node:worker_threads'); new Worker('console.log(require("node:worker_threads").threadId)', { eval: true });`;
      writeFileSync(join(folder.path, 'main.cjs'), ids);
      assert.equal((await folder.run('main.cjs')).stdout, '1\n');
      assert.equal((await folder.run('main.cjs', { settings: { hide: false } })).stdout, '2\n');
      assert.equal((await folder.run('main.cjs', { record: false })).stdout, '1\n');
    }));

  it('a library of another version: events that nobody knows are kept', () =>
    withProgram(
      {
        'main.cjs': `
          const probe = globalThis[Symbol.for('threadlanes.probe.1')];
          const id = probe.define({ kind: 'kindOfTheFuture', name: 'new' });
          probe.record(0xfffe, id, 1, 2);
          probe.record(0x11, id);
          console.log('done');`,
      },
      async (folder) => {
        const { outcome, trace } = await folder.record('main.cjs');
        assert.deepEqual(outcome, { stdout: 'done\n', stderr: '', code: 0, signal: null });
        assert.equal(trace.allEvents.filter(({ op }) => op === 0xfffe).length, 1);
        assert.equal(trace.named('lock.acquired').length, 1);
      },
    ));

  it('under the permission model without leave to write or to start threads: one line', () =>
    withProgram(
      { 'main.cjs': `console.log(Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1));` },
      async (folder) => {
        const permission = major < 22 ? '--experimental-permission' : '--permission';
        const target = join(folder.path, 'traces');
        mkdirSync(target);
        const args = ['--no-warnings', permission, '--allow-fs-read=*'];
        for (const leave of [[], [`--allow-fs-write=${target}/*`], [`--allow-fs-write=${target}`]]) {
          await assertUnharmed(
            folder,
            { args: [...args, ...leave], settings: { dir: target } },
            /^threadlanes: (cannot write a trace, so nothing is recorded|recording stopped): /,
          );
          assert.deepEqual(folder.traceFiles('traces'), []);
        }
      },
    ));
});

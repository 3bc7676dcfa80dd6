import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { builtRecorder, withProgram } from './recordedProgram.js';
import type { ProgramFolder, RunOptions } from './recordedProgram.js';

/** Prints what a program could notice of us, becomes threaded, and starts what `then` says. */
const program = (then: string): string => `
  const cp = require('node:child_process');
  const { Worker, isMainThread } = require('node:worker_threads');
  const isFirst = process.argv[2] === undefined;
  console.log(process.argv[2] ?? 'first', 'THREADLANES' in process.env, process.env.THREADLANES, process.execArgv.length);
  new Worker('', { eval: true }).on('exit', () => {
    if (isFirst) { ${then} }
  });`;

const ways: Readonly<Record<string, string>> = {
  fork: `cp.fork(__filename, ['child']).on('exit', (c) => console.log('exit', c));`,
  'fork in a worker': `new Worker('require("node:child_process").fork(' + JSON.stringify(__filename) + ', ["child"]).on("exit", (c) => console.log("exit", c))', { eval: true });`,
  'spawn with the own arguments': `cp.spawn(process.execPath, [...process.execArgv, __filename, 'child'], { stdio: 'inherit' }).on('exit', (c) => console.log('exit', c));`,
  'fork with an environment': `cp.fork(__filename, ['child'], { env: { A: '1' } }).on('exit', (c) => console.log('exit', c));`,
  cluster: `const cluster = require('node:cluster'); cluster.setupPrimary({ exec: __filename, args: ['child'] }); cluster.fork().on('online', function () { this.disconnect(); }).on('exit', (c) => console.log('exit', c));`,
};

async function runsOf(folder: ProgramFolder): Promise<(readonly [run: string | undefined, pidIsInName: boolean])[]> {
  const traces = await Promise.all(
    folder.traceFiles().map(async (path) => {
      const trace = await folder.readTrace(path);
      assert.equal(trace.end?.kind === 'end' && trace.end.end, 'clean', path);
      return [trace.traceHeader?.run, basename(path).endsWith(`-${trace.traceHeader?.pid}.lanes`)] as const;
    }),
  );
  return traces;
}

async function assertOneRun(files: Readonly<Record<string, string>>, options: RunOptions): Promise<void> {
  await withProgram(files, async (folder) => {
    const plain = await folder.run('main.cjs', { ...options, record: false, env: { NODE_OPTIONS: '' } });
    const outcome = await folder.run('main.cjs', options);
    assert.deepEqual(
      { ...outcome, stdout: withoutOwn(outcome.stdout) },
      { ...plain, stdout: withoutOwn(plain.stdout) },
    );
    const runs = await runsOf(folder);
    assert.equal(runs.length, 2);
    assert.equal(new Set(runs.map(([run]) => run)).size, 1);
    assert.ok(runs.every(([, isNamed]) => isNamed));
  });
}

/** The arguments that a person gave are the program's to see. */
const withoutOwn = (text: string): string => text.replace(/ \d+$/gm, '');

describe('recorder: child processes', () => {
  for (const [way, code] of Object.entries(ways)) {
    it(`${way}: a trace each, and one run, which the program does not see`, () =>
      assertOneRun({ 'main.cjs': program(code) }, {}));
  }

  it('loaded by NODE_OPTIONS, through a shell', async () =>
    assertOneRun(
      { 'main.cjs': program(`cp.exec('"' + process.execPath + '" main.cjs child', (e, out) => console.log(e, out));`) },
      { record: false, env: { NODE_OPTIONS: `-r ${await builtRecorder()}` } },
    ));

  it('a process that stays unthreaded hands the run on', () =>
    withProgram(
      {
        'main.cjs': `
          const { fork } = require('node:child_process');
          if (process.argv[2]) new (require('node:worker_threads').Worker)('', { eval: true });
          else for (const n of [1, 2, 3]) fork(__filename, [String(n)]);`,
      },
      async (folder) => {
        assert.deepEqual(await folder.run('main.cjs'), { stdout: '', stderr: '', code: 0, signal: null });
        const runs = await runsOf(folder);
        assert.equal(runs.length, 3);
        assert.equal(new Set(runs.map(([run]) => run)).size, 1);
      },
    ));

  it('children that do not load the recorder get the environment that they were given', () =>
    withProgram(
      {
        'main.cjs': `
          const cp = require('node:child_process');
          new (require('node:worker_threads').Worker)('', { eval: true });
          cp.fork(__filename.replace('main', 'child'), { execArgv: [] }).on('exit', () =>
            cp.execFile(process.execPath, ['-p', 'JSON.stringify(process.env)'], { env: { A: '1', THREADLANES: '{"run":"own"}' } }, (e, out) => console.log(out)));`,
        'child.cjs': `console.log(process.env.THREADLANES);`,
      },
      async (folder) => {
        const plain = await folder.run('main.cjs', { record: false });
        assert.deepEqual(await folder.run('main.cjs'), plain);
        assert.equal(folder.traceFiles().length, 1);
      },
    ));

  it('settings of the launcher reach children as they are', () =>
    withProgram(
      { 'main.cjs': program(`cp.fork(__filename, ['child']).on('exit', (c) => console.log('exit', c));`) },
      async (folder) => {
        const settings = { run: 'launched', ringEvents: 64 };
        const plain = await folder.run('main.cjs', { record: false, settings });
        const outcome = await folder.run('main.cjs', { settings });
        assert.deepEqual(withoutOwn(outcome.stdout), withoutOwn(plain.stdout));
        assert.deepEqual(
          (await runsOf(folder)).map(([run]) => run),
          ['launched', 'launched'],
        );
      },
    ));
});

describe('recorder: arguments and environment of workers', () => {
  const forms = [
    '{}',
    '{ execArgv: [] }',
    `{ execArgv: ['--no-warnings'] }`,
    '{ env: {} }',
    '{ env: process.env }',
    '{ env: { ...process.env, OWN: 1 } }',
    `{ env: { NODE_OPTIONS: '--no-warnings' } }`,
    `{ env: { get OWN() { console.log('asked'); return 5; } } }`,
    '{ execArgv: [], env: {} }',
    '{ env: SHARE_ENV }',
    `{ argv: ['x'], name: 'named', trackUnmanagedFds: false }`,
    `{ env: { NODE_OPTIONS: '--bad-option' } }`,
  ];
  const main = `
    const { Worker, SHARE_ENV, workerData, threadId, isMainThread } = require('node:worker_threads');
    const shown = () => [process.execArgv, process.env.NODE_OPTIONS ?? null, Object.keys(process.env).filter((key) => key !== 'PWD').length, process.env.OWN ?? null, process.argv.slice(2)];
    if (!isMainThread) console.log(JSON.stringify(shown()));
    const depth = workerData ?? 0;
    const form = (0, eval)('(process, SHARE_ENV) => (' + process.env.FORM + ')') ;
    if (depth < 3) {
      try {
        const worker = new Worker(__filename, Object.assign(form(process, SHARE_ENV), { workerData: depth + 1 }));
        worker.on('error', (e) => console.log(e.message)).on('exit', (c) => console.log('exit', c));
      } catch (e) { console.log(e.message); }
    }`;
  for (const form of forms) {
    it(`${form}, through three generations, in a process with options of its own`, () =>
      withProgram({ 'main.cjs': main.replaceAll('process.env.FORM', JSON.stringify(form)) }, async (folder) => {
        const args = ['--expose-gc', '--max-old-space-size=300'];
        const plain = await folder.run('main.cjs', { record: false, args, env: { NODE_OPTIONS: undefined } });
        const preload = `-r ${await builtRecorder()}`;
        const outcome = await folder.run('main.cjs', { record: false, args, env: { NODE_OPTIONS: preload } });
        const hide = ({ stdout, ...rest }: typeof outcome): object => ({
          ...rest,
          // What the launcher set for all is not hidden from a program that looks at its environment.
          stdout: stdout
            .replaceAll(preload, '')
            .replaceAll('""', 'null')
            .replace(/\],(null|"[^"]*"),\d+,/g, '],$1,'),
        });
        assert.deepEqual(hide(outcome), hide(plain));
        const trace = await folder.readTrace();
        assert.equal(trace.named('thread.begin').length, trace.named('thread.start').length + 1);
      }));
  }
});

/** What V8 compiled is kept for the next start, is used there, and is never believed when it may be something else's. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { builtRecorder, executable } from './recordedProgram.js';

const source = resolve(__dirname, '../../src/recorder/compiledCode.ts');
const stamped = (text: string, content: string): string => `${text}\n// content ${content.repeat(32)}\n`;

describe('recorder: what V8 compiled', () => {
  let folder: string;
  let caches: string;
  const env = (): NodeJS.ProcessEnv => ({
    ...process.env,
    ...(process.platform === 'darwin' ? { HOME: folder } : { XDG_CACHE_HOME: folder, LOCALAPPDATA: folder }),
    THREADLANES: '',
  });
  const kept = (): string[] => {
    try {
      return readdirSync(caches).filter((name) => name.startsWith('code-'));
    } catch {
      return [];
    }
  };
  const run = (...args: readonly string[]): string => {
    const { stdout, stderr, status } = spawnSync(executable, args, { cwd: folder, env: env() });
    assert.deepEqual([String(stderr), status], ['', 0]);
    return String(stdout);
  };

  /** What a file says by which code it runs. */
  const said = (text: string, ...flags: readonly string[]): string => {
    writeFileSync(join(folder, 'said.cjs'), text);
    return run(...flags, 'use.cjs');
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'threadlanes-compiled-'));
    caches = join(folder, ...(process.platform === 'darwin' ? ['Library', 'Caches'] : []), 'threadlanes');
    const contents = `import { runCompiled } from ${JSON.stringify(source)};
      runCompiled(__dirname + '/said.cjs', (text) => process.stdout.write(text));`;
    const stdin = { contents, resolveDir: folder, loader: 'ts' } as const;
    await build({ stdin, bundle: true, platform: 'node', outfile: join(folder, 'use.cjs') });
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is kept by content, and the next start runs it', () => {
    assert.equal(said(stamped(`given('one');`, '1')), 'one');
    const [first] = kept() as [string];
    assert.equal(said(stamped(`given('two');`, '2')), 'two');
    const second = kept().find((name) => name !== first) as string;
    // V8 knows a text by its length: what runs is the code that was kept.
    writeFileSync(join(caches, first), readFileSync(join(caches, second)));
    assert.equal(said(stamped(`given('one');`, '1')), 'two');
  });

  it('stands in stacks by the path of its own file, not by that of another copy', () => {
    const text = stamped(`given(String(new Error('here').stack.includes(__filename)));`, '1');
    assert.equal(said(text), 'true');
    mkdirSync(join(folder, 'copy'));
    for (const name of ['use.cjs', 'said.cjs']) copyFileSync(join(folder, name), join(folder, 'copy', name));
    for (let i = 0; i < 2; i++) assert.equal(run('copy/use.cjs'), 'true');
  });

  it('of a file without a stamp is not kept', () => {
    assert.equal(said(`given('one');\n`), 'one');
    assert.deepEqual(kept(), []);
  });

  for (const [what, damage] of [
    ['empty', () => Buffer.alloc(0)],
    ['cut short', (file: Buffer) => file.subarray(0, file.length >> 1)],
    ['zeros', (file: Buffer) => Buffer.alloc(file.length)],
    ['one bit off', (file: Buffer) => Buffer.from(file.map((byte, i) => (i === file.length >> 2 ? byte ^ 1 : byte)))],
  ] as const) {
    it(`is not used when it is ${what}`, () => {
      const text = stamped(`given('one');`, '1');
      said(text);
      const path = join(caches, kept()[0] as string);
      writeFileSync(path, damage(readFileSync(path)));
      assert.equal(said(text), 'one');
    });
  }

  it('is not used with other flags of V8', () => {
    const text = stamped(`given('one');`, '1');
    said(text);
    assert.equal(said(text, '--no-opt'), 'one');
  });

  it('of the recorder serves the next process and its workers', async () => {
    const built = await builtRecorder();
    for (const name of ['register.cjs', 'collector.cjs', 'sites.cjs'])
      writeFileSync(join(folder, name), readFileSync(join(built, '..', name)));
    const text = readFileSync(join(built, '..', 'recorder.cjs'), 'utf8');
    writeFileSync(join(folder, 'recorder.cjs'), stamped(text, 'a'));
    writeFileSync(
      join(folder, 'program.cjs'),
      `const { Worker, isMainThread } = require('node:worker_threads');
      if (isMainThread) new Worker(__filename).on('exit', () => console.log('done'));
      else console.log(Object.keys(require.cache).length, Atomics.add(new Int32Array(new SharedArrayBuffer(4)), 0, 1));`,
    );
    for (let i = 0; i < 3; i++) assert.equal(run('-r', './register.cjs', 'program.cjs'), '1 0\ndone\n');
    assert.equal(kept().length, 1);
    const traces = readdirSync(join(folder, '.threadlanes')).filter((name) => name.endsWith('.lanes'));
    assert.equal(traces.length, 3);
  });
});

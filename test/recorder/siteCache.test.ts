/** What is kept of files that were read: silent where there is no place for it, and never believed when it is damaged. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProgramFolder, RunOptions } from './recordedProgram.js';
import { withProgram } from './recordedProgram.js';

const files = {
  'lock.cjs': `exports.Lock = class { words = new Int32Array(new SharedArrayBuffer(4)); acquire() { return Atomics.add(this.words, 0, 1); } };`,
  'main.cjs': `new (require('node:worker_threads').Worker)('', { eval: true });
    const lock = new (require('./lock.cjs').Lock)();
    function use() { lock.acquire(); }
    for (let i = 0; i < 100; i++) use();
    console.log('done');`,
};

const place = process.platform === 'win32' ? 'LOCALAPPDATA' : process.platform === 'darwin' ? 'HOME' : 'XDG_CACHE_HOME';
const inHome = place === 'HOME' ? ['Library', 'Caches'] : [];

/** The program says what it always says, and each of its calls has its place by a number. */
async function assertRecorded(folder: ProgramFolder, env: NodeJS.ProcessEnv, options: RunOptions = {}): Promise<void> {
  const { outcome, trace } = await folder.record('main.cjs', { env, settings: { siteBudget: 0 }, ...options });
  assert.deepEqual([outcome.stdout, outcome.stderr, outcome.code], ['done\n', '', 0]);
  const writes = trace.named('word.write');
  assert.equal(writes.length, 100);
  // A captured stack has a frame more.
  assert.ok(writes.every(({ stack, sampled }) => !sampled && trace.stacks[stack]?.length === 2));
  for (const { site } of writes) assert.equal(trace.files[site?.file ?? -1]?.path, 'lock.cjs');
}

const keptFiles = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));

describe('recorder: what is kept of files that were read', () => {
  it('is kept by its user alone, and taken from there', () =>
    withProgram(files, async (folder) => {
      const caches = join(folder.path, 'caches');
      await assertRecorded(folder, { [place]: caches });
      const kept = keptFiles(join(caches, ...inHome, 'threadlanes'));
      assert.ok(kept.length >= 3, kept.join());
      const texts = kept.map((path) => readFileSync(path, 'utf8'));
      await assertRecorded(folder, { [place]: caches });
      assert.deepEqual(
        keptFiles(join(caches, ...inHome, 'threadlanes')).map((path) => readFileSync(path, 'utf8')),
        texts,
      );
    }));

  for (const [what, damage] of [
    ['empty', () => ''],
    ['cut short', (text: string) => text.slice(0, text.length >> 1)],
    ['something else', () => '{}'],
    ['zeros', (text: string) => '\0'.repeat(text.length)],
    ['changed in one number', (text: string) => text.replace(/\d/, (digit) => String((Number(digit) + 1) % 10))],
    ['twice what is no JSON', () => '{{'],
  ] as const) {
    it(`is made again when it is ${what}`, () =>
      withProgram(files, async (folder) => {
        const caches = join(folder.path, 'caches');
        await assertRecorded(folder, { [place]: caches });
        const kept = keptFiles(caches);
        const texts = kept.map((path) => readFileSync(path, 'utf8'));
        kept.forEach((path, i) => writeFileSync(path, damage(texts[i] as string)));
        await assertRecorded(folder, { [place]: caches });
        assert.deepEqual(
          kept.map((path) => readFileSync(path, 'utf8')),
          texts,
        );
      }));
  }

  it('is done without where there is no place for it', () =>
    withProgram(files, async (folder) => {
      const file = join(folder.path, 'package.json');
      const nowhere = { TMPDIR: file, TEMP: file, TMP: file };
      await assertRecorded(folder, { [place]: file, ...nowhere });
      // Not set at all, or no whole path: never a folder below the one that the program runs in.
      const unset = { XDG_CACHE_HOME: undefined, LOCALAPPDATA: undefined };
      for (const home of [
        { HOME: file, USERPROFILE: file },
        { HOME: '', USERPROFILE: file },
      ]) {
        await assertRecorded(folder, { ...unset, ...home, ...nowhere });
      }
      if (place !== 'HOME')
        await assertRecorded(folder, { HOME: file, USERPROFILE: file, ...nowhere, [place]: 'caches' });
      assert.deepEqual(readdirSync(folder.path).sort(), ['.threadlanes', 'lock.cjs', 'main.cjs', 'package.json']);
    }));

  it('is done without where the system refuses to make a folder', function () {
    if (process.platform !== 'linux') return this.skip();
    return withProgram(files, (folder) =>
      assertRecorded(folder, { [place]: '/proc/none/below', TMPDIR: '/proc/none' }),
    );
  });

  it('is not taken from a folder that others can write to', function () {
    if (process.getuid === undefined) return this.skip();
    return withProgram(files, async (folder) => {
      const caches = join(folder.path, 'caches');
      const sites = join(caches, ...inHome, 'threadlanes');
      mkdirSync(sites, { recursive: true });
      chmodSync(sites, 0o777);
      await assertRecorded(folder, { [place]: caches, TMPDIR: folder.path });
      assert.deepEqual(readdirSync(sites), []);
      assert.ok(existsSync(join(folder.path, `threadlanes-${process.getuid?.()}`)));
    });
  });

  it('is written by several processes and threads at once', () =>
    withProgram(
      {
        ...files,
        'main.cjs': `const { Worker, isMainThread } = require('node:worker_threads');
          const lock = new (require('./lock.cjs').Lock)();
          if (isMainThread) for (let i = 0; i < 2; i++) new Worker(__filename);
          else lock.acquire();`,
      },
      async (folder) => {
        const env = { [place]: join(folder.path, 'caches') };
        const outcomes = await Promise.all([1, 2, 3].map(() => folder.run('main.cjs', { env })));
        for (const outcome of outcomes) assert.deepEqual([outcome.stderr, outcome.code], ['', 0]);
        const names = keptFiles(join(folder.path, 'caches')).map((path) => path.split(/[\\/]/).at(-1) ?? '');
        assert.ok(names.length >= 2 && names.every((name) => /^[0-9a-f]{40}$/.test(name)), names.join());
        const traces = await Promise.all(folder.traceFiles().map((path) => folder.readTrace(path)));
        assert.deepEqual(
          traces.map((trace) => trace.named('word.write').length),
          [2, 2, 2],
        );
      },
    ));
});

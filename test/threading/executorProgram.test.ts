/** What a whole program sees of its executors: when it ends, and what it is told. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtFolder } from './library.js';

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let programs = 0;

/** `{library}` is where the library lies. */
function run(text: string, extension = 'cjs', flags: readonly string[] = []): Ended {
  const file = join(builtFolder(), `executorProgram${programs++}.${extension}`);
  writeFileSync(file, text);
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, file], {
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return { status, stdout, stderr };
}

function program(body: string, flags?: readonly string[]): Ended {
  return run(
    `const { isMainThread } = require('node:worker_threads');
     const { Thread, ThreadPoolExecutor, threadFunction, print, sleep, wait } = require('./index.cjs');
     const task = (name, fn) => (exports[name] = threadFunction(__filename, name, fn));
     task('add', (a, b) => a + b);
     task('fail', () => { throw new RangeError('seen by nobody'); });
     task('later', async (ms) => { await new Promise((r) => setTimeout(r, ms)); print('done'); });
     task('speak', () => { console.log('one'); console.log('two'); });
     task('failLater', (ms) => { sleep(ms); if (ms > 0) throw new RangeError('late'); return ms; });
     task('fill', () => { const all = []; for (;;) all.push(Array.from({ length: 1000 }, (_, i) => ({ i }))); });
     if (isMainThread) (async () => { ${body} })();`,
    'cjs',
    flags,
  );
}

describe('a program with an executor', function () {
  it('ends when nothing is left to do, though the threads sleep', () => {
    const { status, stdout } = program(`
      const pool = new ThreadPoolExecutor({ maxWorkers: 2 });
      print(await pool.submit(exports.add, 1, 2), pool.submit(exports.add, 3, 4).result());`);
    assert.deepEqual([status, stdout], [0, '3 7\n']);
  });

  it('does not end before what was submitted is done', () => {
    const { status, stdout } = program(`new ThreadPoolExecutor({ maxWorkers: 1 }).submit(exports.later, 30);`);
    assert.deepEqual([status, stdout], [0, 'done\n']);
  });

  it('shows what tasks write with console.log while the threads sleep', () => {
    const { stdout } = program(`
      const pool = new ThreadPoolExecutor({ maxWorkers: 1 });
      pool.submit(exports.speak).result();
      const timer = setInterval(() => {}, 1000);
      process.stdout.write = ((write) => function (text, ...rest) {
        if (String(text).includes('two')) clearInterval(timer);
        return write.call(this, text, ...rest);
      })(process.stdout.write);`);
    assert.equal(stdout, 'one\ntwo\n');
  });

  it('is told of an error that nobody has looked at, in one line, at its end', () => {
    const { status, stderr } = program(`
      const pool = new ThreadPoolExecutor({ maxWorkers: 1, threadNamePrefix: 'p' });
      globalThis.kept = pool.submit(exports.fail);
      const seen = pool.submit(exports.fail);
      seen.exception();
      const handled = pool.submit(exports.fail);
      handled.then(null, () => {});
      wait([kept]);`);
    assert.match(
      stderr,
      /^ThreadPoolExecutor "p": fail failed, and nobody has looked at its Future: RangeError: seen by nobody \(.*executorProgram\d+\.cjs:\d+:\d+\)\n$/,
    );
    assert.equal(status, 0);
  });

  it('is told of it when the Future is collected', () => {
    const { stderr } = program(
      `
      const pool = new ThreadPoolExecutor({ maxWorkers: 1 });
      pool.submit(exports.fail);
      await pool.submit(exports.add, 1, 1);
      for (let i = 0; i < 100; i++) { gc(); await new Promise((resolve) => setImmediate(resolve)); }
      process.stderr.write('collected\\n');`,
      ['--expose-gc'],
    );
    assert.match(stderr, /^ThreadPoolExecutor-0: fail failed, .*\ncollected\n$/);
  });

  it('is told nothing of a map that ended early: its iteration has looked at all of it', () => {
    const { status, stdout, stderr } = program(
      `const pool = new ThreadPoolExecutor({ maxWorkers: 2 });
      try { [...pool.map(exports.fail, [1, 2, 3, 4])]; } catch (error) { print(error.message); }
      try { for await (const one of pool.map(exports.fail, [1, 2])) print(one); } catch (error) { print(error.message); }
      for (const one of pool.map(exports.failLater, [0, 1, 1])) { print(one); break; }
      pool.shutdown();
      gc();
      await new Promise((resolve) => setTimeout(resolve, 20));`,
      ['--expose-gc'],
    );
    assert.deepEqual([status, stderr], [0, '']);
    assert.equal(stdout, 'seen by nobody\nseen by nobody\n0\n');
  });

  it('is told of a map that is never iterated', () => {
    const { stderr } = program(`globalThis.kept = new ThreadPoolExecutor().map(exports.fail, [1]);`);
    assert.match(
      stderr,
      /^ThreadPoolExecutor-0: fail failed, and nobody has looked at its Future: RangeError: seen by/,
    );
  });

  it('an error that a promise carries is Node’s to report', () => {
    const { status, stderr } = program(`await new ThreadPoolExecutor().submit(exports.fail);`);
    assert.equal(status, 1);
    assert.match(stderr, /RangeError: seen by nobody/);
    assert.doesNotMatch(stderr, /nobody has looked/);
  });

  it('learns of a thread that ran out of memory, though it blocks', () => {
    const { stdout } = program(
      `
      const pool = new ThreadPoolExecutor({ maxWorkers: 1 });
      try { pool.submit(exports.fill).result(); } catch (error) { print(error.name); }
      print(pool.submit(exports.add, 1, 1).result());
      const thread = new Thread(exports.fill, [], { name: 't' });
      thread.start();
      try { thread.join(); } catch (error) { print(error.message); }`,
      ['--max-old-space-size=30'],
    );
    assert.equal(stdout, 'WorkerDied\n2\nThread "t" died (terminated, or out of memory) before its target ended\n');
  });

  it('is told when its threads cannot even begin', () => {
    const { stdout } = run(
      `const { isMainThread } = require('node:worker_threads');
       if (!isMainThread) process.exit(3);
       const { ThreadPoolExecutor, threadFunction } = require('./index.cjs');
       const add = (exports.add = threadFunction(__filename, 'add', (a, b) => a + b));
       const pool = new ThreadPoolExecutor({ maxWorkers: 2, threadNamePrefix: 'p' });
       try { pool.submit(add, 1, 1).result(); } catch (error) { console.log(error.name, error.message); }`,
    );
    assert.match(
      stdout,
      /^BrokenThreadPool ThreadPoolExecutor "p": its thread p_0 .* before it could take a task, so /,
    );
  });

  describe('whose main part is not guarded', () => {
    const guard = /Guard the main part of that module with if \(isMainThread\)/;

    it('fails instead of starting threads without end', () => {
      const { stdout, status } = run(
        `const { Thread, threadFunction, print } = require('./index.cjs');
         exports.work = threadFunction(__filename, 'work', () => print('works'));
         const thread = new Thread(exports.work, [], { name: 't' });
         thread.start();
         try { thread.join(); } catch (error) { print(error.message); }`,
      );
      assert.equal(status, 0);
      assert.match(
        stdout,
        /^Thread "t": cannot be started while a thread imports file:.*: it would start itself again /,
      );
      assert.match(stdout, guard);
    });

    it('also as an ES module, and with an executor', () => {
      const { stdout } = run(
        `import library from './index.cjs';
         const { Thread, ThreadPoolExecutor, threadFunction, print } = library;
         export const work = threadFunction(import.meta.url, 'work', () => 1);
         const pool = new ThreadPoolExecutor({ maxWorkers: 1 });
         try { print(await pool.submit(work)); } catch (error) { print(error.message); }
         await pool.shutdownAsync();`,
        'mjs',
      );
      assert.match(stdout, guard);
      assert.ok(stdout.split('\n').length < 4, stdout);
    });
  });
});

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { builtRecorder, withProgram } from './recordedProgram.js';

const threaded = `new (require('node:worker_threads').Worker)('', { eval: true }).on('exit', (c) => console.log('exit', c));`;

describe('recorder: files', () => {
  it('writes beside the package, in a folder that version control ignores, and keeps the newest 20', () =>
    withProgram({ 'deep/main.cjs': threaded }, async (folder) => {
      const traces = join(folder.path, '.threadlanes');
      mkdirSync(traces);
      for (let i = 0; i < 25; i++) {
        writeFileSync(join(traces, `old-${i}.lanes`), '');
        utimesSync(join(traces, `old-${i}.lanes`), 1000 + i, 1000 + i);
      }
      await folder.run('deep/main.cjs');
      const names = readdirSync(traces).filter((name) => name.endsWith('.lanes'));
      assert.equal(names.length, 20);
      assert.ok(names.includes('old-24.lanes') && !names.includes('old-5.lanes'));
      assert.equal(readFileSync(join(traces, '.gitignore'), 'utf8'), '*\n');
      const name = names.find((each) => each.startsWith('main-')) as string;
      const { traceHeader } = await folder.readTrace(join(traces, name));
      assert.equal(traceHeader?.program, 'deep/main.cjs');
      assert.equal(traceHeader.root, folder.path);
      assert.match(name, new RegExp(`^main-\\d{4}-\\d\\d-\\d\\d-\\d\\d-\\d\\d-\\d\\d-${traceHeader.pid}\\.lanes$`));
    }));

  it('one run of several processes: the first takes the file, the others add their pid', () =>
    withProgram(
      {
        'main.cjs': `${threaded}
          if (!process.argv[2]) for (const i of [1, 2])
            require('node:child_process').spawnSync(process.execPath, [__filename, String(i)], { stdio: 'inherit' });`,
      },
      async (folder) => {
        const settings = { out: join(folder.path, 'out/run.lanes'), run: 'the-run', root: folder.path };
        const env = { NODE_OPTIONS: `-r ${await builtRecorder()}` };
        for (const repeat of [1, 2]) {
          const { stdout } = await folder.run('main.cjs', {
            record: false,
            env,
            settings: { ...settings, run: `run-${repeat}` },
          });
          assert.equal(stdout, 'exit 0\n'.repeat(3));
        }
        const names = folder.traceFiles('out').map((path) => basename(path));
        assert.equal(names.length, 5);
        const headers = await Promise.all(
          folder.traceFiles('out').map(async (path) => (await folder.readTrace(path)).traceHeader),
        );
        assert.equal(headers.filter((header) => header?.run === 'run-2').length, 3);
        for (const [i, name] of names.entries()) {
          assert.ok(name === 'run.lanes' || name === `run-${headers[i]?.pid}.lanes`, name);
        }
      },
    ));

  it('another run takes the file of one that still writes: what is there is the later one, whole', () =>
    withProgram(
      {
        'main.cjs': `${threaded}
          const words = new Int32Array(new SharedArrayBuffer(8));
          Atomics.add(words, 0, 1);
          if (!process.argv[2]) {
            Atomics.wait(words, 1, 0, 200);
            require('node:child_process').spawnSync(process.execPath, [__filename, 'later'], { stdio: 'inherit' });
            for (let i = 0; i < 100; i++) Atomics.add(words, 0, 1);
          }`,
      },
      async (folder) => {
        const out = join(folder.path, 'run.lanes');
        const env = { NODE_OPTIONS: `-r ${await builtRecorder()}` };
        const { stdout } = await folder.run('main.cjs', { record: false, env, settings: { out, root: folder.path } });
        assert.equal(stdout, 'exit 0\n'.repeat(2));
        const trace = await folder.readTrace(out);
        assert.equal(trace.named('word.write').length, 1);
        assert.equal(trace.end?.kind, 'end');
      },
    ));

  it('a folder that cannot be written: one line, and the program goes on', () =>
    withProgram({ 'main.cjs': threaded, taken: '' }, async (folder) => {
      const plain = await folder.run('main.cjs', { record: false });
      const outcome = await folder.run('main.cjs', { settings: { dir: join(folder.path, 'taken/below') } });
      assert.deepEqual({ ...outcome, stderr: '' }, plain);
      assert.match(outcome.stderr, /^threadlanes: cannot write a trace, so nothing is recorded: .*\n$/);
    }));

  it('settings that are not JSON: one line, and the defaults', () =>
    withProgram({ 'main.cjs': threaded }, async (folder) => {
      const outcome = await folder.run('main.cjs', { env: { THREADLANES: '{oops' } });
      assert.match(outcome.stderr, /^threadlanes: THREADLANES is not a JSON object; the defaults are used\n$/);
      assert.equal(folder.traceFiles().length, 1);
    }));

  it('says which source map belongs to a script, and what the script was', () =>
    withProgram(
      {
        'out/main.cjs': `${threaded}\n//# sourceMappingURL=maps/main.cjs.map\n`,
        'out/maps/main.cjs.map': '{}',
      },
      async (folder) => {
        const { trace } = await folder.record('out/main.cjs');
        assert.deepEqual(
          trace.files.map(({ path, map, hash }) => [path, map, hash?.length]),
          [['out/main.cjs', 'out/maps/main.cjs.map', 16]],
        );
      },
    ));

  it('a full ring: waiting loses nothing and says so, dropping counts', () =>
    withProgram(
      {
        'main.cjs': `
          const probe = globalThis[Symbol.for('threadlanes.probe.1')];
          const id = probe.define({ kind: 'lock', name: 'busy' });
          for (let i = 0; i < 20000; i++) probe.record(0x11, id, i);
          console.log('done');`,
      },
      async (folder) => {
        const waits = join(folder.path, 'waits.lanes');
        const drops = join(folder.path, 'drops.lanes');
        const small = { ringEvents: 64, siteBudget: 0 };
        await folder.run('main.cjs', { settings: { ...small, out: waits } });
        const waited = await folder.readTrace(waits);
        assert.deepEqual(
          waited.named('lock.acquired').map(({ arg }) => arg),
          Array.from({ length: 20000 }, (_, i) => i),
        );
        assert.ok(waited.markers.some(({ kind }) => kind === 'full'));

        await folder.run('main.cjs', { settings: { ...small, out: drops, whenFull: 'drop' } });
        const dropped = await folder.readTrace(drops);
        const count = dropped.markers.reduce((sum, marker) => sum + (marker.kind === 'drop' ? marker.count : 0), 0);
        const kept = dropped.named('lock.acquired', 'thread.begin', 'thread.end', 'loop.sample').length;
        assert.ok(count > 0);
        assert.ok(kept + count >= 20000, `${kept} + ${count}`);
      },
    ));
});

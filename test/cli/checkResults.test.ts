import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { REPORT_FORMATS } from '../../src/report/formats.js';
import { build, clean, deadlock, deadlockIn, Folder } from './commandLine.js';

const slashes = (path: string): string => path.replaceAll('\\', '/');

describe('threadlanes check, for CI', function () {
  let folder: Folder;
  before(() => {
    build();
    folder = new Folder();
    folder.write('deadlock.lanes.ndjson', deadlock);
    folder.write('clean.lanes.ndjson', clean);
    for (const name of ['traces', 'single', 'packages', 'packages/app']) mkdirSync(folder.file(name));
    folder.write('traces/b.lanes.ndjson', deadlock);
    folder.write('traces/a.lanes.ndjson', clean);
    folder.write('single/a.lanes.ndjson', clean);
    folder.write('traces/a~0001.lanes', 'an earlier segment is read with its trace');
    folder.write('traces/notes.txt', 'no trace');
    folder.write('broken.lanes', 'once upon a time');
  });
  after(() => folder.remove());

  const read = (name: string): string => readFileSync(folder.file(name), 'utf8');

  describe('several traces', () => {
    it('tells a finding once, with the traces that have it', () => {
      const { code, stdout, stderr } = folder.run(['check', 'deadlock.lanes.ndjson', 'traces']);
      assert.equal(stdout.match(/^deadlock \(certain\)/gm)?.length, 1);
      assert.match(stdout, /^ {2}in 2 of 3 traces: deadlock\.lanes\.ndjson, traces\/b\.lanes\.ndjson$/m);
      assert.match(stdout, /^1 error in 3 traces: /m);
      assert.deepEqual([code, stderr], [1, '']);
    });

    it('reads each once, however it is named', () => {
      const { stdout } = folder.run([
        'check',
        'traces',
        './traces/b.lanes.ndjson',
        folder.file('traces/a.lanes.ndjson'),
      ]);
      assert.match(stdout, /in 1 of 2 traces/);
    });

    it('judges the others where one cannot be read, and gives the worst exit code', () => {
      const { code, stdout, stderr } = folder.run(['check', 'broken.lanes', 'missing.lanes', 'deadlock.lanes.ndjson']);
      assert.match(stdout, /^deadlock \(certain\)/);
      assert.match(stdout, / 2 traces could not be read\.$/m);
      assert.match(
        stderr,
        /^threadlanes: broken\.lanes: [^\n]+\nthreadlanes: missing\.lanes: There is no such file\.\n$/,
      );
      assert.equal(code, 3);
    });

    it('gives a list of one for a folder with one', () => {
      const { stdout } = folder.run(['check', '--format', 'json', 'single']);
      const verdicts = JSON.parse(stdout) as { trace: { file: string } }[];
      assert.deepEqual(
        verdicts.map(({ trace }) => trace.file),
        ['single/a.lanes.ndjson'],
      );
    });

    it('writes the report though none can be read', () => {
      const { code, stdout } = folder.run(['check', '--format', 'json', 'missing.lanes']);
      const { trace, findings, incomplete } = JSON.parse(stdout) as Record<string, unknown>;
      assert.deepEqual((trace as { file: string }).file, 'missing.lanes');
      assert.deepEqual([findings, incomplete, code], [[], ['There is no such file.'], 3]);
    });
  });

  describe('--output', () => {
    it('writes what would go to standard output', () => {
      const args = ['check', '--format', 'sarif', 'deadlock.lanes.ndjson'];
      const { stdout } = folder.run(args);
      const toFile = folder.run([...args, '--output', 'out.sarif']);
      assert.deepEqual([toFile.stdout, toFile.code], ['', 1]);
      assert.equal(read('out.sarif'), stdout);
    });

    it('says in one line that it cannot write', () => {
      const { code, stdout, stderr } = folder.run(['check', '-o', 'no/such/folder', 'deadlock.lanes.ndjson']);
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, /^threadlanes: no\/such\/folder cannot be written: [^\n]+\n$/);
    });

    it('does not write over a trace', () => {
      const { code, stderr } = folder.run(['check', '-o', './clean.lanes.ndjson', 'clean.lanes.ndjson']);
      assert.deepEqual([code, stderr], [2, 'threadlanes: ./clean.lanes.ndjson is read: give --output another name.\n']);
      assert.equal(read('clean.lanes.ndjson'), clean);
    });
  });

  describe('--baseline', () => {
    it('lets known findings pass, and new ones fail', () => {
      const write = folder.run(['check', '--baseline', 'known.json', '--write-baseline', 'deadlock.lanes.ndjson']);
      assert.equal(write.code, 0, write.stderr);
      assert.match(write.stdout, /^Nothing but what is accepted \(1 in the baseline\): /);
      assert.equal(folder.run(['check', '--baseline', 'known.json', 'deadlock.lanes.ndjson']).code, 0);
      folder.run(['check', '--baseline', 'none.json', '--write-baseline', 'clean.lanes.ndjson']);
      assert.equal(folder.run(['check', '--baseline', 'none.json', 'deadlock.lanes.ndjson']).code, 1);
    });

    it('is written anew, the same bytes each time', () => {
      const args = ['check', '--baseline', 'again.json', '--write-baseline', 'deadlock.lanes.ndjson'];
      folder.run(args);
      const first = read('again.json');
      folder.run(args);
      assert.equal(read('again.json'), first);
      assert.match(first, /"id": "deadlock"/);
    });

    it('is not written over what is no baseline, nor from traces that could not be read', () => {
      const over = folder.run(['check', '--baseline', 'package.json', '--write-baseline', 'deadlock.lanes.ndjson']);
      assert.equal(over.code, 2);
      assert.match(over.stderr, /^threadlanes: package\.json exists and is no baseline: [^\n]+\n$/);
      assert.equal(read('package.json'), '{}');
      const half = folder.run(['check', '--baseline', 'half.json', '--write-baseline', 'broken.lanes']);
      assert.equal(half.code, 3);
      assert.match(half.stderr, /^threadlanes: half\.json is not written: a trace could not be read\.$/m);
    });
  });

  describe('--suppress', () => {
    const suppress = (...suppressions: object[]): string => {
      folder.write('suppress.json', JSON.stringify({ suppressions }));
      return 'suppress.json';
    };

    it('lets findings pass that have a reason, and says it', () => {
      const file = suppress({ id: 'deadlock', file: 'src/*.ts', reason: 'It is a test.' });
      const { code, stdout, stderr } = folder.run(['check', '--suppress', file, 'deadlock.lanes.ndjson']);
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(stdout, /^Nothing but what is accepted \(1 suppressed\): /);
      const json = folder.run(['check', '--suppress', file, '--format', 'json', 'deadlock.lanes.ndjson']).stdout;
      const { findings } = JSON.parse(json) as { findings: { suppressed: object }[] };
      assert.deepEqual(findings[0]?.suppressed, { by: 'suppression', reason: 'It is a test.' });
    });

    it('tells of those that nothing needs, unless a trace could not be read', () => {
      const file = suppress({ id: 'deadlock', file: 'gone.ts', reason: 'Old.' });
      const { code, stderr } = folder.run(['check', '--suppress', file, 'deadlock.lanes.ndjson']);
      assert.equal(code, 1);
      assert.equal(stderr, 'threadlanes: suppress.json: No finding needs suppression 1 (deadlock, gone.ts).\n');
      assert.doesNotMatch(folder.run(['check', '--suppress', file, 'broken.lanes']).stderr, /suppression/);
    });

    it('are not written into a baseline', () => {
      const file = suppress({ id: 'deadlock', object: 'cache', reason: 'It is a test.' });
      folder.run(['check', '--suppress', file, '--baseline', 'rest.json', '--write-baseline', 'deadlock.lanes.ndjson']);
      assert.match(read('rest.json'), /"findings": \[\]/);
    });

    it('says before it reads that a reason is missing', () => {
      const file = suppress({ id: 'deadlock', file: 'a.ts' });
      const { code, stderr } = folder.run(['check', '--suppress', file, 'missing.lanes']);
      assert.equal(code, 2);
      assert.match(
        stderr,
        /^threadlanes: the suppressions suppress\.json cannot be used: Suppression 1 \(deadlock\) has no "reason": [^\n]+\n$/,
      );
    });
  });

  describe('places', () => {
    const lineOf = (args: readonly string[], env: NodeJS.ProcessEnv = {}): string => {
      const text = folder.run(['check', ...args], { env }).stdout;
      return /(?:^|file=)([^\n:,]*store\.ts)/m.exec(text)?.[1] ?? text;
    };

    it('are named from where the command runs, and by others than terminals from the checkout', () => {
      folder.write('app.lanes.ndjson', deadlockIn(slashes(folder.file('packages/app'))));
      assert.equal(lineOf(['--format', 'unix', 'app.lanes.ndjson']), 'packages/app/src/store.ts');
      const env = { GITHUB_WORKSPACE: folder.file('..') };
      const name = slashes(folder.path).split('/').at(-1) as string;
      assert.equal(lineOf(['--format', 'github', 'app.lanes.ndjson'], env), `${name}/packages/app/src/store.ts`);
      assert.equal(lineOf(['--format', 'unix', 'app.lanes.ndjson'], env), 'packages/app/src/store.ts');
      folder.write('above.lanes.ndjson', deadlockIn(slashes(folder.file('..'))));
      assert.equal(lineOf(['--format', 'unix', 'above.lanes.ndjson']), '../src/store.ts');
      assert.equal(lineOf(['--format', 'github', 'above.lanes.ndjson']), 'src/store.ts');
      const elsewhere = { GITHUB_WORKSPACE: folder.file('traces') };
      assert.equal(lineOf(['--format', 'github', 'app.lanes.ndjson'], elsewhere), 'packages/app/src/store.ts');
    });

    it('are those of the trace where its program is not here, or where --root says', () => {
      assert.equal(lineOf(['--format', 'unix', 'deadlock.lanes.ndjson']), 'src/store.ts');
      const args = ['--format', 'unix', '--root', 'packages/app', 'deadlock.lanes.ndjson'];
      assert.equal(lineOf(args), 'packages/app/src/store.ts');
    });

    for (const format of Object.keys(REPORT_FORMATS)) {
      it(`hold nothing of this machine as ${format}`, () => {
        const root = slashes(folder.path);
        const outside = deadlockIn(root)
          .replaceAll('src/store.ts', `${slashes(folder.file('..'))}/shared/store.ts`)
          .replaceAll('src/query.ts', '/somewhere/else/node_modules/pkg/query.ts');
        folder.write('outside.lanes.ndjson', outside);
        const args = ['check', '--format', format, folder.file('outside.lanes.ndjson'), 'missing.lanes'];
        const { stdout, code } = folder.run(args);
        assert.equal(code, 3);
        assert.match(stdout, /shared\/store\.ts/);
        for (const path of [root, slashes(process.cwd()), '/somewhere']) assert.ok(!stdout.includes(path), stdout);
      });
    }
  });

  it('adds to the page of a GitHub job, and fails nothing where it cannot', () => {
    const summary = folder.write('summary.md', 'before\n');
    const env = { GITHUB_STEP_SUMMARY: summary };
    const { code, stdout } = folder.run(['check', '--format', 'github', 'deadlock.lanes.ndjson'], { env });
    assert.match(stdout, /^::error file=src\/store\.ts,line=48,/);
    assert.match(read('summary.md'), /^before\n## Threadlanes\n[^]*\| error \| Deadlock: /);
    assert.equal(code, 1);
    const nowhere = { GITHUB_STEP_SUMMARY: folder.file('no/such/file') };
    const other = folder.run(['check', '--format', 'github', 'clean.lanes.ndjson'], { env: nowhere });
    assert.equal(other.code, 0);
    assert.match(other.stderr, /^threadlanes: the job summary cannot be written: [^\n]+\n$/);
  });
});

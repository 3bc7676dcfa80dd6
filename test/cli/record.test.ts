import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { build, cli, Folder } from './commandLine.js';

/** Starts a worker, and ends as the argument says. */
const threaded = `
const { Worker, isMainThread } = require('node:worker_threads');
if (isMainThread) {
  const worker = new Worker(__filename);
  worker.on('exit', () => {
    console.log('args ' + process.argv.slice(2).join());
    if (process.argv[2] === 'fail') process.exitCode = 3;
    if (process.argv[2] === 'kill') process.kill(process.pid, 'SIGKILL');
    if (process.argv[2] === 'stay') setInterval(() => {}, 1000);
  });
}
`;

describe('threadlanes record', function () {
  this.timeout(60_000);
  let folder: Folder;
  before(() => {
    build();
    folder = new Folder();
    folder.write('app.cjs', threaded);
    folder.write('plain.cjs', 'console.log(process.argv.slice(2).join());');
  });
  after(() => folder.remove());

  const endOf = (trace: string): unknown => {
    const { stdout, stderr, code } = folder.run(['check', '--format', 'json', trace]);
    assert.equal(code, 0, stderr);
    return (JSON.parse(stdout) as { trace: { end: string } }).trace.end;
  };

  it('runs the program as it is, and says where the trace is', () => {
    const { code, stdout, stderr } = folder.run(['record', '-o', 'a.lanes', '--', 'node', 'app.cjs', 'one', '--two']);
    assert.deepEqual([code, stdout], [0, 'args one,--two\n']);
    assert.equal(stderr, 'threadlanes: the trace is in a.lanes\n');
    assert.equal(endOf('a.lanes'), 'clean');
  });

  it('runs a file without node, its options untouched, into the default folder', () => {
    const { code, stdout, stderr } = folder.run(['record', 'app.cjs', 'fail', '--check', '-o', 'x']);
    assert.deepEqual([code, stdout], [3, 'args fail,--check,-o,x\n']);
    const file = /the trace is in (\.threadlanes\S+\.lanes)\n/.exec(stderr)?.[1];
    assert.ok(file, stderr);
    assert.equal(endOf(file), 'exit');
    assert.ok(existsSync(folder.file('.threadlanes/.gitignore')));
  });

  it('gives 128 and the signal for a killed program, and writes its end', function () {
    if (process.platform === 'win32') this.skip();
    const { code } = folder.run(['record', '-o', 'killed.lanes', 'app.cjs', 'kill']);
    assert.equal(code, 128 + 9);
    assert.equal(endOf('killed.lanes'), 'killed');
    assert.match(
      folder.run(['dump', 'killed.lanes']).stdout,
      /\[end\] {2}end="killed" {2}code=null {2}signal="SIGKILL"/,
    );
  });

  it('does not take a child process that was killed for one that waited until the program ended', function () {
    if (process.platform === 'win32') this.skip();
    folder.write(
      'parent.cjs',
      `const { Worker, isMainThread, workerData: words } = require('node:worker_threads');
      if (!isMainThread) Atomics.wait(words, 0, 0);
      else if (process.argv[2]) {
        const words = new Int32Array(new SharedArrayBuffer(4));
        new Worker(__filename, { workerData: words }).on('online', () => { process.send(1); Atomics.wait(words, 0, 0); });
      } else {
        const child = require('node:child_process').fork(__filename, ['child']);
        child.on('message', () => setTimeout(() => child.kill('SIGKILL'), 100));
        child.on('exit', () => setTimeout(() => {}, 2500));
      }`,
    );
    folder.run(['record', '-o', 'child.lanes', 'parent.cjs']);
    assert.match(folder.run(['dump', 'child.lanes']).stdout, /word\.wait/);
    assert.equal(endOf('child.lanes'), 'killed');
  });

  it('hands signals on', async function () {
    if (process.platform === 'win32') this.skip();
    const child = spawn(process.execPath, [cli, 'record', '-o', 'stay.lanes', 'app.cjs', 'stay'], {
      cwd: folder.path,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const closed = new Promise<number | null>((done) => child.on('close', (code) => done(code)));
    await new Promise((started) => child.stdout.once('data', started));
    child.kill('SIGTERM');
    assert.equal(await closed, 128 + 15);
    assert.equal(endOf('stay.lanes'), 'killed');
  });

  it('says in one sentence that a program was never threaded, and leaves no file', () => {
    const { code, stdout, stderr } = folder.run(['record', '-o', 'none.lanes', 'plain.cjs', 'x']);
    assert.deepEqual([code, stdout], [0, 'x\n']);
    assert.equal(
      stderr,
      'threadlanes: plain.cjs started no second thread that was recorded, so there is nothing to show.\n',
    );
    assert.ok(!existsSync(folder.file('none.lanes')));
  });

  it('says nothing of threads when the program failed: it may not even have begun', () => {
    const { code, stderr } = folder.run(['record', '-o', 'missing.lanes', '--', 'node', 'missing.cjs']);
    assert.equal(code, 1);
    assert.match(stderr, /MODULE_NOT_FOUND/);
    assert.doesNotMatch(stderr, /threadlanes:/);
  });

  it('says so when the trace could not be written', () => {
    // As on a full disk: the file could be made, and nothing went into it.
    folder.write('full.cjs', 'require("node:fs").writeFileSync("full.lanes", "");');
    const { code, stderr } = folder.run(['record', '-o', 'full.lanes', 'full.cjs']);
    assert.equal(code, 0);
    assert.equal(stderr, 'threadlanes: nothing of full.cjs could be written, so there is nothing to show.\n');
  });

  it('does not take the trace of an earlier run for its own', () => {
    folder.run(['record', '-o', 'earlier.lanes', 'app.cjs']);
    const { stderr } = folder.run(['record', '-o', 'earlier.lanes', 'plain.cjs']);
    assert.match(stderr, /started (no|a) second thread that was recorded/);
  });

  it('removes an earlier trace when the program has run, whether or not it leaves one', () => {
    folder.run(['record', '-o', 'again.lanes', 'app.cjs']);
    assert.equal(folder.run(['record', '-o', 'again.lanes', '--', 'no-such-program-at-all']).code, 1);
    assert.ok(existsSync(folder.file('again.lanes')));
    folder.run(['record', '-o', 'again.lanes', 'plain.cjs']);
    assert.deepEqual(
      readdirSync(folder.path).filter((name) => name.startsWith('again')),
      [],
    );
  });

  it('takes an empty file for its trace', () => {
    folder.write('made.lanes', '');
    folder.run(['record', '-o', 'made.lanes', 'app.cjs']);
    assert.equal(endOf('made.lanes'), 'clean');
  });

  it('does not overwrite what is no trace', () => {
    const { code, stdout, stderr } = folder.run(['record', '-o', 'plain.cjs', 'app.cjs']);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /^threadlanes: \S+plain\.cjs exists and is no trace: [^\n]+\n$/);
    assert.match(readFileSync(folder.file('plain.cjs'), 'utf8'), /^console/);
  });

  it('runs the program though its trace cannot be written', function () {
    if (!existsSync('/dev/full')) this.skip();
    const { code, stdout, stderr } = folder.run(['record', '-o', '/dev/full', 'app.cjs', 'fail']);
    assert.deepEqual([code, stdout], [3, 'args fail\n']);
    assert.match(stderr, /^threadlanes: recording stopped: \/dev\/full cannot be written: ENOSPC/m);
    assert.doesNotMatch(stderr, /^(?!threadlanes: )./m);
  });

  it('keeps the NODE_OPTIONS that are set', () => {
    folder.write('before.cjs', 'console.log("before");');
    const env = { NODE_OPTIONS: `--require "${folder.file('before.cjs').replaceAll('\\', '\\\\')}"` };
    // The command itself is a Node program, too.
    assert.match(folder.run(['record', '-o', 'b.lanes', 'app.cjs'], { env }).stdout, /^before\n(before\n)+args/);
  });

  const cannotStart: readonly (readonly [args: readonly string[], sentence: RegExp])[] = [
    [['record', 'missing.js'], /^threadlanes: missing\.js does not exist\.\n$/],
    [['record', 'package.json'], /^threadlanes: cannot start package\.json: there is no such/],
    [['record', './package.json'], /^threadlanes: cannot start \.\/package\.json: it may not be executed\.\n$/],
    [['record', '--', 'no-such-program-at-all'], /^threadlanes: cannot start no-such-program-at-all: there is no such/],
  ];
  for (const [args, sentence] of cannotStart) {
    it(`says in one line that it cannot start: ${args.slice(1).join(' ')}`, function () {
      if (process.platform === 'win32') this.skip();
      const { code, stderr } = folder.run(args);
      assert.equal(code, 1);
      assert.match(stderr, sentence);
    });
  }

  it('leaves a missing program of node to Node', () => {
    const { code, stderr } = folder.run(['record', '--', 'node', 'missing.js']);
    assert.equal(code, 1);
    assert.match(stderr, /Cannot find module/);
  });

  const wrongPlaces: readonly (readonly string[])[] = [
    ['-o', 'plain.cjs/x.lanes'],
    ['-o', '.'],
    ['--dir', 'plain.cjs/traces'],
  ];
  for (const place of wrongPlaces) {
    it(`says before it starts that it cannot write to ${place.join(' ')}`, () => {
      const { code, stdout, stderr } = folder.run(['record', ...place, 'plain.cjs', 'started']);
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, /^threadlanes: no trace can be written to [^\n]+\n$/);
    });
  }

  it('puts traces into the folder that is named', () => {
    folder.run(['record', '--dir', 'traces/here', 'app.cjs']);
    assert.equal(readdirSync(folder.file('traces/here')).filter((name) => name.endsWith('.lanes')).length, 1);
  });
});

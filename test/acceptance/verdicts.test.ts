/** From a program to its verdict, through the built command, as a person would use it. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import {
  blockedLoop,
  cleanPipeline,
  deadConsumer,
  hangsBesideTimer,
  inversion,
  leftLock,
  lineOf,
  opposite,
  sameFunction,
  VARIATIONS,
  waitsForJob,
  type Variation,
} from './programs.js';

const root = resolve(__dirname, '../..');
const cli = join(root, 'dist/cli.cjs');

interface Location {
  role: string;
  file: string;
  line: number;
  thread: number;
}
interface Finding {
  id: string;
  severity: string;
  grade: string;
  message: string;
  threads: { id: number; name: string }[];
  objects: { name: string }[];
  locations: Location[];
}
interface Check {
  trace: { end: string };
  findings: Finding[];
}

/** How long a loaded machine may take to say what it sees. */
const PATIENCE_MS = 40_000;

/** Inside the package, so that `require('threadlanes')` finds it by its own name. */
let folder = '';

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

function check(trace: string): { code: number | null; result: Check; text: string } {
  const run = spawnSync(process.execPath, [cli, 'check', '--format', 'json', trace], { encoding: 'utf8', cwd: folder });
  assert.equal(run.stderr, '');
  const text = spawnSync(process.execPath, [cli, 'check', trace], { encoding: 'utf8', cwd: folder }).stdout;
  return { code: run.status, result: JSON.parse(run.stdout) as Check, text };
}

function recordToEnd(
  program: string,
  args: string[] = [],
): { code: number | null; stdout: string; stderr: string; trace: string } {
  const trace = program.replace(/\.cjs$/, '.lanes');
  const run = spawnSync(process.execPath, [cli, 'record', '-o', trace, ...args, '--', 'node', program], {
    encoding: 'utf8',
    cwd: folder,
    timeout: PATIENCE_MS,
  });
  return { code: run.status, stdout: run.stdout, stderr: run.stderr, trace };
}

/** Records until the watchdog speaks, checks the growing file, kills the program, and checks the file again. */
async function recordAndKill(
  program: string,
): Promise<{ stderr: string; live: Check; after: Check; text: string; code: number | null }> {
  const trace = program.replace(/\.cjs$/, '.lanes');
  const child = spawn(process.execPath, [cli, 'record', '-o', trace, '--', 'node', program], { cwd: folder });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  const told = new Promise<void>((done) => {
    child.stderr.on('data', (data: Buffer) => {
      stderr += data.toString();
      if (/deadlock|blocked-forever/.test(stderr)) done();
    });
    setTimeout(done, PATIENCE_MS).unref();
  });
  const closed = new Promise<number | null>((done) => child.on('close', (code) => done(code)));
  await told;
  // The watchdog is surer than the file: it knows that nothing has moved since.
  let live = check(trace).result;
  for (const start = Date.now(); errorsOf(live).length === 0 && Date.now() - start < PATIENCE_MS;) {
    await new Promise((done) => setTimeout(done, 300));
    live = check(trace).result;
  }
  process.kill(Number(/pid (\d+)/.exec(stdout)?.[1]), 'SIGKILL');
  const code = await closed;
  const after = check(trace);
  return { stderr, live, after: after.result, text: after.text, code };
}

const errorsOf = (result: Check): Finding[] => result.findings.filter((finding) => finding.severity === 'error');

function assertLines(
  finding: Finding,
  program: string,
  file: string,
  tags: readonly [role: string, tag: string][],
): void {
  for (const [role, tag] of tags) {
    const line = lineOf(program, tag);
    assert.ok(
      finding.locations.some((at) => at.role === role && at.line === line && at.file.endsWith(basename(file))),
      `${role} at line ${line} (@${tag}) is missing in ${JSON.stringify(finding.locations)}`,
    );
  }
}

/** The message with this program's names and lines taken out. */
function shapeOf(message: string, { names, objects }: Variation): string {
  let shape = message.replace(/[\w/.-]+\.cjs:\d+(-\d+)?/g, 'LINE').replace(/\d+(\.\d+)?.s\b/g, 'TIME');
  [...names, ...objects].forEach((name, i) => (shape = shape.replaceAll(name, `NAME${i}`)));
  return shape;
}

describe('from a program to its verdict', function () {
  this.timeout(3 * PATIENCE_MS);

  before(() => {
    mkdirSync(join(root, '.test-output'), { recursive: true });
    folder = mkdtempSync(join(root, '.test-output/acceptance-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  describe('two locks in opposite orders', () => {
    const shapes = new Set<string>();
    for (const variation of VARIATIONS) {
      it(`${variation.names.join(' and ')}: told while it hangs, and from the file after SIGKILL`, async () => {
        const text = opposite(variation);
        const program = write(`opposite-${variation.names[0]}.cjs`, text);
        const { stderr, live, after, code } = await recordAndKill(program);
        assert.equal(code, 128 + 9);
        assert.match(stderr, /deadlock \(certain\)/);
        assert.ok(stderr.includes(`${basename(program)}:${lineOf(text, 'waits-a')}`), stderr);
        assert.ok(stderr.includes(`${basename(program)}:${lineOf(text, 'waits-b')}`), stderr);
        for (const result of [live, after]) {
          const [finding, ...others] = errorsOf(result);
          assert.ok(finding);
          assert.deepEqual(others, []);
          assert.equal(finding.id, 'deadlock');
          assert.equal(finding.grade, 'certain');
          assert.deepEqual(finding.threads.map((thread) => thread.name).sort(), [...variation.names].sort());
          assert.deepEqual(finding.objects.map((object) => object.name).sort(), [...variation.objects].sort());
          assertLines(finding, text, program, [
            ['holds', 'holds-a'],
            ['waits', 'waits-a'],
            ['holds', 'holds-b'],
            ['waits', 'waits-b'],
          ]);
        }
        assert.equal(after.trace.end, 'killed');
        shapes.add(shapeOf(errorsOf(after)[0]?.message ?? '', variation));
      });
    }
    it('differs in names and lines only', () => assert.equal(shapes.size, 1, [...shapes].join('\n---\n')));

    it('is ended with exit code 86 when that was asked for', () => {
      const [variation] = VARIATIONS as [Variation];
      const program = write('ended.cjs', opposite(variation));
      const { code, trace } = recordToEnd(program, ['--on-deadlock', 'end']);
      assert.equal(code, 86);
      const { code: checkCode, result } = check(trace);
      assert.equal(checkCode, 1);
      assert.deepEqual(
        errorsOf(result).map((finding) => finding.id),
        ['deadlock'],
      );
    });
  });

  describe('two locks that one function takes for two threads', () => {
    it('advises an order that does not depend on who calls', async () => {
      const [variation] = VARIATIONS as [Variation];
      const text = sameFunction(variation);
      const program = write('same-function.cjs', text);
      const { after } = await recordAndKill(program);
      const [finding, ...others] = errorsOf(after);
      assert.deepEqual(others, []);
      assert.equal(finding?.id, 'deadlock');
      assert.deepEqual(finding.objects.map((object) => object.name).sort(), [...variation.objects].sort());
      const lines = `${lineOf(text, 'holds')}-${lineOf(text, 'waits')}`;
      assert.match(finding.message, new RegExp(`smaller number first in \\S*same-function\\.cjs:${lines}\\.$`));
    });
  });

  describe('the same without hanging', () => {
    for (const variation of VARIATIONS) {
      it(`${variation.names.join(' and ')}: a lock-order inversion, no error`, () => {
        const text = inversion(variation);
        const program = write(`inversion-${variation.names[0]}.cjs`, text);
        const { code, trace } = recordToEnd(program);
        assert.equal(code, 0);
        const { code: checkCode, result } = check(trace);
        assert.equal(checkCode, 1, 'fails the build by default');
        assert.deepEqual(
          result.findings.map((finding) => [finding.id, finding.severity]),
          [['lock-order-inversion', 'warning']],
        );
        const [finding] = result.findings as [Finding];
        assertLines(finding, text, program, [
          ['acquires', 'first-a'],
          ['acquires', 'second-a'],
          ['acquires', 'first-b'],
          ['acquires', 'second-b'],
        ]);
      });
    }
  });

  describe('main in Atomics.wait for a worker that waits for its loop', () => {
    for (const variation of VARIATIONS) {
      it(`${variation.names[0]}: a deadlock through the event loop`, async () => {
        const text = blockedLoop(variation);
        const program = write(`loop-${variation.names[0]}.cjs`, text);
        const { stderr, live, after } = await recordAndKill(program);
        assert.match(stderr, /deadlock/);
        for (const result of [live, after]) {
          const [finding, ...others] = errorsOf(result);
          assert.ok(finding);
          assert.deepEqual(others, []);
          assert.equal(finding.id, 'deadlock');
          assert.deepEqual(finding.threads.map((thread) => thread.name).sort(), ['main', variation.names[0]].sort());
          assertLines(finding, text, program, [
            ['waits', 'waits-main'],
            ['posts', 'posts'],
          ]);
        }
      });
    }
  });

  describe('a consumer that died and a producer on a full queue', () => {
    for (const variation of VARIATIONS) {
      it(`${variation.names.join(' and ')}: blocked for ever`, async () => {
        const text = deadConsumer(variation);
        const program = write(`consumer-${variation.names[0]}.cjs`, text);
        const { live, after } = await recordAndKill(program);
        for (const result of [live, after]) {
          const [finding, ...others] = errorsOf(result);
          assert.ok(finding);
          assert.deepEqual(others, []);
          assert.equal(finding.id, 'blocked-forever');
          assert.ok(finding.objects.some((object) => object.name === variation.objects[0]));
          assertLines(finding, text, program, [
            ['waits', 'waits-a'],
            ['ends', 'dies'],
          ]);
        }
      });
    }
  });

  describe('main in Atomics.wait for a worker that works in the thread pool', () => {
    it('is told nothing, neither while it waits nor afterwards', () => {
      const program = write('job.cjs', waitsForJob((VARIATIONS as [Variation])[0]));
      const { code, stderr, trace } = recordToEnd(program);
      assert.equal(code, 0);
      assert.doesNotMatch(stderr, /likely|certain/);
      assert.deepEqual(check(trace).result.findings, []);
    });
  });

  it('a lock that was left behind is a note with its lines, though the program ends', () => {
    const [variation] = VARIATIONS as [Variation];
    const text = leftLock(variation);
    const program = write('left.cjs', text);
    const { code, trace } = recordToEnd(program);
    assert.equal(code, 0);
    const { code: checkCode, result, text: said } = check(trace);
    assert.equal(checkCode, 0);
    assert.deepEqual(
      result.findings.map(({ id, severity }) => [id, severity]),
      [['abandoned-lock', 'note']],
    );
    assertLines(result.findings[0] as Finding, text, program, [
      ['holds', 'holds'],
      ['waits', 'waits'],
    ]);
    assert.match(said, /^abandoned-lock/);
  });

  it('a wait that only the event loop of main can end is a note, and no alarm; an idle worker is nothing', () => {
    const [variation] = VARIATIONS as [Variation];
    const text = hangsBesideTimer(variation);
    const program = write('timer.cjs', text);
    const { code, stderr, trace } = recordToEnd(program, ['--on-deadlock', 'end']);
    assert.equal(code, 128 + 9);
    assert.doesNotMatch(stderr, /blocked-forever|deadlock \(/);
    const { code: checkCode, result } = check(trace);
    assert.equal(checkCode, 0);
    assert.deepEqual(
      result.findings.map(({ id, grade, severity }) => [id, grade, severity]),
      [['blocked-forever', 'possible', 'note']],
    );
    const [finding] = result.findings as [Finding];
    assert.deepEqual(
      finding.threads.map(({ name }) => name),
      [variation.names[0]],
    );
    assertLines(finding, text, program, [['waits', 'waits']]);
  });

  it('what the watchdog ended a program for, check says of its trace: also of a thread that died before', () => {
    const [variation] = VARIATIONS as [Variation];
    const program = write('consumer-ended.cjs', deadConsumer(variation));
    const { code, trace } = recordToEnd(program, ['--on-deadlock', 'end']);
    assert.equal(code, 86);
    const { code: checkCode, result } = check(trace);
    assert.equal(checkCode, 1);
    assert.deepEqual(
      errorsOf(result).map(({ id, grade }) => [id, grade]),
      [['blocked-forever', 'certain']],
    );
  });

  describe('a clean producer and consumer', () => {
    for (const variation of VARIATIONS) {
      it(`${variation.names.join(' and ')}: no finding`, () => {
        const program = write(`clean-${variation.names[0]}.cjs`, cleanPipeline(variation));
        const { code, stdout, trace } = recordToEnd(program);
        assert.equal(code, 0);
        assert.match(stdout, /sum 19900/);
        const { code: checkCode, result } = check(trace);
        assert.equal(checkCode, 0);
        assert.deepEqual(result.findings, []);
        assert.equal(result.trace.end, 'clean');
      });
    }
  });
});

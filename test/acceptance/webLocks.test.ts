/** Web Locks, from a program to its verdict: what is said of them is what is said of the library's locks. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { lineOf, VARIATIONS, type Variation } from './programs.js';
import {
  healthyRequests,
  invertedRequests,
  nestedRequest,
  oppositeRequests,
  requestsInCircle,
  returnedRequests,
} from './webLockPrograms.js';

const cli = join(resolve(__dirname, '../..'), 'dist/cli.cjs');
const executable = process.env['THREADLANES_TEST_NODE'] ?? process.execPath;
const hasWebLocks =
  spawnSync(executable, ['-p', "typeof require('node:worker_threads').locks"], { encoding: 'utf8' }).stdout.trim() ===
  'object';

/** How long a loaded machine may take to say what it sees. */
const PATIENCE_MS = 60_000;

interface Finding {
  id: string;
  severity: string;
  grade: string;
  message: string;
  threads: { name: string }[];
  objects: { name: string; kind: string }[];
  locations: { role: string; file: string; line: number }[];
}

let folder = '';

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

function check(trace: string): { code: number | null; findings: Finding[] } {
  const run = spawnSync(process.execPath, [cli, 'check', '--format', 'json', trace], { encoding: 'utf8', cwd: folder });
  assert.equal(run.stderr, '');
  return { code: run.status, findings: (JSON.parse(run.stdout) as { findings: Finding[] }).findings };
}

function recordToEnd(program: string, args: string[] = []): { code: number | null; stderr: string; trace: string } {
  const trace = `${program}.lanes`;
  const run = spawnSync(process.execPath, [cli, 'record', '-o', trace, ...args, '--', executable, program], {
    encoding: 'utf8',
    cwd: folder,
    timeout: PATIENCE_MS,
  });
  return { code: run.status, stderr: run.stderr, trace };
}

/** Records until the watchdog speaks, then kills the program. */
async function recordUntilTold(program: string): Promise<{ stderr: string; trace: string }> {
  const trace = `${program}.lanes`;
  const child = spawn(process.execPath, [cli, 'record', '-o', trace, '--', executable, program], { cwd: folder });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  const told = new Promise<void>((done) => {
    child.stderr.on('data', (data: Buffer) => {
      stderr += data.toString();
      if (/deadlock \(/.test(stderr)) done();
    });
    setTimeout(done, PATIENCE_MS).unref();
  });
  const closed = new Promise<void>((done) => child.on('close', () => done()));
  await told;
  process.kill(Number(/pid (\d+)/.exec(stdout)?.[1]), 'SIGKILL');
  await closed;
  return { stderr, trace };
}

const namesOf = (named: readonly { name: string }[]): string[] => named.map(({ name }) => name).sort();

function assertLines(finding: Finding, text: string, program: string, ...tags: [role: string, tag: string][]): void {
  for (const [role, tag] of tags) {
    const line = lineOf(text, tag);
    assert.ok(
      finding.locations.some((at) => at.role === role && at.line === line && at.file.endsWith(basename(program))),
      `${role} at line ${line} (@${tag}) is missing in ${JSON.stringify(finding.locations)}`,
    );
  }
}

/** The only finding of a program that hangs: told while it does, and with the same words from its file. */
async function toldAndChecked(program: string): Promise<Finding> {
  const { stderr, trace } = await recordUntilTold(program);
  const { findings } = check(trace);
  assert.equal(findings.length, 1, JSON.stringify(findings));
  const [finding] = findings as [Finding];
  assert.equal(finding.severity, 'error');
  assert.ok(stderr.includes(finding.message), `${stderr}\n---\n${finding.message}`);
  assert.ok(finding.objects.every(({ kind }) => kind === 'weblock'));
  return finding;
}

describe('web locks, from a program to its verdict', function () {
  this.timeout(3 * PATIENCE_MS);

  before(function () {
    if (!hasWebLocks) {
      this.test?.parent?.eachTest((test) => (test.title += ' (this Node has no Web Locks)'));
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), 'threadlanes-web-locks-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [i, variation] of VARIATIONS.entries()) {
    const { names, objects } = variation;
    it(`${names.join(' and ')}: two locks in opposite orders`, async () => {
      const text = oppositeRequests(variation);
      const program = write(`opposite-${i}.cjs`, text);
      const finding = await toldAndChecked(program);
      assert.equal(finding.id, 'deadlock');
      assert.deepEqual(namesOf(finding.threads), [...names].sort());
      assert.deepEqual(namesOf(finding.objects), [...objects].sort());
      assertLines(
        finding,
        text,
        program,
        ['holds', 'holds-a'],
        ['waits', 'waits-a'],
        ['holds', 'holds-b'],
        ['waits', 'waits-b'],
      );
    });

    it(`${names.join(' and ')}: a lock-order inversion where it did not happen`, () => {
      const text = invertedRequests(variation);
      const program = write(`inverted-${i}.cjs`, text);
      const { code, trace } = recordToEnd(program);
      assert.equal(code, 0);
      const { findings } = check(trace);
      assert.deepEqual(
        findings.map((finding) => [finding.id, finding.severity]),
        [['lock-order-inversion', 'warning']],
      );
      const at = ['first-a', 'second-a', 'first-b', 'second-b'].map((tag): [string, string] => ['acquires', tag]);
      assertLines(findings[0] as Finding, text, program, ...at);
    });
  }

  const [variation, otherVariation] = VARIATIONS as [Variation, Variation];

  it('is certain where each callback returns its next request, and ends the program when that was asked for', () => {
    const text = returnedRequests(otherVariation);
    const program = write('returned.cjs', text);
    const { code, trace, stderr } = recordToEnd(program, ['--on-deadlock', 'end']);
    assert.equal(code, 86);
    const { code: checkCode, findings } = check(trace);
    assert.equal(checkCode, 1);
    assert.deepEqual(
      findings.map(({ id, grade }) => [id, grade]),
      [['deadlock', 'certain']],
    );
    const [finding] = findings as [Finding];
    assert.ok(stderr.includes(finding.message));
    assert.deepEqual(namesOf(finding.threads), [...otherVariation.names].sort());
    assertLines(finding, text, program, ['holds', 'both'], ['waits', 'both']);
  });

  it('three threads in a circle, in a module', async () => {
    const text = requestsInCircle(variation);
    const program = write('circle.mjs', text);
    const finding = await toldAndChecked(program);
    assert.equal(finding.id, 'deadlock');
    assert.deepEqual(namesOf(finding.threads), [...variation.names, 'third'].sort());
    assertLines(finding, text, program, ['holds', 'holds'], ['waits', 'waits']);
  });

  it('a callback that asks for its own lock', async () => {
    const text = nestedRequest(otherVariation);
    const program = write('nested.cjs', text);
    const finding = await toldAndChecked(program);
    assert.equal(finding.id, 'self-deadlock');
    assert.deepEqual(namesOf(finding.threads), [otherVariation.names[0]]);
    assertLines(finding, text, program, ['holds', 'holds'], ['waits', 'waits']);
  });

  it('is silent about leaders, watchers, tries and locks that are held across messages', () => {
    const program = write('healthy.cjs', healthyRequests(variation));
    const { code, stderr, trace } = recordToEnd(program);
    assert.equal(code, 0);
    assert.doesNotMatch(stderr, /likely|certain/);
    assert.deepEqual(check(trace).findings, []);
  });
});

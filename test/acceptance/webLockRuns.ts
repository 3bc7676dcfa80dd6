/** Recording programs with Web Locks on a Node that has them, and what is said of them. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { lineOf } from './programs.js';

const root = resolve(__dirname, '../..');
const cli = join(root, 'dist/cli.cjs');
const executable = process.env['THREADLANES_TEST_NODE'] ?? process.execPath;

/** How long a loaded machine may take to say what it sees. */
export const PATIENCE_MS = 60_000;

export const hasWebLocks =
  spawnSync(executable, ['-p', "typeof require('node:worker_threads').locks"], { encoding: 'utf8' }).stdout.trim() ===
  'object';

export interface Finding {
  id: string;
  severity: string;
  grade: string;
  title: string;
  message: string;
  threads: { name: string }[];
  objects: { name: string; kind: string }[];
  locations: { role: string; file: string; line: number }[];
}

/** A folder of programs and traces, inside the package, so that `require('threadlanes')` finds it by its own name. */
export class Runs {
  readonly #folder: string;

  constructor() {
    mkdirSync(join(root, '.test-output'), { recursive: true });
    this.#folder = mkdtempSync(join(root, '.test-output/web-locks-'));
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  write(name: string, text: string): string {
    const file = join(this.#folder, name);
    writeFileSync(file, text);
    return file;
  }

  check(trace: string): { code: number | null; findings: Finding[] } {
    const options = { encoding: 'utf8', cwd: this.#folder } as const;
    const run = spawnSync(process.execPath, [cli, 'check', '--format', 'json', trace], options);
    assert.equal(run.stderr, '');
    return { code: run.status, findings: (JSON.parse(run.stdout) as { findings: Finding[] }).findings };
  }

  recordToEnd(program: string, args: string[] = []): { code: number | null; stderr: string; trace: string } {
    const trace = `${program}.lanes`;
    const run = spawnSync(process.execPath, [cli, 'record', '-o', trace, ...args, '--', executable, program], {
      encoding: 'utf8',
      cwd: this.#folder,
      timeout: PATIENCE_MS,
    });
    return { code: run.status, stderr: run.stderr, trace };
  }

  /** Records until the watchdog speaks, then kills the program. */
  async recordUntilTold(program: string): Promise<{ stderr: string; trace: string }> {
    const trace = `${program}.lanes`;
    const command = [cli, 'record', '-o', trace, '--', executable, program];
    const child = spawn(process.execPath, command, { cwd: this.#folder });
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
    for (const start = Date.now(); this.check(trace).findings.length === 0 && Date.now() - start < PATIENCE_MS;)
      await new Promise((done) => setTimeout(done, 100));
    process.kill(Number(/pid (\d+)/.exec(stdout)?.[1]), 'SIGKILL');
    await closed;
    return { stderr, trace };
  }
}

export const namesOf = (named: readonly { name: string }[]): string[] => named.map(({ name }) => name).sort();

export function assertLines(
  finding: Finding,
  text: string,
  program: string,
  ...tags: [role: string, tag: string][]
): void {
  for (const [role, tag] of tags) {
    const line = lineOf(text, tag);
    assert.ok(
      finding.locations.some((at) => at.role === role && at.line === line && at.file.endsWith(basename(program))),
      `${role} at line ${line} (@${tag}) is missing in ${JSON.stringify(finding.locations)}`,
    );
  }
}

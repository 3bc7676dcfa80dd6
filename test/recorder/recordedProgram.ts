/** Runs small programs in a process of their own, with the recorder as it is shipped and without it. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';
import type { RecorderSettings } from '../../src/probe/settings.js';
import { Dictionary } from '../../src/trace/dictionary.js';
import { eventAt } from '../../src/trace/eventBatch.js';
import { opSpec } from '../../src/trace/ops.js';
import type { EventRecord, MarkerRecord, SiteRecord } from '../../src/trace/records.js';
import type { EventBatch } from '../../src/trace/eventBatch.js';
import { readTrace } from '../fixtures/readTrace.js';

const root = resolve(__dirname, '../..');
/** Programs that hang are ended long after the test has failed, so that the tests come to their end. */
export const LONGEST_MS = 120_000;
/** Another Node than the one that runs the tests, by the path of its executable. */
export const executable = process.env['THREADLANES_TEST_NODE'] ?? process.execPath;
/** Its major version. */
export const major = Number.parseInt(
  executable === process.execPath
    ? process.versions.node
    : execFileSync(executable, ['-p', 'process.versions.node'], { encoding: 'utf8' }),
);
const node = { bundle: true, platform: 'node', target: 'node20', format: 'cjs', logLevel: 'silent' } as const;

/** What the recorder keeps from one run to the next: the person's own cache stays as it is. */
const cacheFolder = mkdtempSync(join(tmpdir(), 'threadlanes-cache-'));
process.on('exit', () => rmSync(cacheFolder, { recursive: true, force: true }));
/** Where each system has its caches; on macOS that is the home folder. */
const cacheEnv: NodeJS.ProcessEnv =
  process.platform === 'darwin' ? { HOME: cacheFolder } : { XDG_CACHE_HOME: cacheFolder, LOCALAPPDATA: cacheFolder };

/** An event as tests speak of it. */
export interface TracedEvent extends EventRecord {
  readonly name: string;
  readonly site: SiteRecord | null;
}

/** Everything in a trace. */
export class Trace extends Dictionary {
  readonly allEvents: TracedEvent[] = [];
  readonly markers: MarkerRecord[] = [];

  events(batch: EventBatch): void {
    for (let i = 0; i < batch.length; i++) {
      const event = eventAt(batch, i);
      const site = this.sites[this.stacks[event.stack]?.[0] ?? -1] ?? null;
      this.allEvents.push({ ...event, name: opSpec(event.op)?.name ?? String(event.op), site });
    }
  }

  marker(marker: MarkerRecord): void {
    this.markers.push(marker);
  }

  named(...names: readonly string[]): TracedEvent[] {
    return this.allEvents.filter(({ name }) => names.includes(name));
  }

  get end(): MarkerRecord | undefined {
    return this.markers.find(({ kind }) => kind === 'end');
  }
}

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly signal: string | null;
}

export interface RunOptions {
  readonly settings?: RecorderSettings;
  readonly args?: readonly string[];
  /** The program's own arguments. */
  readonly after?: readonly string[];
  /** Sent once this stands in the program's output. */
  readonly killWhen?: string;
  /** Is told what stands in the program's stderr so far. */
  readonly onStderr?: (text: string) => unknown;
  readonly record?: boolean;
  readonly env?: NodeJS.ProcessEnv;
}

/** A folder with a program's files, and the recorder. `dispose` when done. */
export class ProgramFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'threadlanes-recorder-'));

  constructor(files: Readonly<Record<string, string>>) {
    writeFileSync(join(this.path, 'package.json'), '{}');
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.path, name)), { recursive: true });
      writeFileSync(join(this.path, name), text);
    }
  }

  async run(file: string, options: RunOptions = {}): Promise<Outcome> {
    const { settings, args = [], after = [], killWhen, onStderr, record = true, env = {} } = options;
    const preload = record ? ['-r', await builtRecorder()] : [];
    return new Promise((done, failed) => {
      const child = spawn(executable, [...preload, ...args, file, ...after], {
        cwd: this.path,
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: LONGEST_MS,
        killSignal: 'SIGKILL',
        env: {
          ...process.env,
          ...cacheEnv,
          NODE_OPTIONS: '',
          THREADLANES: settings ? JSON.stringify(settings) : '',
          ...env,
        },
      });
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
        if (killWhen !== undefined && stdout.includes(killWhen)) child.kill('SIGKILL');
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
        onStderr?.(stderr);
      });
      child.on('error', failed);
      child.on('close', (code, signal) => done({ stdout, stderr, code, signal }));
    });
  }

  traceFiles(folder = '.threadlanes'): string[] {
    const path = join(this.path, folder);
    if (!existsSync(path)) return [];
    return readdirSync(path)
      .filter((name) => name.endsWith('.lanes'))
      .map((name) => join(path, name));
  }

  async readTrace(path = this.traceFiles()[0] as string): Promise<Trace> {
    const trace = new Trace();
    await readTrace(readFileSync(path), trace);
    return trace;
  }

  /** Runs a program with the recorder and reads what it left. */
  async record(file: string, options: RunOptions = {}): Promise<{ outcome: Outcome; trace: Trace }> {
    const outcome = await this.run(file, options);
    const files = this.traceFiles();
    if (files.length === 0) throw new Error(`no trace: ${outcome.stderr}`);
    return { outcome, trace: await this.readTrace(files.at(-1)) };
  }

  dispose(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

let recorder: Promise<string> | null = null;

/** Builds the recorder and its collector once, apart from `dist`, so that tests run what the sources say. */
export function builtRecorder(): Promise<string> {
  recorder ??= (async () => {
    const folder = mkdtempSync(join(tmpdir(), 'threadlanes-built-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    const entries = {
      register: 'src/recorder/register.ts',
      recorder: 'src/recorder/recorder.ts',
      collector: 'src/collector/main.ts',
      sites: 'src/recorder/sites/static/main.ts',
    };
    for (const [name, entry] of Object.entries(entries)) {
      await build({ ...node, entryPoints: [join(root, entry)], outfile: join(folder, `${name}.cjs`) });
    }
    return join(folder, 'register.cjs');
  })();
  return recorder;
}

/** Runs a test's body on a program, and removes its folder. */
export async function withProgram<T>(
  files: Readonly<Record<string, string>>,
  body: (folder: ProgramFolder) => Promise<T>,
): Promise<T> {
  const folder = new ProgramFolder(files);
  try {
    return await body(folder);
  } finally {
    folder.dispose();
  }
}

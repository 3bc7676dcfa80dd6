/**
 * What the recorder costs: each program runs in turn bare and recorded, on every Node version that can be had. Figures
 * are medians over the rounds; ratios are of one run.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { median, row, section } from './print.js';

const ROUNDS = 3;
const STARTS = 15;
const SITES = ['auto', 'dynamic', 'exact'] as const;

const folder = resolve('.test-output/bench');
const register = resolve('dist/register.cjs');

/** As `test/nodes.mjs` brings it. */
interface NodeVersion {
  readonly major: number;
  readonly path?: string;
  readonly version?: string;
  readonly reason?: string;
}

type Figures = Readonly<Record<string, number>>;

interface Run {
  readonly record: boolean;
  readonly args?: readonly string[];
  /** Where call sites come from. */
  readonly sites?: string;
  /** Node's own. */
  readonly flags?: readonly string[];
}

/** A program of this folder, in a process of its own. */
class Program {
  readonly #node: string;
  readonly #traces: string;

  constructor(node: string, traces: string) {
    this.#node = node;
    this.#traces = traces;
  }

  run(name: string, how: Run): Figures {
    const { record, args = [], sites = 'auto', flags = [] } = how;
    const preload = record ? ['-r', register, ...flags] : flags;
    const settings = JSON.stringify({ dir: this.#traces, sites });
    const output = execFileSync(this.#node, [...preload, join(folder, `${name}.cjs`), ...args], {
      env: { ...process.env, NODE_OPTIONS: '', THREADLANES: settings },
      maxBuffer: 1 << 26,
    });
    return JSON.parse(String(output)) as Figures;
  }

  /** Node's own tracing of user timing, into the same folder. */
  get traceEvents(): readonly string[] {
    return [
      '--trace-event-categories',
      'node.perf.usertiming',
      '--trace-event-file-pattern',
      join(this.#traces, 'node.json'),
    ];
  }

  /** Milliseconds from start to end of an empty program. */
  start(preload: readonly string[]): number {
    const start = performance.now();
    execFileSync(this.#node, [...preload, '-e', '0'], { env: { ...process.env, NODE_OPTIONS: '', THREADLANES: '' } });
    return performance.now() - start;
  }

  /** Bytes of the traces written so far, which are removed. */
  takeBytes(): number {
    const files = readdirSync(this.#traces).map((name) => join(this.#traces, name));
    const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
    for (const file of files) rmSync(file);
    return bytes;
  }
}

const ns = (value: number): string => `${value < 100 ? value.toFixed(1) : value.toFixed(0)} ns`;
const times = (value: number, base: number): string => `${(value / base).toFixed(2)} ×`;

function medians(rounds: readonly Figures[]): Figures {
  const names = Object.keys(rounds[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, median(rounds.map((figures) => figures[name] as number))]));
}

function micro(program: Program): void {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const bare = program.run('micro', { record: false });
    const ways = SITES.map((sites) => program.run('micro', { record: true, sites }));
    return { bare, ways, traced: program.run('micro', { record: false, flags: program.traceEvents }) };
  });
  const bare = medians(rounds.map(({ bare }) => bare));
  const recorded = medians(rounds.map(({ ways }) => ways[0] as Figures));
  const clock = recorded['performance.now'] as number;
  row('the clock alone', ns(clock));
  for (const [name, value] of Object.entries(recorded)) {
    const without = bare[name];
    if (without === undefined) row(name, `${ns(value)}, ${times(value, clock)} the clock`);
  }
  const traced = medians(rounds.map(({ traced }) => traced));
  row('performance.mark', ns(bare['performance.mark'] as number));
  row('performance.mark, --trace-events', ns(traced['performance.mark'] as number));
  row('one call', 'bare, recorded');
  for (const [name, without] of Object.entries(bare)) {
    if (name.startsWith('performance.')) continue;
    const value = recorded[name] as number;
    row(`  ${name}`, `${ns(without)}, ${ns(value)}, ${times(value, without)}`);
  }
  row('ways of taking the call site', 'auto, dynamic, exact');
  for (const name of ['Lock acquire + release', 'a mutex on Atomics, acquire + release']) {
    const ways = rounds.map(({ ways }) => ways.map((figures) => figures[name] as number));
    row(`  ${name}`, SITES.map((_, i) => ns(median(ways.map((values) => values[i] as number)))).join(', '));
  }
}

function flood(program: Program): void {
  for (const producers of [1, 2, 4]) {
    program.takeBytes();
    const { events = 0, ms = 1 } = program.run('flood', { record: true, args: [String(producers)] });
    const bytes = program.takeBytes();
    row(
      `${producers} threads without pause`,
      `${(events / ms / 1000).toFixed(2)} M events/s, ${(bytes / events).toFixed(2)} bytes an event`,
    );
  }
}

function idle(program: Program): void {
  const bare = program.run('idle', { record: false });
  const recorded = program.run('idle', { record: true });
  const share = (recorded['share'] as number) - (bare['share'] as number);
  row('nothing happens', `${(share * 100).toFixed(2)} % of a core`);
  row('memory', `${(((recorded['rss'] as number) - (bare['rss'] as number)) / 1e6).toFixed(1)} MB`);
}

function start(program: Program): void {
  const bare: number[] = [];
  const loaded: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    bare.push(program.start([]));
    loaded.push(program.start(['-r', register]));
  }
  const [without, withRecorder] = [median(bare), median(loaded)];
  row('start of an empty program', `${without.toFixed(1)} ms, ${withRecorder.toFixed(1)} ms with the recorder`);
}

export function benchRecorder(): void {
  const nodes = JSON.parse(process.env['THREADLANES_BENCH_NODES'] ?? '[]') as readonly NodeVersion[];
  for (const { major, path, version = '', reason = '' } of nodes) {
    section(`recorder: Node ${version || major}`);
    if (path === undefined) {
      row('not measured', reason);
      continue;
    }
    const traces = mkdtempSync(join(tmpdir(), 'threadlanes-bench-'));
    try {
      const program = new Program(path, traces);
      micro(program);
      flood(program);
      idle(program);
      start(program);
    } finally {
      rmSync(traces, { recursive: true, force: true });
    }
  }
}

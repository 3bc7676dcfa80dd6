/**
 * From `submit` to the result, beside piscina's `run`: both awaited, one task after the other and a thousand at once. In
 * turn, round after round; each figure is the median of the rounds, each ratio the median of the ratios of the rounds.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import type * as library from '../../src/index.js';
import { againstGoal, median, row, section } from '../print.js';

const load = createRequire(__filename);
const { ThreadPoolExecutor, threadFunction } = load('threadlanes') as typeof library;

const ROUNDS = 9;
const ALONE = 1000;
const AT_ONCE = 1000;
const WORKERS = [1, 2, 4];

/** Where the tests install the libraries that they run. */
const modules = resolve('.test-output/ecosystem/node_modules');

export const add = threadFunction(__filename, 'add', (a: number, b: number) => a + b);
/** Piscina passes one argument. */
export const addPair = ([a, b]: readonly [number, number]): number => a + b;

interface Piscina {
  run(task: unknown): Promise<number>;
  destroy(): Promise<void>;
}
type PiscinaClass = new (options: Readonly<Record<string, unknown>>) => Piscina;

function findPiscina(): PiscinaClass | undefined {
  const place = resolve(modules, 'piscina');
  return existsSync(place) ? (load(place) as { Piscina: PiscinaClass }).Piscina : undefined;
}

interface Runner {
  readonly name: string;
  run(i: number): PromiseLike<number>;
  end(): Promise<void>;
}

function executor(maxWorkers: number): Runner {
  const pool = new ThreadPoolExecutor({ maxWorkers });
  return { name: 'executor', run: (i) => pool.submit(add, i, 1), end: () => pool.shutdownAsync() };
}

function piscina(Pool: PiscinaClass, maxThreads: number): Runner {
  const pool = new Pool({ filename: __filename, name: 'addPair', minThreads: maxThreads, maxThreads });
  return { name: 'piscina', run: (i) => pool.run([i, 1]), end: () => pool.destroy() };
}

/** Microseconds of a task. */
const MEASURES: Readonly<Record<string, (runner: Runner) => Promise<number>>> = {
  'one after the other': async ({ run }) => {
    const start = performance.now();
    for (let i = 0; i < ALONE; i++) await run(i);
    return ((performance.now() - start) / ALONE) * 1000;
  },
  [`${AT_ONCE} at once`]: async ({ run }) => {
    const start = performance.now();
    await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => run(i)));
    return ((performance.now() - start) / AT_ONCE) * 1000;
  },
};

async function compare(workers: number, Pool: PiscinaClass | undefined): Promise<void> {
  section(`executor, ${workers} ${workers === 1 ? 'thread' : 'threads'}: microseconds a task`);
  const runners = [executor(workers), ...(Pool ? [piscina(Pool, workers)] : [])];
  for (const [what, measure] of Object.entries(MEASURES)) {
    const rounds: number[][] = [];
    for (let i = 0; i <= ROUNDS; i++) {
      const round: number[] = [];
      for (const runner of runners) round.push(await measure(runner));
      // The first one starts threads and compiles.
      if (i > 0) rounds.push(round);
    }
    const [own = NaN, other = NaN] = runners.map((_, i) => median(rounds.map((round) => round[i] as number)));
    const ratio = median(rounds.map(([first = NaN, second = NaN]) => second / first));
    const beside = `, piscina ${other.toFixed(1)}, ${ratio.toFixed(2)} × as fast  ${againstGoal(ratio, 1, true)}`;
    row(what, `${own.toFixed(1)}${Pool ? beside : ''}`);
  }
  for (const runner of runners) await runner.end();
}

async function main(): Promise<void> {
  const Pool = findPiscina();
  if (Pool === undefined) {
    section('executor');
    row('piscina', 'not installed: `npx mocha test/ecosystem/libraries.test.ts` brings it');
  }
  for (const workers of WORKERS) await compare(workers, Pool);
}

if (isMainThread) void main();

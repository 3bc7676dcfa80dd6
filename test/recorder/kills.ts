/** Programs that are killed at a random moment, and what their traces hold of the time before. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { builtRecorder, executable, LONGEST_MS } from './recordedProgram.js';
import type { ProgramFolder } from './recordedProgram.js';

/**
 * Two workers and main write events as fast as a busy program does. Main says how far everybody is, by its own clock and
 * after the fact: what stands in `said` was recorded before. A third worker, the first to run, only sleeps and wakes, as
 * often as the collector: how long ago that was is what the machine alone takes.
 */
export const BUSY_PROGRAM = `
  const { Worker, isMainThread, workerData } = require('node:worker_threads');
  const fs = require('node:fs');
  const words = isMainThread ? new Int32Array(new SharedArrayBuffer(64)) : workerData.words;
  const probe = globalThis[Symbol.for('threadlanes.probe.1')];
  const turns = new Float64Array(words.buffer, 32, 1);
  const me = isMainThread ? 0 : workerData.me;
  const id = probe.define({ kind: 'lock', name: 'of ' + me });
  let count = 0;
  const burst = () => {
    for (let i = 0; i < 200; i++) probe.record(0x11, id, ++count);
    Atomics.store(words, me, count);
  };
  if (isMainThread) {
    const start = (me) => new Worker(__filename, { workerData: { words, me } });
    start(3);
    setInterval(() => {
      if (turns[0] === 0) return;
      if (count === 0) [1, 2].forEach(start);
      burst();
      const counts = [0, 1, 2].map((i) => Atomics.load(words, i));
      fs.writeSync(1, JSON.stringify({ t: performance.now(), counts, turn: turns[0] }) + '\\n');
    }, 5);
  } else if (me === 3) {
    for (;; turns[0] = performance.now()) probe.raw.wait(words, 15, 0, 25);
  } else setInterval(burst, 5);`;

/** Those who write, as the trace numbers them. */
const THREADS = [0, 2, 3];

export interface Killed {
  /** Milliseconds, of the program's clock: the last that it said. */
  readonly saidAt: number;
  /** Events of each thread that had been recorded by then. */
  readonly counts: readonly number[];
  /** How many of each thread the trace holds, in a row from the first. */
  readonly kept: readonly number[];
  /** Milliseconds between the last that the program said and the last event in its trace; negative: the trace goes on. */
  readonly ageMs: number;
  /** For each missing event that had been recorded: what the oldest is older than the end by, in ms; 0: none. */
  readonly lostMs: number;
  /** Milliseconds between the last turn of the worker that only sleeps and the last that the program said. */
  readonly turnMs: number;
}

/**
 * @param afterMs how long after the program's first words it is killed, or after what `since` waits for from then on
 * @param since is given the path of the trace
 */
export async function killAfter(
  folder: ProgramFolder,
  afterMs: number,
  since: (out: string) => Promise<void> = () => Promise.resolve(),
): Promise<Killed> {
  const out = join(folder.path, `killed-${process.hrtime.bigint()}.lanes`);
  const child = spawn(executable, ['-r', await builtRecorder(), 'main.cjs'], {
    cwd: folder.path,
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: LONGEST_MS,
    killSignal: 'SIGKILL',
    env: { ...process.env, NODE_OPTIONS: '', THREADLANES: JSON.stringify({ out }) },
  });
  let text = '';
  let isKilled = false;
  const kill = (): void => void (isKilled = child.kill('SIGKILL'));
  await new Promise<void>((done, failed) => {
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      if (text === '') since(out).then(() => setTimeout(kill, afterMs), failed);
      text += part;
    });
    child.on('error', failed).on('close', () => done());
  });
  if (!isKilled) throw new Error('the program ended by itself');
  const said = text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as { t: number; counts: number[]; turn: number });
  const last = said.at(-1);
  if (!last) throw new Error('the program said nothing');
  const trace = await folder.readTrace(out);
  const marks = trace.named('lock.acquired');
  const kept = THREADS.map((thread) => {
    const own = marks.filter((event) => event.thread === thread);
    own.forEach(({ arg }, i) => {
      if (arg !== i + 1) throw new Error(`event ${i + 1} of thread ${thread} is missing before ${arg}`);
    });
    return own.length;
  });
  // Killed before the first was written: then all of it is missing.
  const end = Math.max((said[0] as (typeof said)[0]).t, ...trace.allEvents.map(({ t }) => t / 1e6));
  const lost = said.find(({ counts }) => counts.some((count, thread) => count > (kept[thread] as number)));
  return {
    saidAt: last.t,
    counts: last.counts,
    kept,
    ageMs: last.t - end,
    lostMs: lost ? last.t - lost.t : 0,
    turnMs: last.t - last.turn,
  };
}

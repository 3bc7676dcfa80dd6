/**
 * `npm run soak -- [minutes] [keep]`: a flight recorder on a program that makes 100 000 events a second, and how its memory,
 * its place on disk and its speed change meanwhile. Of the second half, each sample becomes the median of its neighbours,
 * and the slope is the median of the slopes between all pairs (Theil and Sen): what a shared machine does to some of them
 * does not move it.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { median, row, section } from '../print.js';

const MINUTES = 10;
const KEEP = '32MB';
/** Samples on each side that a sample's median is of. */
const NEIGHBOURS = 3;
const LEAST_SAMPLES = 8;
/** Memory that grows by more over the half that is measured is a leak; speed that falls by more gets lost. */
const MOST_CHANGE = 0.01;

interface Report {
  readonly ms: number;
  readonly events: number;
  readonly rss: number;
}

interface Sample {
  readonly ms: number;
  readonly rss: number;
  readonly disk: number;
  readonly perSecond: number;
  /** Milliseconds since the file was written last. */
  readonly lag: number;
}

/** How much it changes over all samples, as a share of its median. */
function change(samples: readonly Sample[], of: keyof Sample): number {
  const points = samples.map(({ ms }, i) => {
    const near = samples.slice(Math.max(0, i - NEIGHBOURS), i + NEIGHBOURS + 1);
    return { ms, value: median(near.map((sample) => sample[of])) };
  });
  const slopes: number[] = [];
  points.forEach((a, i) => {
    for (const b of points.slice(i + 1)) slopes.push((b.value - a.value) / (b.ms - a.ms));
  });
  const span = (samples.at(-1)?.ms ?? 0) - (samples[0]?.ms ?? 0);
  return (median(slopes) * span) / median(samples.map((sample) => sample[of]));
}

/** @param worse whether it is worse when it grows, or when it falls */
function tell(
  samples: readonly Sample[],
  what: string,
  unit: (value: number) => string,
  of: keyof Sample,
  worse: 'more' | 'less',
): boolean {
  const half = samples.slice(samples.length >> 1);
  const changed = change(half, of);
  const isSteady = (worse === 'more' ? changed : -changed) < MOST_CHANGE;
  const verdict = isSteady ? 'steady' : `NOT STEADY, which is ${MOST_CHANGE * 100} % ${worse} at most`;
  const typical = (some: readonly Sample[]): string => unit(median(some.map((sample) => sample[of])));
  const quarters = [0, 1, 2, 3].map((i) => samples.slice((i * samples.length) / 4, ((i + 1) * samples.length) / 4));
  row(what, `${quarters.map(typical).join(', ')} in the quarters`);
  row('', `${(changed * 100).toFixed(2)} % over the second half: ${verdict}`);
  return isSteady;
}

async function soak(minutes: number, keep: string): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'threadlanes-soak-'));
  const samples: Sample[] = [];
  try {
    const out = join(folder, 'soak.lanes');
    const program = fork(resolve('bench/soak/program.cjs'), {
      execArgv: ['-r', resolve('dist/register.cjs')],
      env: { ...process.env, NODE_OPTIONS: '', THREADLANES: JSON.stringify({ out, keep }) },
    });
    let last: Report = { ms: 0, events: 0, rss: 0 };
    program.on('message', (message: unknown) => {
      const report = message as Report;
      const names = readdirSync(folder).filter((name) => name.endsWith('.lanes'));
      const disk = names.reduce(
        (sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
        0,
      );
      const perSecond = ((report.events - last.events) / (report.ms - last.ms)) * 1000;
      const lag = Date.now() - (statSync(out, { throwIfNoEntry: false })?.mtimeMs ?? 0);
      if (last.ms > 0) samples.push({ ms: report.ms, rss: report.rss, disk, perSecond, lag });
      last = report;
    });
    const exited = new Promise((done) => program.on('exit', done));
    const over = new Promise<void>((done) => setTimeout(done, minutes * 60e3));
    const isAlive = await Promise.race([exited.then(() => false), over.then(() => true)]);
    program.kill('SIGKILL');
    await exited;
    if (!isAlive) throw new Error('the program ended before its time');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (samples.length < LEAST_SAMPLES) throw new Error(`${samples.length} samples are too few: run it for longer`);
  section(`${minutes} minutes with --keep ${keep}, a sample every 2 seconds`);
  const megabytes = (value: number): string => `${(value / 1e6).toFixed(1)} MB`;
  const verdicts = [
    tell(samples, 'memory of the process', megabytes, 'rss', 'more'),
    tell(samples, 'events a second', (value) => value.toFixed(0), 'perSecond', 'less'),
  ];
  const half = samples.slice(samples.length >> 1);
  const lags = half.map(({ lag }) => lag);
  row('segments on disk', `at most ${megabytes(Math.max(...half.map(({ disk }) => disk)))}`);
  row('the file was written last', `${median(lags).toFixed(0)} ms ago, at most ${Math.max(...lags).toFixed(0)} ms`);
  return verdicts.every(Boolean);
}

const [minutes = MINUTES, keep = KEEP] = process.argv.slice(2);
void soak(Number(minutes), String(keep)).then((isSteady) => {
  process.exitCode = isSteady ? 0 : 1;
});

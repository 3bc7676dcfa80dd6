import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { nanos, nanosFromMillis } from '../../base/brand.js';
import { parseKeep } from '../../probe/keep.js';
import { formatVerdict } from '../../report/text.js';
import { CommandFailure } from '../commandFailure.js';
import { EXIT } from '../exitCodes.js';
import { DEFAULT_FAIL_ON, parseFailOn } from '../failOn.js';
import { terminalColors } from '../terminalColors.js';
import { verdictOf } from '../verdictOf.js';
import { setEarlierAside } from './earlierTrace.js';
import { appendEnd, lastMarkers, type EndMarker } from './endMarker.js';
import { recordingEnvironment } from './environment.js';
import { programOf, type Program } from './program.js';
import { exitCodeOf, runProgram, type ProgramEnd } from './runProgram.js';
import { tracePlace } from './tracePlace.js';
import { hasEmptyTrace, tracesOfRun, type RunTrace } from './tracesOfRun.js';

interface RecordOptions {
  readonly output?: string;
  readonly dir?: string;
  readonly onDeadlock: 'report' | 'end';
  readonly keep?: string;
  readonly sites: 'auto' | 'dynamic' | 'exact';
  readonly memory?: true;
  readonly whenFull: 'wait' | 'drop';
  readonly hide: boolean;
  readonly check?: true;
}

export function recordCommand(setExitCode: (code: number) => void): Command {
  return new Command('record')
    .summary('run a program and record what its threads do to each other')
    .description('Runs a program as usual and records what its threads do to each other.')
    .usage('[options] -- node app.js …')
    .argument('<command...>', 'node and a program, a .js or .ts file, or any command that starts Node')
    .option('-o, --output <file>', 'the trace; child processes get their pid added')
    .option('--dir <dir>', 'the folder for traces (default: .threadlanes beside the package.json)')
    .addOption(
      new Option('--on-deadlock <what>', 'report a certain deadlock while the program runs, or end the program too')
        .choices(['report', 'end'])
        .default('report'),
    )
    .option('--keep <amount>', 'keep only the end of a long run, as 1GB or 10min', keepAmount)
    .addOption(
      new Option(
        '--sites <way>',
        'where call sites come from: the loaded code and stacks, stacks alone, one for each event',
      )
        .choices(['auto', 'dynamic', 'exact'])
        .default('auto'),
    )
    .option('--memory', 'record what Atomics.load reads, too')
    .addOption(
      new Option('--when-full <what>', 'a thread that is faster than the disk waits, or drops events and counts them')
        .choices(['wait', 'drop'])
        .default('wait'),
    )
    .option('--no-hide', 'let the program see the id of the thread that writes the trace')
    .option('--check', 'say at the end what is stuck or slow (on stderr), and fail for it as check does')
    .passThroughOptions()
    .addHelpText(
      'after',
      `
Exit codes: the program's own; 128 and the signal's number when a signal ended it; ${EXIT.deadlock} when it was ended for a
deadlock; with --check, that of check if the program's own is 0.`,
    )
    .action(async (command: string[], options: RecordOptions) => setExitCode(await record(command, options)));
}

async function record(command: readonly string[], options: RecordOptions): Promise<number> {
  const program = programOf(command);
  const place = tracePlace(options.output, options.dir, program.root);
  const run = randomUUID();
  const environment = recordingEnvironment(process.env, registerFile(), {
    ...place.settings,
    root: program.root,
    onDeadlock: options.onDeadlock,
    sites: options.sites,
    whenFull: options.whenFull,
    ...(options.keep !== undefined && { keep: options.keep }),
    ...(options.memory && { memory: true }),
    ...(!options.hide && { hide: false }),
    run,
  });
  const since = Date.now();
  const end = await runInPlace(program, environment, place.settings.out);
  const traces = await tracesOfRun(place, run);
  if (traces.length > 0) say(whereRecorded(traces));
  else if (hasEmptyTrace(place, since))
    say(`nothing of ${program.name} could be written, so there is nothing to show.`);
  // A program that failed has said why, and may not even have begun.
  else if (end.code === 0) say(nothingRecorded(program));
  const ends = await Promise.all(traces.map((trace) => completed(trace, end)));
  const code = ends.includes('deadlock') ? EXIT.deadlock : exitCodeOf(end);
  return options.check ? check(traces, code) : code;
}

/** Checked here, so that a mistake is told before the program runs. */
function keepAmount(text: string): string {
  if (parseKeep(text) === null) throw new InvalidArgumentError('expected an amount like 200MB, 1GB, 10min or 2h.');
  return text;
}

async function runInPlace(program: Program, environment: NodeJS.ProcessEnv, out?: string): Promise<ProgramEnd> {
  const earlier = out === undefined ? null : setEarlierAside(out);
  try {
    const end = await runProgram(program, environment);
    earlier?.discard();
    return end;
  } catch (error) {
    earlier?.restore();
    throw error;
  }
}

/** The preload stands beside the built command. */
function registerFile(): string {
  const file = join(__dirname, 'register.cjs');
  if (existsSync(file)) return file;
  throw new CommandFailure(`the recorder is missing: ${file} does not exist.`, EXIT.cannotStart);
}

function say(text: string): void {
  process.stderr.write(`threadlanes: ${text}\n`);
}

function nothingRecorded({ name, isNode }: Program): string {
  return isNode
    ? `${name} started no second thread that was recorded, so there is nothing to show.`
    : `no Node.js process of ${name} started a second thread that was recorded, so there is nothing to show.`;
}

function whereRecorded(traces: readonly RunTrace[]): string {
  const files = traces.map(({ file }) => {
    const fromHere = relative(process.cwd(), file);
    return fromHere.startsWith('..') ? file : fromHere;
  });
  if (files.length === 1) return `the trace is in ${files[0]}`;
  return `${files.length} traces, one a process, are in ${dirname(files[0] as string)}: ${files.join(', ')}`;
}

/** Adds the end to the trace of a process that could not write its own; says how it ended, null: it still runs. */
async function completed({ file, header }: RunTrace, program: ProgramEnd): Promise<EndMarker['end'] | null> {
  const { end, last } = await lastMarkers(file);
  if (end !== null) return end.end;
  const isProgram = header.pid === program.pid;
  if (!isProgram && isRunning(header.pid)) return null;
  // When another process ended nobody has seen: its threads waited up to its last marker, and maybe no longer.
  const t = nanos(isProgram ? Math.max(last, nanosFromMillis(Date.now() - header.origin)) : last);
  // Of a child process only its parent knows the signal.
  const { code, signal } = isProgram ? program : { code: null, signal: null };
  const kind = code === null ? 'killed' : 'exit';
  try {
    appendEnd(file, { kind: 'end', t, end: kind, code, signal });
  } catch (error) {
    say(`the trace says not how the program ended: ${(error as Error).message}`);
  }
  return kind;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The verdict goes to stderr: standard output is the program's. */
async function check(traces: readonly RunTrace[], programCode: number): Promise<number> {
  const fails = parseFailOn(DEFAULT_FAIL_ON);
  let isFailed = false;
  for (const { file } of traces) {
    const verdict = await verdictOf(file, undefined);
    process.stderr.write(`\n${formatVerdict(verdict, { color: terminalColors(process.stderr) })}\n`);
    isFailed ||= verdict.findings.some(fails);
  }
  return programCode === 0 && isFailed ? EXIT.findings : programCode;
}

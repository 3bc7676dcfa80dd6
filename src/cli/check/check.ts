import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { accept } from '../../report/acceptance.js';
import { countedFindings, groupedFindings, type Checked } from '../../report/checked.js';
import { REPORT_FORMATS, type ReportFormat } from '../../report/formats.js';
import { suppressionName } from '../../report/suppressions.js';
import { CommandFailure } from '../commandFailure.js';
import { EXIT } from '../exitCodes.js';
import { DEFAULT_FAIL_ON, parseFailOn } from '../failOn.js';
import { Output } from '../output.js';
import { terminalColors } from '../terminalColors.js';
import { appendJobSummary } from './jobSummary.js';
import { judgedTraces, type JudgedTraces } from './judgedTraces.js';
import { readBaseline, readSuppressions, writeBaseline } from './knownFiles.js';
import { fileNaming } from './sourceFolder.js';
import { tracesNamed } from './tracesNamed.js';

interface CheckOptions {
  readonly failOn: string;
  readonly format: ReportFormat;
  readonly output?: string;
  readonly root?: string;
  readonly baseline?: string;
  readonly writeBaseline?: true;
  readonly suppress?: string;
  readonly statistics?: true;
}

/** @param version of Threadlanes, for those who read results; undefined: not known */
export function checkCommand(setExitCode: (code: number) => void, version: string | undefined): Command {
  return new Command('check')
    .summary('say what is stuck or slow in traces')
    .description(
      'Says what is stuck or slow in traces, and at which lines. A trace that is still being written is judged as far as it goes.',
    )
    .argument('<trace...>', 'traces, .lanes, .lanes.ndjson or .std; folders of them; - for standard input')
    .option(
      '--fail-on <what>',
      'findings that fail: error, warning, note, none, ids; separated by commas',
      DEFAULT_FAIL_ON,
    )
    .addOption(new Option('--format <format>', 'how to print').choices(Object.keys(REPORT_FORMATS)).default('text'))
    .option('-o, --output <file>', 'where to; otherwise standard output')
    .option('--baseline <file>', 'findings that are known: only new ones fail')
    .option('--write-baseline', 'write what is found now to the baseline, and succeed')
    .option('--suppress <file>', 'findings that may be, each with its reason')
    .option('--statistics', 'also say what the time went into: critical path, locks, queues, lines')
    .option('--root <dir>', "where the program's files are, when it is not where the trace says")
    .addHelpText(
      'after',
      `
Several traces: a finding is told once, with how many of the traces have it; as JSON a list, also for a folder.
Exit codes: 0 nothing that fails, 1 findings, 2 wrong use, 3 a trace that cannot be read; the highest of all traces.`,
    )
    .action(async (names: string[], options: CheckOptions) => setExitCode(await check(names, options, version)));
}

async function check(names: readonly string[], options: CheckOptions, version: string | undefined): Promise<number> {
  // What is wrong with the command is told before minutes go into reading.
  const fails = parseFailOn(options.failOn);
  const { baseline: baselineFile, suppress: suppressFile } = options;
  if (options.writeBaseline && baselineFile === undefined) {
    throw new CommandFailure('--write-baseline needs --baseline <file>: where to write it.', EXIT.wrongUse);
  }
  const suppressions = suppressFile === undefined ? [] : readSuppressions(suppressFile);
  const earlier = baselineFile === undefined || options.writeBaseline ? null : readBaseline(baselineFile);
  const named = tracesNamed(names);
  requireOther(options.output, [...named.files, baselineFile, suppressFile]);

  const judged = await judgedTraces(named, options.root, fileNaming(options.format, process.env), options.statistics);
  const groups = groupedFindings(judged.traces);
  const baseline =
    options.writeBaseline && baselineFile !== undefined
      ? writeBaseline(baselineFile, judged, accept(groups, { baseline: null, suppressions }).findings)
      : earlier;
  const { findings, unused } = accept(groups, { baseline, suppressions });
  // In a trace that could not be read there may be what they are for.
  const unneeded = judged.unreadable.length > 0 ? [] : unused;
  const checked: Checked = {
    isList: named.isList,
    ...judged,
    findings,
    unused: unneeded.map(
      (one) => `No finding needs suppression ${suppressions.indexOf(one) + 1} (${suppressionName(one)}).`,
    ),
  };
  for (const sentence of checked.unused) say(`${suppressFile}: ${sentence}`);
  await write(checked, options, version);
  const isFailed = countedFindings(checked).some(({ finding }) => fails(finding));
  return exitCodeOf(isFailed, judged);
}

function exitCodeOf(isFailed: boolean, { unreadable }: JudgedTraces): number {
  return Math.max(isFailed ? EXIT.findings : EXIT.ok, unreadable.length > 0 ? EXIT.unreadable : EXIT.ok);
}

async function write(checked: Checked, options: CheckOptions, version: string | undefined): Promise<void> {
  const { format, output: file } = options;
  const text = REPORT_FORMATS[format](checked, {
    ...(file === undefined && { color: terminalColors(process.stdout) }),
    ...(version !== undefined && { version }),
    hasBaseline: options.baseline !== undefined,
  });
  const output = new Output(file);
  if (text !== '') output.line(text);
  await output.end();
  if (format === 'github') appendJobSummary(checked, process.env, say);
}

/** Writing over what is read would destroy it. */
function requireOther(output: string | undefined, read: readonly (string | undefined)[]): void {
  if (output === undefined || !read.some((file) => file !== undefined && resolve(file) === resolve(output))) return;
  throw new CommandFailure(`${output} is read: give --output another name.`, EXIT.wrongUse);
}

function say(text: string): void {
  process.stderr.write(`threadlanes: ${text}\n`);
}

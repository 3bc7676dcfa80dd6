import { Command, Option } from 'commander';
import type { Verdict } from '../analysis/finding.js';
import { formatJson } from '../report/json.js';
import { formatVerdict } from '../report/text.js';
import { EXIT } from './exitCodes.js';
import { DEFAULT_FAIL_ON, parseFailOn } from './failOn.js';
import { terminalColors } from './terminalColors.js';
import { verdictOf } from './verdictOf.js';

interface CheckOptions {
  readonly failOn: string;
  readonly format: 'text' | 'json';
  readonly root?: string;
}

export function checkCommand(setExitCode: (code: number) => void): Command {
  return new Command('check')
    .summary('say what is stuck or slow in a trace')
    .description(
      'Says what is stuck or slow in traces, and at which lines. A trace that is still being written is judged as far as it goes.',
    )
    .argument('<trace...>', 'traces, .lanes or .lanes.ndjson; - for standard input')
    .option('--fail-on <what>', 'findings that fail: error, warning, note, ids; separated by commas', DEFAULT_FAIL_ON)
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .option('--root <dir>', "where the program's files are, when it is not where the trace says")
    .addHelpText(
      'after',
      `
Several traces: as text one after the other, as JSON a list.
Exit codes: 0 nothing that fails, 1 findings, 2 wrong use, 3 a trace that cannot be read.`,
    )
    .action(async (files: string[], options: CheckOptions) => {
      const fails = parseFailOn(options.failOn);
      const verdicts: Verdict[] = [];
      for (const file of files) verdicts.push(await verdictOf(file, options.root));
      process.stdout.write(`${options.format === 'json' ? asJson(verdicts) : asText(verdicts)}\n`);
      const isFailed = verdicts.some((verdict) => verdict.findings.some(fails));
      setExitCode(isFailed ? EXIT.findings : EXIT.ok);
    });
}

function asJson(verdicts: readonly Verdict[]): string {
  const [only, ...others] = verdicts.map(formatJson);
  return others.length === 0 ? (only as string) : `[\n${[only, ...others].join(',\n')}\n]`;
}

function asText(verdicts: readonly Verdict[]): string {
  const color = terminalColors(process.stdout);
  if (verdicts.length === 1) return formatVerdict(verdicts[0] as Verdict, { color });
  return verdicts
    .map((verdict) => `${color.bold(`${verdict.trace.file}:`)}\n${formatVerdict(verdict, { color })}`)
    .join('\n\n');
}

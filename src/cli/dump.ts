import { Command } from 'commander';
import { SourceNaming } from '../sources/sourceNaming.js';
import { Dictionary } from '../trace/dictionary.js';
import { eventAt, type EventBatch } from '../trace/eventBatch.js';
import type { MarkerRecord } from '../trace/records.js';
import { eventLine } from './eventLine.js';
import { Output } from './output.js';
import { sourceReader } from './sourceReader.js';
import { readTrace } from './traceInput.js';

interface DumpOptions {
  readonly root?: string;
}

/** A trace as it is read, an event a line. */
class DumpVisitor extends Dictionary {
  private readonly naming: SourceNaming;

  constructor(
    private readonly output: Output,
    root: string | undefined,
  ) {
    super();
    this.naming = new SourceNaming(
      this,
      sourceReader(() => root ?? this.traceHeader?.root ?? ''),
    );
  }

  events(batch: EventBatch): void {
    for (let row = 0; row < batch.length; row++) {
      this.output.line(eventLine(eventAt(batch, row), this, this.naming));
    }
  }

  /** That all is written up to a time is said every few milliseconds: no reader wants it. */
  marker({ kind, t, ...rest }: MarkerRecord): void {
    if (kind === 'complete') return;
    const facts = Object.entries(rest).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
    this.output.line([(t / 1e6).toFixed(6).padStart(14), `[${kind}]`, ...facts].join('  '));
  }

  damage(message: string): void {
    process.stderr.write(`threadlanes: ${message}\n`);
  }
}

export function dumpCommand(): Command {
  return new Command('dump')
    .summary('print the events of a trace')
    .description('Prints the events of a trace, one a line: milliseconds, thread, operation, operands, place.')
    .argument('<trace>', 'a trace, .lanes, .lanes.ndjson or .std; - for standard input')
    .option('--root <dir>', "where the program's files are, when it is not where the trace says")
    .action(async (file: string, options: DumpOptions) => {
      const output = new Output(undefined);
      await readTrace(file, new DumpVisitor(output, options.root), () => output.drained());
      await output.end();
    });
}

import { Command, Option } from 'commander';
import { NdjsonWriter } from '../trace/ndjson.js';
import { Output } from './output.js';
import { readTrace } from './traceInput.js';

interface ExportOptions {
  readonly output?: string;
}

export function exportCommand(): Command {
  return new Command('export')
    .summary('write a trace in another format')
    .description('Writes a trace in another format, with all that it holds.')
    .argument('<trace>', 'a trace, .lanes, .lanes.ndjson or .std; - for standard input')
    .addOption(new Option('--to <format>', 'the format').choices(['ndjson']).makeOptionMandatory())
    .option('-o, --output <file>', 'where to; otherwise standard output')
    .action(async (file: string, options: ExportOptions) => {
      const output = new Output(options.output);
      await readTrace(file, new NdjsonWriter((line) => output.line(line)), () => output.drained());
      await output.end();
    });
}

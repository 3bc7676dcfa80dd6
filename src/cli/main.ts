/** `threadlanes`: reads the command line and sets the exit code. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { checkCommand } from './check/check.js';
import { CommandFailure } from './commandFailure.js';
import { dumpCommand } from './dump.js';
import { EXIT } from './exitCodes.js';
import { exportCommand } from './export.js';
import { recordCommand } from './record/record.js';

type SetExitCode = (code: number) => void;

function program(setExitCode: SetExitCode): Command {
  const command = new Command('threadlanes')
    .description('Shows what the threads of a Node.js program do to each other: deadlocks, lock orders, contention.')
    .version(ownVersion() ?? 'unknown', '-V, --version')
    .enablePositionalOptions()
    .addHelpText(
      'after',
      `
Examples:
  threadlanes record -- node app.js       run a program and record its threads
  threadlanes record app.ts               the same with TypeScript
  threadlanes check app.lanes             say what is stuck or slow, at which lines
  threadlanes check .threadlanes          the same for all traces in a folder`,
    );
  const check = (set: SetExitCode): Command => checkCommand(set, ownVersion() ?? undefined);
  for (const make of [recordCommand, check, dumpCommand, exportCommand]) command.addCommand(make(setExitCode));
  for (const each of [command, ...command.commands]) {
    each.exitOverride().configureOutput({
      outputError: (text, write) => write(`threadlanes: ${text.replace(/^error: /, '')}`),
    });
  }
  return command;
}

/** Null: the copy of the recorder that an editor keeps has no package beside it. */
function ownVersion(): string | null {
  try {
    return (JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8')) as { version: string }).version;
  } catch {
    return null;
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.wrongUse;
  if (!(error instanceof CommandFailure)) throw error;
  process.stderr.write(`threadlanes: ${error.message}\n`);
  return error.exitCode;
}

// Whoever reads our output may have seen enough, as `head` does.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}

program((code) => (process.exitCode = code))
  .parseAsync()
  .catch((error: unknown) => (process.exitCode = exitCodeOf(error)));

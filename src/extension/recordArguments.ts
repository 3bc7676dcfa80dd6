/** The command line of a recorded program. */
import type { Runtime } from './runtime.js';
import { isNode } from './runtime.js';
import type { TraceSettings } from './traceSettings.js';

export interface RecordCommand {
  readonly executable: string;
  readonly arguments: readonly string[];
}

/** An option of Node that makes it change its working directory first. */
function startingIn(folder: string): readonly string[] {
  const code = `process.chdir(${JSON.stringify(folder)})`;
  return ['--import', `data:text/javascript,${encodeURIComponent(code)}`];
}

/**
 * @param cli the path of the recorder's command
 * @param trace the path of the trace to write
 * @param startIn the working directory, when the terminal cannot be told it
 */
export function recordCommand(
  cli: string,
  trace: string,
  runtime: Runtime,
  program: string,
  settings: TraceSettings,
  startIn: string | null,
): RecordCommand {
  return {
    // The command itself is a program for Node: when another runtime is set, the terminal's node runs it.
    executable: isNode(runtime.executable) ? runtime.executable : 'node',
    arguments: [
      ...(startIn === null ? [] : startingIn(startIn)),
      cli,
      'record',
      '-o',
      trace,
      '--',
      runtime.executable,
      ...runtime.options,
      program,
      ...settings.programArguments,
    ],
  };
}

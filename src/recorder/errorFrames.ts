import type { FrameDefinition } from '../probe/definitions.js';

const MAX_FRAMES = 6;

/**
 * ` at fn (file:line:column)` or ` at file:line:column`, as V8 writes a frame. What begins with a bracket is evaluated code,
 * or the name of a method that is a symbol.
 */
const frameLine =
  /^\s+at (?:async )?(?:(.*?) \()?((?:file:\/\/|[A-Za-z]:[\\/]|\/).*?|\[(?:worker )?(?:eval\d*|stdin)\]):(\d+):(\d+)\)?$/;

/**
 * The program's frames of an error that was thrown already: its structured stack can be had only once, and that
 * belongs to the program.
 */
export function errorFrames(stack: string): FrameDefinition[] {
  return stack
    .split('\n')
    .map((line) => frameLine.exec(line))
    .filter((match) => match !== null)
    .slice(0, MAX_FRAMES)
    .map(([, fn, script, line, column]) => ({
      script: script as string,
      line: Number(line),
      column: Number(column),
      fn: fn ?? null,
      map: null,
    }));
}

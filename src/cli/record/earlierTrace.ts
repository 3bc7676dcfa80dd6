import { closeSync, openSync, readSync, renameSync, rmSync, statSync } from 'node:fs';
import { FILE_MAGIC, startsAsLanes } from '../../trace/chunkLayout.js';
import { CommandFailure } from '../commandFailure.js';
import { EXIT } from '../exitCodes.js';

/** What stood at a trace's place before its run. */
export interface EarlierTrace {
  /** The program could not be started: all is as it was. */
  readonly restore: () => void;
  readonly discard: () => void;
}

const nothing: EarlierTrace = { restore: () => undefined, discard: () => undefined };

/**
 * An earlier trace goes, whether or not this run leaves one: nobody takes it for the trace of this run. Throws a
 * {@link CommandFailure} for a file that is something else. Devices and pipes are left alone.
 */
export function setEarlierAside(path: string): EarlierTrace {
  const state = statSync(path, { throwIfNoEntry: false });
  if (!state?.isFile()) return nothing;
  if (state.size > 0 && !isTrace(path)) {
    throw new CommandFailure(`${path} exists and is no trace: give another name, or remove it.`, EXIT.wrongUse);
  }
  const aside = `${path}.${process.pid}~`;
  renameSync(path, aside);
  return { restore: () => renameSync(aside, path), discard: () => rmSync(aside, { force: true }) };
}

function isTrace(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(FILE_MAGIC.length);
    return readSync(file, start) === start.length && startsAsLanes(start);
  } finally {
    closeSync(file);
  }
}

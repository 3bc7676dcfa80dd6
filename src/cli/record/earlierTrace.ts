import { closeSync, openSync, readdirSync, readSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { FILE_MAGIC, startsAsLanes } from '../../trace/chunkLayout.js';
import { headerAtStart } from '../../trace/fileHeader.js';
import type { TraceHeader } from '../../trace/records.js';
import { segmentOf } from '../../trace/segmentNames.js';
import { CommandFailure } from '../commandFailure.js';
import { EXIT } from '../exitCodes.js';

/** What stood at a trace's place before its run. */
export interface EarlierTrace {
  /** The program could not be started: all is as it was. */
  readonly restore: () => void;
  readonly discard: () => void;
}

/** A header has a few paths. */
const START_BYTES = 1 << 16;

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
  return { restore: () => renameSync(aside, path), discard: () => discard(path, aside) };
}

/** The earlier segments of a flight recorder, too. */
function discard(path: string, aside: string): void {
  const newest = headerAt(aside);
  rmSync(aside, { force: true });
  const folder = dirname(path);
  for (const name of readdirSync(folder)) {
    const segment = join(folder, name);
    // By now there may be segments of the new run.
    if (segmentOf(name, basename(path)) !== null && newest !== null && headerAt(segment)?.run === newest.run) {
      rmSync(segment, { force: true });
    }
  }
}

function headerAt(path: string): TraceHeader | null {
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(START_BYTES);
    return headerAtStart(start.subarray(0, readSync(file, start)));
  } finally {
    closeSync(file);
  }
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

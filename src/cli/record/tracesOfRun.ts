import { closeSync, openSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { openTrace } from '../../trace/openTrace.js';
import type { TraceHeader } from '../../trace/records.js';
import { isSegmentName } from '../../trace/segmentNames.js';
import { fileSource } from '../traceInput.js';
import type { TracePlace } from './tracePlace.js';

/** File systems keep times by clocks of their own. */
const CLOCK_MS = 2000;

export interface RunTrace {
  readonly file: string;
  readonly header: TraceHeader;
}

/** The traces that the processes of a run have written, one each; of a flight recorder's, the newest segment. */
export async function tracesOfRun({ folder, extension }: TracePlace, run: string): Promise<RunTrace[]> {
  const traces: RunTrace[] = [];
  for (const name of namesIn(folder)) {
    if (!name.endsWith(extension) || isSegmentName(name)) continue;
    const file = join(folder, name);
    const header = await headerOf(file);
    if (header?.run === run) traces.push({ file, header });
  }
  return traces;
}

/** A process took the place of its trace and could write nothing into it. */
export function hasEmptyTrace({ folder, extension, settings }: TracePlace, since: number): boolean {
  const start = settings.out === undefined ? '' : basename(settings.out, extension);
  return namesIn(folder).some((name) => {
    const isTrace = name.startsWith(start) && name.endsWith(extension);
    const state = isTrace ? statSync(join(folder, name), { throwIfNoEntry: false }) : undefined;
    return state?.size === 0 && state.mtimeMs >= since - CLOCK_MS;
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name)
      .sort();
  } catch {
    return [];
  }
}

async function headerOf(file: string): Promise<TraceHeader | null> {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return null;
  }
  try {
    let found: TraceHeader | null = null;
    const opened = await openTrace(fileSource(descriptor), { header: (header) => void (found = header) });
    return opened.ok ? found : null;
  } finally {
    closeSync(descriptor);
  }
}

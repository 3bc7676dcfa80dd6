import { closeSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openTrace } from '../../trace/openTrace.js';
import type { TraceHeader } from '../../trace/records.js';
import { isSegmentName } from '../../trace/segmentNames.js';
import { fileSource } from '../traceInput.js';
import type { TracePlace } from './tracePlace.js';

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

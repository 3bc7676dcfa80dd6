import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isSegmentName } from '../../trace/segmentNames.js';
import { UnreadableTrace } from '../traceInput.js';

const extensions = ['.lanes', '.lanes.ndjson', '.std'] as const;

export interface NamedTraces {
  /** Several names, or a folder, of however many traces. */
  readonly isList: boolean;
  /** Each once. */
  readonly files: readonly string[];
  /** Folders that give none. */
  readonly unreadable: readonly UnreadableTrace[];
}

/** The traces that a person names: files, and for a folder the traces in it, by name. */
export function tracesNamed(names: readonly string[]): NamedTraces {
  const files = new Map<string, string>();
  let isList = names.length > 1;
  const unreadable: UnreadableTrace[] = [];
  for (const name of names) {
    const isOfMany = isFolder(name);
    isList ||= isOfMany;
    for (const file of isOfMany ? tracesIn(name, unreadable) : [name]) {
      if (!files.has(resolve(file))) files.set(resolve(file), file);
    }
  }
  return { isList, files: [...files.values()], unreadable };
}

function isFolder(name: string): boolean {
  try {
    return name !== '-' && statSync(name).isDirectory();
  } catch {
    // Whoever reads it says what is wrong.
    return false;
  }
}

/** Of a flight recorder's segments the newest, which stands for all. */
function tracesIn(folder: string, unreadable: UnreadableTrace[]): string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    unreadable.push(new UnreadableTrace(folder, 'The folder may not be read.'));
    return [];
  }
  const traces = names
    .filter((name) => extensions.some((extension) => name.endsWith(extension)) && !isSegmentName(name))
    .sort();
  if (traces.length === 0) {
    unreadable.push(new UnreadableTrace(folder, `It is a folder without traces (${extensions.join(', ')}).`));
  }
  return traces.map((name) => join(folder, name));
}

import type { FindingFrame, FindingLocation } from '../analysis/finding.js';
import type { CheckedFinding } from './checked.js';

/** The location that a report points at: where a thread waits, else the first; null: no line is known. */
export function mainLocation({ finding: { locations } }: CheckedFinding): FindingLocation | null {
  return locations.find(({ role }) => role === 'waits') ?? locations[0] ?? null;
}

/** A place as compilers write it, from the folder that reports name files from. */
export function placeText(folder: string, { file, line }: Pick<FindingFrame, 'file' | 'line'>): string {
  return `${reportPath(folder, file)}:${line}`;
}

/** What is no file but an address, as that of a module on a server. */
export const isAddress = (file: string): boolean => /^[a-z][a-z\d+.-]+:/i.test(file);

/** The path of a file of a trace, from the folder that reports name files from. */
export function reportPath(folder: string, file: string): string {
  if (isAddress(file)) return file;
  const names: string[] = [];
  for (const name of `${folder}/${file}`.split('/')) {
    if (name === '..' && names.length > 0 && names.at(-1) !== '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return names.join('/');
}

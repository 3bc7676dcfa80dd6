import { textHash } from '../base/textHash.js';
import type { FindingLocation, FindingObject } from './finding.js';

/**
 * The same for the same cause in another run: made from id, kinds and names of the objects, and role, file and function
 * of each location; neither lines nor thread numbers, and in whatever order they come.
 */
export function fingerprint(
  id: string,
  objects: readonly FindingObject[],
  locations: readonly Pick<FindingLocation, 'role' | 'file' | 'function'>[],
): string {
  const parts = [
    ...objects.map(({ kind, name }) => `${kind} ${name}`),
    ...locations.map(({ role, file, function: fn }) => `${role} ${file} ${fn ?? ''}`),
  ];
  return textHash([id, ...[...new Set(parts)].sort()].join('\n'));
}

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
  return hash([id, ...[...new Set(parts)].sort()].join('\n'));
}

/** Two runs of 32-bit FNV-1a over the UTF-16 units: 16 digits, the same on every platform. */
function hash(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x01000193;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit ^ (i & 0xffff), 0x85ebca6b);
  }
  return [a, b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}

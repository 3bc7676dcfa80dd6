import type { Finding, FindingLocation, LocationRole, Severity } from '../../src/analysis/finding.js';

export function locationOf(role: LocationRole, thread: number, object: number, timeMs: number): FindingLocation {
  return { role, thread, object, timeMs, file: 'app.ts', line: 1, column: 1, function: null, stack: [] };
}

/** A finding of the id at the locations, from 5 to 100 ms. */
export function findingOf(
  id: string,
  locations: readonly FindingLocation[],
  severity: Severity = 'error',
  stuckBehind: readonly number[] = [],
): Finding {
  return {
    id,
    severity,
    grade: 'certain',
    title: id,
    message: id,
    verdict: id,
    threads: [],
    objects: [],
    locations,
    circle: [],
    stuckBehind: stuckBehind.map((thread) => ({ id: thread, name: `T${thread}` })),
    cost: { waitMs: 0, count: 0 },
    advice: '',
    howSure: '',
    startMs: 5,
    endMs: 100,
    fingerprint: id,
  };
}

import type { Finding, FindingLocation, Verdict } from '../../src/analysis/finding.js';
import { accept } from '../../src/report/acceptance.js';
import { groupedFindings, type Checked } from '../../src/report/checked.js';
import { deadlock, quiet } from './verdict.js';

type Step = readonly [
  role: FindingLocation['role'],
  thread: number,
  object: number,
  file: string,
  line: number,
  timeMs: number,
];

function location([role, thread, object, file, line, timeMs]: Step): FindingLocation {
  return { role, thread, object, file, line, column: 9, function: null, timeMs, stack: [] };
}

/** Both columns of the story, as the analysis gives them: thread by thread. */
export const circle: Finding = {
  ...deadlock,
  threads: [
    { id: 1, name: 'writer' },
    { id: 2, name: 'reader' },
  ],
  objects: [
    { id: 7, kind: 'lock', name: 'cache', inferred: false },
    { id: 8, kind: 'lock', name: 'index', inferred: false },
  ],
  locations: [
    location(['holds', 1, 7, 'src/store.ts', 41, 1]),
    { ...(deadlock.locations[0] as FindingLocation), thread: 1, object: 8, timeMs: 3 },
    location(['holds', 2, 8, 'src/query.ts', 12, 2]),
    location(['waits', 2, 7, 'src/query.ts', 20, 4]),
  ],
  fingerprint: 'c1rc1e',
};

/** Names that mean something in each of the formats. */
export const oddNames: Finding = {
  ...deadlock,
  id: 'contention',
  severity: 'warning',
  grade: 'likely',
  title: 'Likely contention: a|b, 50%: <c> `d`',
  message: 'contention (likely): main waits for `a|b, 50%: {c}`.\n  ```\n  Hold it for less.',
  threads: [{ id: 0, name: 'main' }],
  objects: [{ id: 9, kind: 'lock', name: 'a|b, 50%: {c}', inferred: false }],
  locations: [location(['waits', 0, 9, '../lib/a b#1.ts', 3, 5])],
  cost: { waitMs: 80, count: 4 },
  advice: 'Hold it for less.',
  fingerprint: '0dd',
};

export const noPlace: Finding = {
  ...deadlock,
  id: 'abandoned-lock',
  severity: 'note',
  title: 'Abandoned lock: cache',
  message: 'abandoned-lock (certain): worker "writer" ended while it held `cache`.',
  locations: [],
  fingerprint: 'n01ace',
};

export const known: Finding = { ...circle, id: 'lock-order-inversion', severity: 'warning', fingerprint: 'kn0wn' };
export const suppressed: Finding = { ...oddNames, title: 'Contention: pool', fingerprint: '5uppre55ed' };

export function verdictOf(file: string, findings: readonly Finding[], incomplete: readonly string[] = []): Verdict {
  return { trace: { ...quiet.trace, file }, findings, incomplete };
}

/** Three traces of a package in a checkout; a fourth cannot be read. */
export function checkedRun(): Checked {
  const traces = [
    { verdict: verdictOf('traces/a.lanes', [circle, known, oddNames]), folder: 'packages/app' },
    { verdict: verdictOf('traces/b.lanes', [circle, suppressed], ['It breaks off.']), folder: 'packages/app' },
    { verdict: verdictOf('traces/c.lanes', [noPlace]), folder: 'packages/app' },
  ];
  const { findings } = accept(groupedFindings(traces), {
    baseline: { severities: new Map([[known.fingerprint, 'warning']]) },
    suppressions: [{ id: 'contention', fingerprint: suppressed.fingerprint, reason: 'Once a day: measured.' }],
  });
  return {
    isList: true,
    traces,
    unreadable: [{ file: 'traces/d.lanes', message: 'The file is empty.' }],
    findings,
    unused: ['No finding needs suppression 2 (deadlock, src/old/**).'],
  };
}

import type { Finding, Verdict } from '../../src/analysis/finding.js';

export const deadlock: Finding = {
  id: 'deadlock',
  severity: 'error',
  grade: 'certain',
  title: 'Deadlock: writer ⇄ reader',
  message: [
    'deadlock (certain): worker "writer" and worker "reader" wait for each other.',
    '  writer holds `cache` (src/store.ts:41) and waits for `index` (src/store.ts:48)',
    '  reader holds `index` (src/query.ts:12) and waits for `cache` (src/query.ts:20)',
    '  Take `cache` before `index` in src/query.ts:12-20.',
  ].join('\n'),
  verdict: '`writer` holds `cache` and waits for `index` at store.ts:48',
  threads: [{ id: 2, name: 'writer' }],
  objects: [{ id: 7, kind: 'lock', name: 'cache', inferred: false }],
  locations: [
    {
      role: 'waits',
      file: 'src/store.ts',
      line: 48,
      column: 9,
      function: 'save',
      thread: 2,
      object: 7,
      timeMs: 12402.1,
      stack: [{ file: 'src/db.ts', line: 10, column: 3, function: null }],
    },
  ],
  circle: [],
  stuckBehind: [{ id: 0, name: 'main' }],
  cost: { waitMs: 12.5, count: 2 },
  advice: 'Take `cache` before `index` in src/query.ts:12-20.',
  howSure: 'Ownership decides.',
  startMs: 12402.1,
  endMs: 13000,
  fingerprint: 'f00d',
};

export const quiet: Verdict = {
  trace: { file: 'a.lanes', events: 12, threads: 2, durationMs: 1234.5, end: 'clean', exitCode: 0, dropped: 0 },
  findings: [],
  incomplete: [],
};

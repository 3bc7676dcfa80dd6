import type { Grade, Severity } from './finding.js';

/** What the analysis can find: ids are public, documentation and `--fail-on` name them. */
export interface CatalogueEntry {
  readonly id: string;
  /** Of a certain or likely finding. */
  readonly severity: Severity;
  /** What a finding of grade *possible* is. */
  readonly possible: Severity;
  /** What its verdict and its title begin with. */
  readonly lead: string;
  /** In a sentence: when it is reported. */
  readonly meaning: string;
}

const rows = [
  [
    'deadlock',
    'error',
    'note',
    'Deadlock',
    'Threads wait for each other in a circle: for locks, or for any mixture of locks, queues, events, joins, messages ' +
      'and event loops.',
  ],
  ['self-deadlock', 'error', 'note', 'Deadlock', 'A thread waits for a lock that it holds itself.'],
  [
    'abandoned-lock',
    'error',
    'note',
    'Abandoned lock',
    'A thread ended or was terminated while it held a lock. An error if somebody waits for it.',
  ],
  [
    'blocked-forever',
    'error',
    'note',
    'Blocked for ever',
    'A thread waits for something that no living thread can do.',
  ],
  [
    'lock-order-inversion',
    'warning',
    'warning',
    'Possible deadlock',
    'Threads take locks in orders that form a circle. It did not happen in this run, but it can.',
  ],
  [
    'lost-update',
    'warning',
    'note',
    'Lost update',
    'A thread wrote a word from what it had read before another thread wrote it. Found where loads are recorded.',
  ],
  ['unobserved-error', 'warning', 'note', 'Unobserved error', 'A task or a thread failed, and nobody looked.'],
  [
    'contention',
    'warning',
    'note',
    'Contention',
    'Threads waited for a lock for more than 1 % of the run and 50 ms; a note when few waits or few holds made it so.',
  ],
] as const satisfies readonly (readonly [string, Severity, Severity, string, string])[];

export type FindingId = (typeof rows)[number][0];

export const CATALOGUE: readonly CatalogueEntry[] = rows.map(([id, severity, possible, lead, meaning]) => ({
  id,
  severity,
  possible,
  lead,
  meaning,
}));

const byId = new Map(CATALOGUE.map((entry) => [entry.id, entry]));

export function catalogueEntry(id: FindingId): CatalogueEntry {
  return byId.get(id) as CatalogueEntry;
}

export function severityOf(id: FindingId, grade: Grade): Severity {
  const entry = catalogueEntry(id);
  return grade === 'possible' ? entry.possible : entry.severity;
}

/** What a verdict or a title begins with: the grade leads where there is doubt. */
export function leadOf(id: FindingId, grade: Grade): string {
  const { lead } = catalogueEntry(id);
  if (grade === 'certain' || lead.startsWith('Possible')) return lead;
  const possible = lead.startsWith('Blocked') ? 'Possibly' : 'Possible';
  return `${grade === 'likely' ? 'Likely' : possible} ${lead.charAt(0).toLowerCase()}${lead.slice(1)}`;
}

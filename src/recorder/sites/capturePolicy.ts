/** When an event's call site is worth a captured stack, as a table over the ops. */
import type { OpName } from '../../trace/ops.js';
import { OPS } from '../../trace/ops.js';

export const CAPTURE = { NEVER: 0, BUDGET: 1, ALWAYS: 2 } as const;
export type CapturePolicy = (typeof CAPTURE)[keyof typeof CAPTURE];

/** Written from places that are not the program's, or explained by an attempt just before. */
const never: ReadonlySet<OpName> = new Set<OpName>([
  'thread.begin',
  'thread.end',
  'port.receive',
  'port.handled',
  'port.error',
  'port.unlisten',
  'port.unpost',
  'loop.sample',
  'recorder.drop',
  'recorder.full',
  'recorder.error',
]);

const always: ReadonlySet<OpName> = new Set<OpName>(['thread.start', 'thread.fail', 'thread.terminate', 'port.listen']);

const KNOWN_OPS = 256;
const policies = new Uint8Array(KNOWN_OPS).fill(CAPTURE.BUDGET);
const families: (string | undefined)[] = new Array<string | undefined>(KNOWN_OPS);
const attempts = new Uint8Array(KNOWN_OPS);
const outcomes = new Uint8Array(KNOWN_OPS);

for (const spec of OPS) {
  const name = spec.name as OpName;
  families[spec.code] = spec.family;
  if (spec.role === 'attempt') attempts[spec.code] = 1;
  if (spec.role === 'outcome') outcomes[spec.code] = 1;
  if (never.has(name)) policies[spec.code] = CAPTURE.NEVER;
  else if (always.has(name) || spec.role === 'attempt') policies[spec.code] = CAPTURE.ALWAYS;
}

/** An op that a newer library brings is captured within the budget. */
export function capturePolicy(op: number): CapturePolicy {
  return (policies[op] ?? CAPTURE.BUDGET) as CapturePolicy;
}

export function familyOf(op: number): string | undefined {
  return families[op];
}

export const isAttempt = (op: number): boolean => attempts[op] === 1;
export const isOutcome = (op: number): boolean => outcomes[op] === 1;

import type {
  Finding,
  FindingFrame,
  FindingLocation,
  FindingObject,
  FindingThread,
  TraceEnd,
  Verdict,
} from '../analysis/finding.js';

/** The version of the JSON: keys are only ever added to it. */
const JSON_VERSION = 1;

/** The JSON knows four ends; programs that read it need not tell a watchdog's end from another. */
const endWord: Readonly<Record<TraceEnd, 'clean' | 'exit' | 'killed' | 'truncated'>> = {
  clean: 'clean',
  exit: 'exit',
  killed: 'killed',
  deadlock: 'killed',
  truncated: 'truncated',
  open: 'truncated',
};

/** A verdict as programs read it: keys in a fixed order, the same bytes for the same trace; no line feed at its end. */
export function formatJson({ trace, findings, incomplete }: Verdict): string {
  const { file, events, threads, durationMs, end, dropped } = trace;
  const result = {
    version: JSON_VERSION,
    trace: { file, events, threads, durationMs, end: endWord[end], dropped },
    findings: findings.map(findingOf),
    incomplete,
  };
  return JSON.stringify(result, null, 2);
}

function findingOf(finding: Finding): object {
  const { id, severity, grade, title, message, threads, objects, locations, cost, advice, fingerprint } = finding;
  return {
    id,
    severity,
    grade,
    title,
    message,
    threads: threads.map(threadOf),
    objects: objects.map(objectOf),
    locations: locations.map(locationOf),
    cost: { waitMs: cost.waitMs, count: cost.count },
    advice,
    fingerprint,
  };
}

const threadOf = ({ id, name }: FindingThread): object => ({ id, name });
const objectOf = ({ id, kind, name, inferred }: FindingObject): object => ({ id, kind, name, inferred });
const frameOf = (frame: FindingFrame): object => ({
  file: frame.file,
  line: frame.line,
  column: frame.column,
  function: frame.function,
});

function locationOf({ role, file, line, column, thread, object, timeMs, stack }: FindingLocation): object {
  return { role, file, line, column, thread, object, timeMs, stack: stack.map(frameOf) };
}

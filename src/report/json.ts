import type {
  Finding,
  FindingFrame,
  FindingLocation,
  FindingObject,
  FindingThread,
  TraceEnd,
  Verdict,
} from '../analysis/finding.js';
import type { Statistics } from '../analysis/statistics/statistics.js';
import { checkedVerdict, type Checked, type CheckedFinding, type UnreadableTrace } from './checked.js';
import { statisticsJson } from './statisticsJson.js';

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

/**
 * Verdicts as programs read them: keys in a fixed order, the same bytes for the same traces; no line feed at its end. An
 * object for one trace, a list for several or a folder, those that cannot be read at its end.
 */
export function formatCheckedJson(checked: Checked): string {
  const results = [
    ...checked.traces.map(({ verdict, statistics }) => verdictOf(verdict, checked, statistics)),
    ...checked.unreadable.map(unreadableOf),
  ];
  return JSON.stringify(checked.isList ? results : results[0], null, 2);
}

/** One verdict, with nothing accepted: {@link formatCheckedJson} of it. */
export function formatJson(verdict: Verdict): string {
  return formatCheckedJson(checkedVerdict(verdict));
}

function verdictOf({ trace, findings, incomplete }: Verdict, checked: Checked, statistics?: Statistics): object {
  const { file, events, threads, durationMs, end, dropped } = trace;
  const groups = new Map(checked.findings.map((group) => [group.finding.fingerprint, group]));
  return {
    version: JSON_VERSION,
    trace: { file, events, threads, durationMs, end: endWord[end], dropped },
    findings: findings.map((finding) => ({
      ...findingOf(finding),
      ...(checked.traces.length > 1 && { traces: groups.get(finding.fingerprint)?.traces }),
      ...acceptedKey(groups.get(finding.fingerprint)),
    })),
    incomplete,
    ...(statistics !== undefined && { statistics: statisticsJson(statistics) }),
  };
}

/** With the keys of all others, so that programs need not look. */
function unreadableOf({ file, message }: UnreadableTrace): object {
  const trace = { file, events: 0, threads: 0, durationMs: 0, end: endWord.truncated, dropped: 0 };
  return { version: JSON_VERSION, trace, findings: [], incomplete: [message], unreadable: true };
}

/** Only there where a finding does not count. */
function acceptedKey(group: CheckedFinding | undefined): object {
  const acceptance = group?.acceptance;
  return acceptance ? { suppressed: { by: acceptance.by, reason: acceptance.reason } } : {};
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

function locationOf({ role, file, line, column, thread, object, timeMs, stack, sampled }: FindingLocation): object {
  const location = { role, file, line, column, thread, object, timeMs, stack: stack.map(frameOf) };
  return sampled === true ? { ...location, sampled } : location;
}

import { CATALOGUE } from '../analysis/catalogue.js';
import type { Checked, CheckedFinding } from './checked.js';
import { mainLocation } from './findingPlace.js';
import { sarifCodeFlows } from './sarifCodeFlows.js';
import { artifactLocation, sarifLocation, sarifMessage, SOURCE_ROOT } from './sarifLocation.js';
import { sarifRules } from './sarifRules.js';
import { doubtsOf, messageOf, onOneLine } from './sentences.js';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const HOMEPAGE = 'https://github.com/threadlanes/threadlanes';

/** The name of our fingerprint. Its number changes only with the way in which fingerprints are made. */
const FINGERPRINT = 'threadlanes/v1';
/** The only one by which GitHub knows a result again; lines move, so it is ours as well. */
const GITHUB_FINGERPRINT = 'primaryLocationLineHash';

const ruleIndex = new Map<string, number>(CATALOGUE.map(({ id }, index) => [id, index]));

export interface SarifOptions {
  /** Of Threadlanes. */
  readonly version?: string;
  /** A baseline was given: each result says whether it is new. */
  readonly hasBaseline?: boolean;
}

/** SARIF 2.1.0, for code scanning: one run, a result a finding, those that do not count with the reason why. */
export function formatSarif(checked: Checked, { version, hasBaseline = false }: SarifOptions = {}): string {
  const driver = {
    name: 'Threadlanes',
    ...(version !== undefined && { version, semanticVersion: version }),
    informationUri: HOMEPAGE,
    rules: sarifRules(HOMEPAGE),
  };
  const run = {
    tool: { driver },
    invocations: [
      { executionSuccessful: checked.unreadable.length === 0, toolExecutionNotifications: notifications(checked) },
    ],
    originalUriBaseIds: { [SOURCE_ROOT]: { description: { text: 'The folder in which the check was run.' } } },
    columnKind: 'utf16CodeUnits',
    results: checked.findings.map((one) => resultOf(one, checked, hasBaseline)),
  };
  return JSON.stringify({ $schema: SCHEMA, version: '2.1.0', runs: [run] }, null, 2);
}

/** What could not be read, and why the verdict may not be complete. */
function notifications(checked: Checked): object[] {
  return [
    ...checked.unreadable.map(({ file, message }) => ({
      level: 'error',
      message: sarifMessage(`${file}: ${message}`),
    })),
    ...[...doubtsOf(checked), ...checked.unused].map((text) => ({ level: 'note', message: sarifMessage(text) })),
  ];
}

function resultOf(one: CheckedFinding, checked: Checked, hasBaseline: boolean): object {
  const { finding, acceptance, traces } = one;
  const { id, severity, grade, fingerprint, locations } = finding;
  const main = mainLocation(one);
  const others = locations.filter((location) => location !== main);
  const codeFlows = sarifCodeFlows(one);
  return {
    ruleId: id,
    ...(ruleIndex.has(id) && { ruleIndex: ruleIndex.get(id) }),
    level: severity,
    message: sarifMessage(textOf(one, checked)),
    locations: main ? [sarifLocation(one, main)] : traceLocation(traces[0]),
    ...(others.length > 0 && {
      relatedLocations: others.map((location, id) => ({ id, ...sarifLocation(one, location) })),
    }),
    ...(codeFlows.length > 0 && { codeFlows }),
    partialFingerprints: { [GITHUB_FINGERPRINT]: fingerprint, [FINGERPRINT]: fingerprint },
    ...(hasBaseline && { baselineState: acceptance?.by === 'baseline' ? 'unchanged' : 'new' }),
    suppressions: acceptance ? [{ kind: 'external', status: 'accepted', justification: acceptance.reason }] : [],
    occurrenceCount: traces.length,
    properties: { grade, waitMs: finding.cost.waitMs, count: finding.cost.count, advice: finding.advice, traces },
  };
}

/** Viewers show its first sentence in lists. The id is the rule's; how sure it is stays, where that is in doubt. */
function textOf(one: CheckedFinding, checked: Checked): string {
  const { id, grade } = one.finding;
  const head = `${id} (${grade}): `;
  const text = messageOf(one, checked);
  if (!text.startsWith(head)) return text;
  return (grade === 'certain' ? '' : `${grade}: `) + text.slice(head.length);
}

/** Code scanning wants a place for each result: where no line is known it is the trace. */
function traceLocation(file: string | undefined): object[] {
  return file === undefined || file === '-'
    ? []
    : [{ physicalLocation: { artifactLocation: artifactLocation('', onOneLine(file)) } }];
}

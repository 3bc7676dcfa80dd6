import { CATALOGUE } from '../analysis/catalogue.js';
import type { Finding, Severity } from '../analysis/finding.js';
import { CommandFailure } from './commandFailure.js';
import { EXIT } from './exitCodes.js';

/** What fails a build unless `--fail-on` says otherwise: what happened, and what stays a warning however unsure it is. */
export const DEFAULT_FAIL_ON = [
  'error',
  ...CATALOGUE.filter((one) => one.possible === 'warning').map(({ id }) => id),
].join(',');

/** What a word of `--fail-on` that is a severity stands for. */
const atLeast: Readonly<Record<string, readonly Severity[]>> = {
  error: ['error'],
  warning: ['error', 'warning'],
  note: ['error', 'warning', 'note'],
  none: [],
};

/** Whether a finding fails the build, from `error`, `warning`, `note`, `none` and ids, separated by commas. */
export function parseFailOn(text: string): (finding: Finding) => boolean {
  const words = text.split(',').map((word) => word.trim());
  const known: readonly string[] = [...Object.keys(atLeast), ...CATALOGUE.map(({ id }) => id)];
  // A typo would let every finding of that kind pass.
  const wrong = words.find((word) => !known.includes(word));
  if (wrong !== undefined) {
    throw new CommandFailure(
      `--fail-on takes ${known.join(', ')}, separated by commas, not "${wrong}".`,
      EXIT.wrongUse,
    );
  }
  const severities = new Set(words.flatMap((word) => atLeast[word] ?? []));
  const ids = new Set(words);
  return (finding) => !isOnlyPossible(finding) && (severities.has(finding.severity) || ids.has(finding.id));
}

/** A note on what may be fails no build, whatever is asked for. */
function isOnlyPossible({ grade, severity }: Finding): boolean {
  return grade === 'possible' && severity === 'note';
}

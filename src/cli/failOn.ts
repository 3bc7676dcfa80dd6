import type { Finding, Severity } from '../analysis/finding.js';
import { CommandFailure } from './commandFailure.js';
import { EXIT } from './exitCodes.js';

/** What fails a build unless `--fail-on` says otherwise. */
export const DEFAULT_FAIL_ON = 'error,lock-order-inversion,potential-deadlock';

/** What a word of `--fail-on` that is a severity stands for. */
const atLeast: Readonly<Record<string, readonly Severity[]>> = {
  error: ['error'],
  warning: ['error', 'warning'],
  note: ['error', 'warning', 'note'],
};

/** Ids are lower case words joined by hyphens; newer versions have more of them. */
const findingId = /^[a-z]+(?:-[a-z]+)*$/;

/** Whether a finding fails the build, from `error`, `warning`, `note` and ids, separated by commas. */
export function parseFailOn(text: string): (finding: Finding) => boolean {
  const words = text.split(',').map((word) => word.trim());
  const wrong = words.find((word) => !findingId.test(word));
  if (wrong !== undefined) {
    throw new CommandFailure(
      `--fail-on takes error, warning, note and ids of findings, not "${wrong}".`,
      EXIT.wrongUse,
    );
  }
  const severities = new Set(words.flatMap((word) => atLeast[word] ?? []));
  const ids = new Set(words);
  return (finding) => severities.has(finding.severity) || ids.has(finding.id);
}

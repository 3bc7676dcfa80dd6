import { failure, success, type Result } from '../base/result.js';
import { CATALOGUE } from '../analysis/catalogue.js';
import type { Finding } from '../analysis/finding.js';
import { pathPattern } from './pathPattern.js';

/**
 * A finding that may be, and why, from a file beside the code:
 *
 *     { "suppressions": [
 *       { "id": "contention", "file": "src/cache/**", "object": "cache", "reason": "One writer a minute: measured." },
 *       { "id": "deadlock", "fingerprint": "5c0f…", "reason": "The test wants it." } ] }
 *
 * All that an entry names has to fit: the id, and at least one of fingerprint, file (of one of the finding's locations)
 * and object (the name of one of its objects).
 */
export interface Suppression {
  readonly id: string;
  readonly fingerprint?: string;
  /** A path as findings name it; `*` stands for anything within a name, `**` for any folders. */
  readonly file?: string;
  readonly object?: string;
  readonly reason: string;
}

const keys = ['id', 'fingerprint', 'file', 'object', 'reason'] as const;
const narrowing = ['fingerprint', 'file', 'object'] as const;

export function parseSuppressions(text: string): Result<readonly Suppression[]> {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    return failure(`It is not JSON: ${(error as Error).message}.`);
  }
  const entries = (content as { suppressions?: unknown } | null)?.suppressions;
  if (!Array.isArray(entries)) return failure('It has no list "suppressions".');
  const wrong = entries.flatMap((entry, index) => {
    const mistake = mistakeIn(entry);
    return mistake === null ? [] : [`Suppression ${index + 1}${named(entry)} ${mistake}`];
  });
  return wrong[0] === undefined ? success(entries as Suppression[]) : failure(wrong[0]);
}

/** What is wrong with an entry, as the end of a sentence; null: nothing. */
function mistakeIn(entry: unknown): string | null {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return 'is not an object.';
  const fields = entry as Record<string, unknown>;
  const unknown = Object.keys(fields).find((key) => !(keys as readonly string[]).includes(key));
  // A typo would suppress more than was meant.
  if (unknown !== undefined) return `has "${unknown}": it may have ${keys.join(', ')}.`;
  const notText = keys.find((key) => fields[key] !== undefined && typeof fields[key] !== 'string');
  if (notText !== undefined) return `has a "${notText}" that is not a text.`;
  const ids: readonly string[] = CATALOGUE.map(({ id }) => id);
  if (!ids.includes(fields['id'] as string)) return `needs an "id", one of ${ids.join(', ')}.`;
  if (narrowing.every((key) => isBlank(fields[key]))) return `needs a ${narrowing.join(', ')}: say which one is meant.`;
  return isBlank(fields['reason']) ? 'has no "reason": say why this finding may be.' : null;
}

const isBlank = (value: unknown): boolean => typeof value !== 'string' || value.trim() === '';

/** ` (contention)`, so that a person finds the entry. */
function named(entry: unknown): string {
  const id = (entry as { id?: unknown } | null)?.id;
  return typeof id === 'string' && id !== '' ? ` (${id})` : '';
}

export function suppresses({ id, fingerprint, file, object }: Suppression, finding: Finding): boolean {
  if (id !== finding.id) return false;
  if (fingerprint !== undefined && fingerprint !== finding.fingerprint) return false;
  if (object !== undefined && !finding.objects.some(({ name }) => name === object)) return false;
  if (file === undefined) return true;
  const pattern = pathPattern(file);
  return finding.locations.some((location) => pattern.test(location.file));
}

/** `contention, src/cache/**, cache`: what it is for. */
export function suppressionName({ id, fingerprint, file, object }: Suppression): string {
  return [id, fingerprint, file, object].filter((part) => part !== undefined).join(', ');
}

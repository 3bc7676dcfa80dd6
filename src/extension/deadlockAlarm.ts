/** Which findings of a running program's trace are worth a notification, once each. */
import type { Finding } from '../protocol/verdict.js';
import type { Grew, Opened } from '../protocol/messages.js';

/** Somebody waits for what will not come. Costs and possibilities are no news while the program runs. */
const stuck: ReadonlySet<string> = new Set(['deadlock', 'self-deadlock', 'blocked-forever', 'abandoned-lock']);

export class DeadlockAlarm {
  readonly #told = new Set<string>();

  /** The findings of a message that were not told before. A trace whose program has ended gives none. */
  news(message: Opened | Grew): Finding[] {
    if (!message.live || message.verdict === null) return [];
    const fresh = message.verdict.findings.filter(
      (finding) => finding.severity === 'error' && stuck.has(finding.id) && !this.#told.has(finding.fingerprint),
    );
    for (const finding of fresh) this.#told.add(finding.fingerprint);
    return fresh;
  }
}

/** A verdict as a notification shows it: without the marks around names. */
export function plainSentence(text: string): string {
  return text.replaceAll('`', '').replaceAll('**', '');
}

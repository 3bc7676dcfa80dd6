/** Functions that a program turns into text, to send them to another thread or process, show their original text. */
import type { NumberedCode } from './numberedCode.js';
import { REGISTERS, originalPosition } from './static/edits.js';

/** The text of a function as its author wrote it; any other text as it is. */
export function authorsText(code: NumberedCode, text: string): string {
  if (!text.includes(REGISTERS)) return text;
  for (const { source, text: edited } of code.files()) {
    const at = edited.code.indexOf(text);
    if (at < 0) continue;
    const { insertions } = edited;
    return source.slice(originalPosition(insertions, at), originalPosition(insertions, at + text.length));
  }
  return text;
}

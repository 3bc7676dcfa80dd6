import type { SourceLine } from '../protocol/messages.js';

/** Longer lines are minified code: nobody reads them in a panel. */
const MAX_LENGTH = 400;

/** The source lines that the view shows beside the places of a finding; null where the file is not at hand. */
export function sourceLines(
  frames: readonly { readonly file: string; readonly line: number }[],
  readText: (path: string) => string | null,
): SourceLine[] {
  const texts = new Map<string, readonly string[] | null>();
  return frames.map(({ file, line }) => {
    if (!texts.has(file)) texts.set(file, readText(file)?.split(/\r?\n/) ?? null);
    return { file, line, text: texts.get(file)?.[line - 1]?.slice(0, MAX_LENGTH) ?? null };
  });
}

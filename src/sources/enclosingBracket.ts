/** Where in a bracket the end of a text stands. */
export interface Enclosing {
  /** The position of the bracket. */
  readonly at: number;
  /** How many elements or arguments stand before. */
  readonly commas: number;
  /** A `...` stands before: the elements cannot be counted. */
  readonly hasSpread: boolean;
  /** What stands between the last comma, or the bracket, and the end. */
  readonly element: string;
}

const strings = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[^])*`/g;

/** The bracket that is open at the end of a text; null when it ends a statement's own level. */
export function enclosingBracket(text: string): Enclosing | null {
  const code = text.replace(strings, (string) => ' '.repeat(string.length));
  let depth = 0;
  let commas = 0;
  let lastComma = -1;
  let hasSpread = false;
  for (let at = code.length - 1; at >= 0; at--) {
    const char = code.charAt(at);
    if (')]}'.includes(char)) depth++;
    else if ('([{'.includes(char)) {
      if (depth === 0) return { at, commas, hasSpread, element: text.slice((lastComma < 0 ? at : lastComma) + 1) };
      depth--;
    } else if (depth > 0) continue;
    else if (char === ',') {
      commas++;
      if (lastComma < 0) lastComma = at;
    } else if (char === ';') return null;
    else if (code.startsWith('...', at)) hasSpread = true;
  }
  return null;
}

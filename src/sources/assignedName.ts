/** How far before a creation its name is looked for, in characters: types and line breaks may stand between. */
const REACH = 400;

/** Generated code has longer ones, which nobody would know again. */
const LONGEST_NAME = 100;

const identifier = String.raw`#?[\p{ID_Start}$_][\p{ID_Continue}$]*`;
/** What may stand before a creation and after its name: `await pool.` */
const callee = new RegExp(String.raw`(?:\bawait\s+)?(?:${identifier}\s*\??\.\s*)*$`, 'u');
const typeNote = String.raw`(?:\s*[?!]?:\s*[^=;(){}]+?)?`;
/** `const cache =`, `this.#lock ??=`, `lock: Lock =`. */
const assignment = new RegExp(String.raw`(${identifier})${typeNote}\s*(?:\?\?|\|\|)?=\s*$`, 'u');
/** `{ lock:`, `, 'my lock':`; after `?` it would be the middle of a condition. */
const property = new RegExp(String.raw`[{,]\s*(?:(${identifier})|'([^'\\\n]+)'|"([^"\\\n]+)")\s*:\s*$`, 'u');
const comments = /\/\*[^]*?\*\/|\/\/[^\n]*/g;

const notNames: ReadonlySet<string> = new Set(['default', 'case', 'return', 'const', 'let', 'var', 'static']);

/**
 * The variable or property that takes what is created at a position of a source: `cache` of `const cache = new Lock()`.
 * Null when nothing takes it by name: an element of an array, an argument, a returned value.
 *
 * @param line from 1
 * @param column from 1; where it does not hit a `new`, the only one of its line is taken
 */
export function assignedName(source: string, line: number, column: number): string | null {
  const start = lineStart(source, line);
  if (start < 0) return null;
  const end = source.indexOf('\n', start);
  const at = creationAt(source.slice(start, end < 0 ? source.length : end), column - 1);
  if (at === null) return null;
  const before = source
    .slice(Math.max(0, start + at - REACH), start + at)
    .replace(comments, ' ')
    .replace(callee, '');
  const assigned = assignment.exec(before);
  const found = assigned ?? property.exec(before);
  const name = found?.slice(1).find((group) => group !== undefined);
  return name === undefined || name.length > LONGEST_NAME || notNames.has(name) ? null : name;
}

/** Where on its line the creation starts. */
function creationAt(text: string, column: number): number | null {
  if (/^new\b/.test(text.slice(column))) return column;
  const creations = [...text.matchAll(/(?<![\w$.#])new\s+[\p{ID_Start}$_]/gu)];
  return creations.length === 1 ? (creations[0]?.index ?? null) : null;
}

function lineStart(source: string, line: number): number {
  let start = 0;
  for (let i = 1; i < line; i++) {
    start = source.indexOf('\n', start) + 1;
    if (start === 0) return -1;
  }
  return start;
}

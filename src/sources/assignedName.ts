import { enclosingBracket } from './enclosingBracket.js';

/** How far before a creation its name is looked for, in characters: types and line breaks may stand between. */
const REACH = 400;

/** Generated code has longer ones, which nobody would know again. */
const LONGEST_NAME = 100;

const identifier = String.raw`#?[\p{ID_Start}$_][\p{ID_Continue}$]*`;
/** What may stand before a creation and after its name: `await pool.` */
const callee = new RegExp(String.raw`(?:\bawait\s+)?(?:${identifier}\s*\??\.\s*)*$`, 'u');
const generic = String.raw`<(?:=>|[^<>;]|<(?:=>|[^<>;]|<[^<>;]*>)*>)*>`;
const oneType = String.raw`(?:(?:readonly|typeof|keyof|new)\s+)*(?:${identifier}(?:\s*\.\s*${identifier})*(?:\s*${generic})?|\([^()]*\)|\{[^{}]*\}|\[[^[\]]*\])(?:\[[^[\]]*\])*`;
const typeNote = String.raw`(?:\s*[?!]?:\s*[|&]?\s*(${oneType}(?:\s*(?:[|&]|=>)\s*${oneType})*))?`;
const sign = String.raw`\s*(?:\?\?|\|\|)?=\s*$`;
/** `const cache =`, `this.#lock ??=`, `lock: Lock =`. */
const assignment = new RegExp(String.raw`(?<![\p{ID_Continue}$#])(${identifier})${typeNote}${sign}`, 'u');
/** `locks[i] =`. */
const elementAssignment = new RegExp(String.raw`(${identifier}\[[^[\]\n]{1,40}\])${sign}`, 'u');
/** What stands before `key: name =` where that is a pattern, before `value: name =` of a `case` or a condition. */
const beforeNoType = /(?:\bcase\s+[^:;{}]*|\?)\s*$/;
const beforePattern = /(?:\b(?:const|let|var)|[(,:[=])\s*$/;
const onlyIdentifier = new RegExp(String.raw`^${identifier}$`, 'u');
/** `= (`, `= <Lock>`: what may still stand between. */
const around = /(?<=[^=!<>]=)\s*(?:\(\s*)*(?:<[^<>=;]+>\s*)?$/;
/** `{ lock:`, `, 'my lock':`; after `?` it would be the middle of a condition. */
const property = new RegExp(String.raw`[{,]\s*(?:(${identifier})|'([^'\\\n]+)'|"([^"\\\n]+)")\s*:\s*$`, 'u');
/** `const [a, b] =`, without defaults and nesting. */
const pattern = /\b(?:const|let|var)\s*\[([\p{ID_Continue}$\s,]*)\]\s*=\s*$/u;
/** `(_, i) =>`, `name =>`. */
const callback = new RegExp(String.raw`^\s*(?:\([^()]*\)|${identifier})\s*=>\s*$`, 'u');
const lastName = new RegExp(String.raw`${identifier}\s*$`, 'u');
const call = new RegExp(String.raw`^${identifier}\s*\(`, 'u');
const comments = /('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\\n]|\\.)*`)|\/\*[^]*?\*\/|\/\/[^\n]*/g;

const notNames: ReadonlySet<string> = new Set([
  'default',
  'case',
  'return',
  'const',
  'let',
  'var',
  'static',
  'exports',
]);

/**
 * The variable or property that takes what is created at a position of a source: `cache` of `const cache = new Lock()`.
 * An element of an array is `locks[1]`, one that is made by a callback of `Array.from` or `map` just `locks`. Null when
 * nothing takes it by name: an argument, a returned value.
 *
 * @param line from 1
 * @param column from 1; where it does not hit a `new`, the only one of its line is taken
 */
export function assignedName(source: string, line: number, column: number): string | null {
  return nameBefore(textBefore(source, line, column, creationAt));
}

/** What a function made with `return new Lock()` is called where the function is called; column as that of the call. */
export function nameOfCall(source: string, line: number, column: number): string | null {
  return nameBefore(textBefore(source, line, column, callAt));
}

/** The creation is what its function gives back. */
export function isReturned(source: string, line: number, column: number): boolean {
  return /(?:\breturn|=>)\s*$/.test(textBefore(source, line, column, creationAt) ?? '');
}

function nameBefore(before: string | null): string | null {
  const name = before === null ? null : (takerOf(before) ?? elementName(before));
  return name === null || name.length > LONGEST_NAME ? null : name;
}

/** What stands before an expression, without comments and the path to what is called. */
function textBefore(source: string, line: number, column: number, find: typeof creationAt): string | null {
  const start = lineStart(source, line);
  if (start < 0) return null;
  const end = source.indexOf('\n', start);
  const at = find(source.slice(start, end < 0 ? source.length : end), column - 1);
  if (at === null) return null;
  return source
    .slice(Math.max(0, start + at - REACH), start + at)
    .replace(comments, (_, string?: string) => string ?? ' ')
    .replace(callee, '')
    .replace(around, ' ');
}

/** What takes the value of an expression that stands after this text. */
function takerOf(before: string): string | null {
  const name =
    assignedIn(before) ??
    elementAssignment.exec(before)?.[1] ??
    property
      .exec(before)
      ?.slice(1)
      .find((group) => group !== undefined);
  return name === undefined || notNames.has(name.replace(/\[.*/, '')) ? null : name;
}

function assignedIn(before: string): string | undefined {
  const found = assignment.exec(before);
  const [, name, type] = found ?? [];
  if (!found || type === undefined) return name;
  const head = before.slice(0, found.index);
  const enclosing = enclosingBracket(head);
  const isPattern =
    enclosing !== null && before[enclosing.at] === '{' && beforePattern.test(before.slice(0, enclosing.at));
  if (!isPattern && !beforeNoType.test(head)) return name;
  return onlyIdentifier.test(type) ? type : undefined;
}

/** The name of an array's element. */
function elementName(before: string): string | null {
  const enclosing = enclosingBracket(before);
  if (enclosing === null) return null;
  const { at, commas, element } = enclosing;
  const head = before.slice(0, at);
  if (before[at] === '[') {
    if (element.trim() !== '' || enclosing.hasSpread) return null;
    const names = pattern.exec(head)?.[1]?.split(',');
    if (names !== undefined) return names[commas]?.trim() || null;
    const array = takerOf(head);
    return array === null ? null : `${array}[${commas}]`;
  }
  if (!callback.test(element)) return null;
  if (commas === 1 && /\bArray\s*\.\s*from\s*$/.test(head)) return takerOf(head.replace(/Array\s*\.\s*from\s*$/, ''));
  return commas === 0 && /\.\s*map\s*$/.test(head) ? takerOf(withoutReceiver(head.replace(/\.\s*map\s*$/, ''))) : null;
}

/** The text before an expression such as `names`, `[...Array(5)]` or `new Array(5).fill(0)`, at whose end it stands. */
function withoutReceiver(text: string): string {
  for (let rest = text.trimEnd(); ;) {
    if (/[\])]$/.test(rest)) {
      const enclosing = enclosingBracket(rest.slice(0, -1));
      if (enclosing === null) return '';
      rest = rest.slice(0, enclosing.at).trimEnd();
      if (!/[\p{ID_Continue}$\])]$/u.test(rest)) return rest;
    } else {
      const shorter = rest.replace(lastName, '');
      if (shorter === rest || !/[.]\s*$/.test(shorter)) return shorter.replace(/\bnew\s+$/, '');
      rest = shorter.replace(/\??\.\s*$/, '').trimEnd();
    }
  }
}

function callAt(text: string, column: number): number | null {
  return call.test(text.slice(column)) ? column : null;
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

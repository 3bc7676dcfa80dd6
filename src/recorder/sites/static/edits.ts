/**
 * What the load hook puts into a text. An edit is four numbers: where, which form, which registers it sets, which of the
 * file's sites it means. A kept result holds no code, so that what lies on disk can say where, but not what.
 */

/** The registers' name in the program's code: `i` the operation, `o` the call that led into synchronisation code. */
export const REGISTERS = '__tl$';
/** Who called the function that stands around. */
const CALLER = '__tl$o';

export const FORM = {
  /** `SET,` before a whole statement. */
  FIRST: 0,
  /** `(SET,` … `)` around a call or its last argument. */
  OPEN: 1,
  CLOSE: 2,
  /** `pass(` … `,(SET))` around a last argument that runs code of its own. */
  PASS: 3,
  PASSED: 4,
  /** `...(SET,none)` as the only argument: `arguments.length` and error messages stay. */
  SPREAD: 5,
  /** Keeps who called, at the start of a function; and after its directives. */
  ENTRY: 6,
  ENTRY_AFTER: 7,
  /** The same for a function that is handed out: nobody can know who calls it. */
  HANDED_OUT: 8,
  HANDED_OUT_AFTER: 9,
  /** Who called ends here: a function with a lock's name that is no lock's code. */
  FORGET: 10,
  FORGET_AFTER: 11,
} as const;

export const SET = {
  NONE: 0,
  /** An operation in code that is no lock's. */
  INNER: 1,
  /** An operation of a lock, whose caller is kept. */
  INNER_KEPT: 2,
  /** An operation of a lock, whose caller is the last that was set. */
  INNER_AMBIENT: 3,
  /** A call that may lead into a lock. */
  OUTER: 4,
  /** The same inside of a lock: who called it comes first. */
  OUTER_KEPT: 5,
} as const;

export const EDIT_NUMBERS = 4;

function settingOf(set: number, site: number): string {
  switch (set) {
    case SET.INNER:
      return `${REGISTERS}.i=${site},${REGISTERS}.o=0`;
    case SET.INNER_KEPT:
      return `${REGISTERS}.i=${site},${REGISTERS}.o=${CALLER}`;
    case SET.INNER_AMBIENT:
      return `${REGISTERS}.i=${site}`;
    case SET.OUTER:
      return `${REGISTERS}.o=${site}`;
    default:
      return `${REGISTERS}.o=${CALLER}||${site}`;
  }
}

function textOf(form: number, setting: string): string {
  switch (form) {
    case FORM.FIRST:
      return `${setting},`;
    case FORM.OPEN:
      return `(${setting},`;
    case FORM.CLOSE:
      return ')';
    case FORM.PASS:
      return `${REGISTERS}.pass(`;
    case FORM.PASSED:
      return `,(${setting}))`;
    case FORM.SPREAD:
      return `...(${setting},${REGISTERS}.none)`;
    case FORM.ENTRY:
    case FORM.ENTRY_AFTER:
      return `${form === FORM.ENTRY ? '' : ';'}const ${CALLER}=${REGISTERS}.o;${REGISTERS}.o=0;`;
    case FORM.FORGET:
    case FORM.FORGET_AFTER:
      return `${form === FORM.FORGET ? '' : ';'}${REGISTERS}.o=0;`;
    default:
      return `${form === FORM.HANDED_OUT ? '' : ';'}const ${CALLER}=0;`;
  }
}

/** A text that was edited: positions in it lead back to the original. */
export interface EditedText {
  readonly code: string;
  /** Where each insertion starts in the original, and how long it is: pairs, ascending. */
  readonly insertions: Int32Array;
}

/** @param base added to the site numbers, which count from 1 in each file */
export function applyEdits(source: string, edits: readonly number[], base: number): EditedText {
  const insertions = new Int32Array((edits.length / EDIT_NUMBERS) * 2);
  let code = '';
  let from = 0;
  for (let i = 0, k = 0; i < edits.length; i += EDIT_NUMBERS) {
    const at = edits[i] as number;
    const text = textOf(edits[i + 1] as number, settingOf(edits[i + 2] as number, base + (edits[i + 3] as number)));
    code += source.slice(from, at) + text;
    from = at;
    insertions[k++] = at;
    insertions[k++] = text.length;
  }
  return { code: code + source.slice(from), insertions };
}

/** The position in the original of one in the edited text; inside of an insertion: where that stands. */
export function originalPosition(insertions: Int32Array, position: number): number {
  let added = 0;
  for (let i = 0; i < insertions.length; i += 2) {
    const at = insertions[i] as number;
    const start = at + added;
    if (position < start) break;
    const length = insertions[i + 1] as number;
    if (position < start + length) return at;
    added += length;
  }
  return position - added;
}

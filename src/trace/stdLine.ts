/**
 * One line of STD, the text format in which research on traces publishes them: `T0|acq(L1)|12`, the thread, what it does
 * with what, and where. Lines stand in the order in which things happened; there are no times.
 */

/** What a line may say, and what stands in its brackets. */
export const STD_OPERATIONS = {
  req: 'lock',
  acq: 'lock',
  rel: 'lock',
  wait: 'lock',
  notify: 'lock',
  notifyAll: 'lock',
  r: 'variable',
  w: 'variable',
  fork: 'thread',
  join: 'thread',
  // Methods and transactions; some tools write them without brackets.
  enter: 'name',
  exit: 'name',
  begin: 'name',
  end: 'name',
  // What some tools write where nothing happens that matters here.
  branch: 'name',
  dummy: 'name',
} as const;

export type StdOperation = keyof typeof STD_OPERATIONS;

export interface StdDeed {
  readonly operation: StdOperation;
  /** The lock, variable, thread or name; empty where there is none. */
  readonly operand: string;
}

export interface StdLine extends StdDeed {
  readonly thread: string;
  /** Null: the line has none. */
  readonly location: string | null;
}

const example = 'T0|acq(L1)|12';
const shape = /^([A-Za-z]\w*)(?:\((.*)\))?$/s;

/** Neither an event nor wrong: nothing, or a comment. */
export function isStdBlank(line: string): boolean {
  return /^\s*(?:$|#|\/\/)/.test(line);
}

/** Whether a file whose first line this is can be meant to be STD. */
export function looksLikeStd(line: string): boolean {
  const fields = fieldsOf(line);
  if (fields === null || fields.thread === '') return false;
  // A control character belongs to no text, and a table in another format has no brackets there.
  for (let i = 0; i < line.length; i++)
    if (line.charCodeAt(i) < 0x20 && line[i] !== '\t' && line[i] !== '\r') return false;
  return fields.deed.includes('(') || typeof stdDeedOf(fields.deed) === 'object';
}

/** The three fields; null when there are not even two. The location is what stands behind the last bar. */
export function fieldsOf(line: string): { thread: string; deed: string; location: string | null } | null {
  const first = line.indexOf('|');
  if (first < 0) return null;
  const last = line.lastIndexOf('|');
  const end = last === first ? line.length : last;
  const location = last === first ? '' : line.slice(last + 1).trim();
  return {
    thread: line.slice(0, first).trim(),
    deed: line.slice(first + 1, end).trim(),
    location: location === '' ? null : location,
  };
}

/** What the second field says; a problem as text. */
export function stdDeedOf(text: string): StdDeed | string {
  const [, name = '', operand] = shape.exec(text) ?? [];
  if (name === '') return `"${shortened(text)}" should be an operation with what it is for, as acq(L1)`;
  if (!Object.hasOwn(STD_OPERATIONS, name)) {
    return `there is no operation "${shortened(name)}"; there are ${Object.keys(STD_OPERATIONS).join(', ')}`;
  }
  const operation = name as StdOperation;
  const kind = STD_OPERATIONS[operation];
  const found = operand?.trim() ?? '';
  if (found === '' && kind !== 'name') return `${operation} needs a ${kind} in brackets, as in ${example}`;
  return { operation, operand: found };
}

/** A line that is no comment; a problem as text. */
export function stdLineOf(line: string): StdLine | string {
  const fields = fieldsOf(line);
  if (fields === null) return `"${shortened(line.trim())}" should have its fields between bars, as in ${example}`;
  if (fields.thread === '') return `it names no thread; a line is like ${example}`;
  const deed = stdDeedOf(fields.deed);
  return typeof deed === 'string' ? deed : { ...deed, thread: fields.thread, location: fields.location };
}

const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

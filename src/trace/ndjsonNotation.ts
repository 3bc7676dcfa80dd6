/** How NDJSON writes times, positions and operands; each function has its reverse beside it. */
import { nanosFromMillis, type Nanos } from '../base/brand.js';
import type { Operand } from './ops.js';
import { NO_TIMEOUT } from './ops.js';

/** Milliseconds to six decimals, as JSON. After 26 days a double does not hold them: then they are a string. */
export function millisText(t: number): string {
  const rest = t % 1e6;
  const fraction = rest === 0 ? '' : `.${String(rest).padStart(6, '0').replace(/0+$/, '')}`;
  const text = `${(t - rest) / 1e6}${fraction}`;
  return nanosFromMillis(Number(text)) === t ? text : `"${text}"`;
}

export function nanosOfMillis(value: unknown): Nanos | undefined {
  let t = NaN;
  if (typeof value === 'number') t = nanosFromMillis(value);
  else if (typeof value === 'string') {
    const [, millis, fraction = ''] = /^(\d+)(?:\.(\d{1,6}))?$/.exec(value) ?? [];
    if (millis !== undefined) t = Number(millis) * 1e6 + Number(fraction.padEnd(6, '0'));
  }
  return Number.isSafeInteger(t) && t >= 0 ? (t as Nanos) : undefined;
}

export interface Position {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly fn: string | null;
}

/** `src/db.ts:10:3 save`, as JSON; a path that would be misread makes it a list of the four parts. */
export function positionText({ path, line, column, fn }: Position): string {
  const text = `${path}:${line}:${column}${fn === null ? '' : ` ${fn}`}`;
  const read = positionOf(text);
  const same = read?.path === path && read.line === line && read.column === column && read.fn === fn;
  return JSON.stringify(same ? text : [path, line, column, fn]);
}

/** The column may be left out: 1. */
const position = /^(.*?):(\d{1,9})(?::(\d{1,9}))?(?: (.*))?$/s;

export function positionOf(value: unknown): Position | undefined {
  if (typeof value === 'string') {
    const [, path, line, column, fn] = position.exec(value) ?? [];
    if (path === undefined) return undefined;
    return { path, line: Number(line), column: Number(column ?? 1), fn: fn ?? null };
  }
  if (!Array.isArray(value)) return undefined;
  const [path, line, column, fn] = value as unknown[];
  if (typeof path !== 'string' || !isCount(line) || !isCount(column)) return undefined;
  if (fn !== null && typeof fn !== 'string') return undefined;
  return { path, line, column, fn };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffffffff;
}

/** The numbers that JSON has not. */
const unusual: readonly (readonly [text: string, value: number])[] = [
  ['-0', -0],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
];

/** An operand as JSON; `null`: none. `strings` are the trace's. */
export function operandText(value: number, operand: Operand | undefined, strings: readonly string[]): string {
  const type = operand?.type;
  if (Number.isNaN(value)) return 'null';
  if (type === 'string') return JSON.stringify(strings[value] ?? null);
  if (type === 'millis' && value === NO_TIMEOUT) return 'null';
  if (Array.isArray(type)) {
    const word = (type as readonly string[])[value];
    if (word !== undefined && !Object.is(value, -0)) return JSON.stringify(word);
  }
  const special = unusual.find(([, number]) => Object.is(number, value));
  return special ? `"${special[0]}"` : String(value);
}

/** `undefined`: not an operand of this type. */
export function operandOf(
  value: unknown,
  operand: Operand | undefined,
  intern: (text: string) => number,
): number | undefined {
  const type = operand?.type;
  if (value === null || value === undefined) return NaN;
  if (typeof value === 'number') return type === 'string' ? undefined : value;
  if (typeof value !== 'string') return undefined;
  if (type === 'string') return intern(value);
  if (Array.isArray(type)) {
    const index = (type as readonly string[]).indexOf(value);
    if (index >= 0) return index;
  }
  return unusual.find(([text]) => text === value)?.[1];
}

/** How NDJSON writes a file's table of functions: lists, in the order of the records' fields. */
import type { FunctionUse, WordUse } from './records.js';

export function functionsText(functions: readonly FunctionUse[]): string {
  return JSON.stringify(
    functions.map(({ className, name, line, column, isThin, calls }) => ({
      class: className,
      name,
      at: [line, column],
      ...(isThin && { thin: true }),
      calls: calls.map(({ op, line: l, column: c, word, literals, flags }) => [op, l, c, word, literals, flags]),
    })),
  );
}

/** `undefined`: no such table. */
export function functionsOf(value: unknown): FunctionUse[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const functions = value.map(functionOf);
  return functions.every((one) => one !== undefined) ? functions : undefined;
}

function functionOf(value: unknown): FunctionUse | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { class: className = null, name = null, at, thin, calls } = value as Readonly<Record<string, unknown>>;
  if (!isTextOrNull(className) || !isTextOrNull(name) || !Array.isArray(at) || !Array.isArray(calls)) return undefined;
  const [line, column] = at as unknown[];
  const uses = calls.map(callOf);
  if (!isCount(line) || !isCount(column) || !uses.every((use) => use !== undefined)) return undefined;
  return { className, name, line, column, isThin: thin === true, calls: uses };
}

function callOf(value: unknown): WordUse | undefined {
  if (!Array.isArray(value)) return undefined;
  const [op, line, column, word, literals, flags] = value as unknown[];
  if (typeof op !== 'string' || typeof word !== 'string' || !isCount(line) || !isCount(column) || !isCount(flags))
    return undefined;
  const isLiteral = (one: unknown): one is number | null => one === null || typeof one === 'number';
  if (!Array.isArray(literals) || !literals.every(isLiteral)) return undefined;
  return { op, line, column, word, literals, flags };
}

const isTextOrNull = (value: unknown): value is string | null => value === null || typeof value === 'string';
const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffffffff;

/**
 * What a task threw, as data that crosses threads: an Error with name, message, stack, cause and its own properties, as
 * far as they can be copied; anything else as it is.
 */
import { inspect } from 'node:util';
import { builtInErrors, withoutStarter } from '../threads/threadError.js';

export type ThrownCopy = { readonly error: ErrorCopy } | { readonly value: unknown };

interface ErrorCopy {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** `cause` and `errors` are among them. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Fields that are enumerable. */
  readonly enumerable: readonly string[];
}

const NESTED = ['cause', 'errors'];
const MAX_DEPTH = 8;

/** By shape: an error of another realm is no instance of our Error. */
function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
}

/** @param canCross whether a value can be copied */
export function copyThrown(thrown: unknown, canCross: (value: unknown) => boolean, depth = 0): ThrownCopy {
  if (!isError(thrown) || depth > MAX_DEPTH) return { value: canCross(thrown) ? thrown : inspect(thrown) };
  const fields: Record<string, unknown> = {};
  const enumerable: string[] = [];
  for (const [key, { value, enumerable: isEnumerable }] of Object.entries(Object.getOwnPropertyDescriptors(thrown))) {
    if (key === 'stack' || key === 'message' || key === 'name') continue;
    if (NESTED.includes(key)) fields[key] = copyNested(value, canCross, depth);
    else if (isEnumerable === true && canCross(value)) fields[key] = value;
    else continue;
    if (isEnumerable === true) enumerable.push(key);
  }
  const { name, message, stack } = thrown;
  return {
    error: { name: String(name), message: String(message), stack: withoutStarter(stack), fields, enumerable },
  };
}

function copyNested(value: unknown, canCross: (value: unknown) => boolean, depth: number): unknown {
  const copy = (part: unknown): ThrownCopy => copyThrown(part, canCross, depth + 1);
  return Array.isArray(value) ? value.map(copy) : copy(value);
}

export function thrownFrom(copy: ThrownCopy): unknown {
  if (!('error' in copy)) return copy.value;
  const { name, message, stack, fields, enumerable } = copy.error;
  const error = newError(name, message);
  const define = (key: string, value: unknown, isEnumerable: boolean): void => {
    Object.defineProperty(error, key, { value, enumerable: isEnumerable, configurable: true, writable: true });
  };
  if (error.name !== name) define('name', name, false);
  if (stack !== undefined) define('stack', stack, false);
  for (const [key, value] of Object.entries(fields)) {
    define(key, NESTED.includes(key) ? nestedFrom(value) : value, enumerable.includes(key));
  }
  return error;
}

function newError(name: string, message: string): Error {
  return name === 'AggregateError' ? new AggregateError([], message) : new (builtInErrors[name] ?? Error)(message);
}

function nestedFrom(value: unknown): unknown {
  return Array.isArray(value) ? value.map((part) => thrownFrom(part as ThrownCopy)) : thrownFrom(value as ThrownCopy);
}

/** An error of a thread as bytes: JSON, so that a thread can tell one even if the library did not load there. */
import { inspect } from 'node:util';
import { describe, type Named } from '../crossing/handle.js';

interface ErrorData {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly code?: string | number | undefined;
}

export const builtInErrors: Readonly<Record<string, ErrorConstructor>> = {
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

function dataOf(error: unknown, who: string): ErrorData {
  // By shape: an error of another realm is no instance of our Error.
  if (typeof error === 'object' && error !== null && 'message' in error && 'name' in error) {
    const { name, message, stack, code } = error as Error & { code?: string | number };
    return { name: String(name), message: String(message), stack: withoutStarter(stack), code };
  }
  return { name: 'Error', message: `${who} threw ${inspect(error)}, which is no error` };
}

/** Without the frame of the worker's first module, whose address is its whole text. */
export function withoutStarter(stack: unknown): string | undefined {
  if (typeof stack !== 'string') return undefined;
  return stack
    .split('\n')
    .filter((line) => !line.includes('data:text/javascript,'))
    .join('\n');
}

/** What was thrown, as it is told on standard error. */
export function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? String(error)) : String(error);
}

export function errorName(error: unknown): string {
  return dataOf(error, '').name;
}

/** @param who whose error it is */
export function encodeError(error: unknown, who: Named): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(dataOf(error, describe(who))));
}

/** An error of the library in another thread: of its stack nothing would be the program's. */
export function withoutPlace<E extends Error>(error: E): E {
  error.stack = String(error);
  return error;
}

/**
 * An error as the program gets it: one without a place of its own gets that of the call that throws it.
 * @param by is left out of the stack, and what it has called
 */
export function placed<E>(error: E, by: (...args: never[]) => unknown): E {
  if (error instanceof Error && error.stack === String(error)) Error.captureStackTrace(error, by);
  return error;
}

/** The error with the stack of the thread it was thrown in. */
export function decodeError(bytes: Uint8Array): Error {
  const { name, message, stack, code } = JSON.parse(new TextDecoder().decode(bytes)) as ErrorData;
  const error = new (builtInErrors[name] ?? Error)(message);
  if (error.name !== name) Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true });
  error.stack = stack ?? String(error);
  if (code !== undefined) Object.assign(error, { code });
  return error;
}

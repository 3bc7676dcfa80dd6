/** An error of a thread as bytes: JSON, so that a thread can tell one even if the library did not load there. */
import { inspect } from 'node:util';

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

function dataOf(error: unknown): ErrorData {
  // By shape: an error of another realm is no instance of our Error.
  if (typeof error === 'object' && error !== null && 'message' in error && 'name' in error) {
    const { name, message, stack, code } = error as Error & { code?: string | number };
    return { name: String(name), message: String(message), stack: withoutStarter(stack), code };
  }
  return { name: 'Error', message: `threw ${inspect(error)}, which is no error` };
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
  return dataOf(error).name;
}

export function encodeError(error: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(dataOf(error)));
}

/** The error with the stack of the thread it was thrown in. */
export function decodeError(bytes: Uint8Array): Error {
  const { name, message, stack, code } = JSON.parse(new TextDecoder().decode(bytes)) as ErrorData;
  const error = new (builtInErrors[name] ?? Error)(message);
  if (error.name !== name) Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true });
  if (stack !== undefined) error.stack = stack;
  if (code !== undefined) Object.assign(error, { code });
  return error;
}

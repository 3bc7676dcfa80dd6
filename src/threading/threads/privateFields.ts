/** What to say when the `run` of a thread class asks for what a structured clone leaves behind. */

/** The words of V8, TypeScript and esbuild for a private field or method that an object does not have. */
const NO_PRIVATE =
  /^Cannot (?:read|write) private member (#\S+)?|^Cannot (?:read from|write to|access) private|^Receiver must be (?:an instance of )?class /;

/** The error that explains, or the one that came. */
export function explainPrivate(error: unknown): unknown {
  const found = error instanceof TypeError ? NO_PRIVATE.exec(error.message) : null;
  if (found === null) return error;
  const { message, stack = '' } = error as TypeError;
  const text =
    `${found[1] ?? 'a private field or method'} is not there in the thread: a thread class crosses as a copy of its properties, ` +
    'without private ones. Use a property without # (in TypeScript: private), or make it inside of run()';
  const explained = new TypeError(text, { cause: error });
  explained.stack = stack.replace(message, text);
  return explained;
}

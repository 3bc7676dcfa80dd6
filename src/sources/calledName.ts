const identifier = String.raw`#?[\p{ID_Start}$_][\p{ID_Continue}$]*`;
/** `acquire(`, `this.#lock?.withAsync<void>(` */
const call = new RegExp(String.raw`^(?:${identifier}\s*[?!]?\.\s*)*(${identifier})\s*(?:\?\.\s*)?[(<]`, 'u');

/**
 * What is called at a position of a source: the name before the bracket. Null when no call stands there.
 *
 * @param line from 1
 * @param column from 1: of the name, or of what it is a method of
 */
export function calledName(source: string, line: number, column: number): string | null {
  const text = source.split('\n', line)[line - 1] ?? '';
  return call.exec(text.slice(column - 1))?.[1] ?? null;
}

/**
 * For objects that mean nothing in another thread. A class's private parts are lost in a structured clone without a word;
 * a function among its properties makes cloning fail, and its text is what the error shows.
 */
import { inspect } from 'node:util';

const EXECUTOR = (): string => 'a ThreadPoolExecutor stays in the thread that made it';
const FUTURE = (): string => 'a Future stays in the thread that submitted its task';

const reasons = { executor: EXECUTOR, future: FUTURE } as const;

/** @param show what `console.log` prints instead of its properties */
export function stayHere(object: object, kind: keyof typeof reasons, show: () => string): void {
  Object.defineProperty(object, 'crossing', { value: reasons[kind], enumerable: true });
  Object.defineProperty(object, inspect.custom, { value: show });
}

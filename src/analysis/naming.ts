import type { FindingFrame } from './finding.js';

/**
 * What things are called in findings: the analysis counts in ids, and asks when it writes a sentence.
 * `sources/` implements it with source maps and the names that variables have in the source.
 */
export interface Naming {
  /** The program's frames of a stack, mapped to the original source, innermost first; empty when unknown. */
  frames(stack: number): readonly FindingFrame[];
  /** `writer`; a thread without a name: `main`, or its file and id, `worker.ts#2`. */
  thread(id: number): string;
  /** `cache`; an object without a name: the variable it was assigned to, else `Lock#3`. */
  object(id: number): string;
  /** The method or function that the innermost frame of a stack calls: `withAsync`; null: unknown. */
  called(stack: number): string | null;
}

import type { FindingFrame } from '../../src/analysis/finding.js';
import type { Naming } from '../../src/analysis/naming.js';

/** Threads `T1`, objects `o7`, and stack 3 at line 3 of a file. */
export const names: Naming = {
  frames: (stack): readonly FindingFrame[] => [{ file: 'src/app.ts', line: stack, column: 1, function: null }],
  thread: (id) => `T${id}`,
  object: (id) => `o${id}`,
  called: () => null,
};

import { appendFileSync } from 'node:fs';
import type { Checked } from '../../report/checked.js';
import { formatMarkdown } from '../../report/markdown.js';

/** Where GitHub takes the page of a job from. */
const VARIABLE = 'GITHUB_STEP_SUMMARY';

/** Adds to the page of the job, where there is one. What goes wrong is told, and fails nothing. */
export function appendJobSummary(checked: Checked, environment: NodeJS.ProcessEnv, say: (text: string) => void): void {
  const file = environment[VARIABLE];
  if (file === undefined || file === '') return;
  try {
    appendFileSync(file, `${formatMarkdown(checked)}\n`);
  } catch (error) {
    say(`the job summary cannot be written: ${(error as Error).message}.`);
  }
}

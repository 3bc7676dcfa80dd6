// Records an example before the reader's eyes, and prints the verdict.
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { headerOf } from './catalogue.mjs';
import { bundleExamples, checkTrace, recordProgram, root } from './recordExample.mjs';

const ENDED_BY_WATCHDOG = 86;
const HAS_FINDINGS = 1;

const shown = (path) => relative(process.cwd(), path);

/** @returns the trace's path as people would write it, and whether the verdict has findings that fail a build. */
export async function showExample({ name, file, flags }) {
  if (!existsSync(join(root, 'dist/cli.cjs'))) throw new Error('dist/cli.cjs is not built: run npm run build first');
  const source = join(root, file);
  const programOf = await bundleExamples([source], join(root, '.threadlanes/examples'));
  const isEnded = flags.includes('--on-deadlock');

  const { summary } = headerOf({ file });
  console.log(`${file}\n\n${summary}\n`);
  console.log(`Recording ${name}${isEnded ? ', until nothing moves any more' : ''} …\n`);
  const recording = await recordProgram(programOf(source), flags, { isShown: true });
  const expected = isEnded ? ENDED_BY_WATCHDOG : 0;
  if (recording.code !== expected) {
    throw new Error(`the recording should have ended with exit code ${expected}, not ${recording.code}`);
  }

  const trace = shown(recording.trace);
  console.log(`\nthreadlanes check ${trace}\n`);
  const check = await checkTrace(recording.trace);
  process.stdout.write(check.stdout + check.stderr);
  if (check.code !== 0 && check.code !== HAS_FINDINGS) throw new Error(`the check has ended with ${check.code}`);
  return { trace, hasFindings: check.code === HAS_FINDINGS };
}

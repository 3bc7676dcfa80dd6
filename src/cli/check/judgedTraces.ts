import { isAbsolute, relative, sep } from 'node:path';
import type { Checked } from '../../report/checked.js';
import { judge } from '../verdictOf.js';
import { UnreadableTrace } from '../traceInput.js';
import { sourceFolder, type FileNaming } from './sourceFolder.js';
import type { NamedTraces } from './tracesNamed.js';

export type JudgedTraces = Pick<Checked, 'traces' | 'unreadable'>;

/**
 * Judges one trace after the other. One that cannot be read is told at once, and hides none of the others.
 * @param hasStatistics also counts what the time went into
 */
export async function judgedTraces(
  { files, unreadable: notThere }: NamedTraces,
  root: string | undefined,
  fileNaming: FileNaming,
  hasStatistics = false,
): Promise<JudgedTraces> {
  const traces: JudgedTraces['traces'][number][] = [];
  const unreadable: JudgedTraces['unreadable'][number][] = [];
  const tell = (failure: UnreadableTrace): void => {
    process.stderr.write(`threadlanes: ${failure.message}\n`);
    unreadable.push({ file: shownName(failure.file), message: failure.reason });
  };
  notThere.forEach(tell);
  for (const file of files) {
    try {
      const judged = await judge(file, root, hasStatistics);
      const { statistics } = judged;
      const trace = { ...judged.verdict.trace, file: shownName(file) };
      traces.push({
        verdict: { ...judged.verdict, trace },
        folder: sourceFolder(root ?? judged.root, fileNaming),
        ...(statistics !== undefined && { statistics }),
      });
    } catch (error) {
      if (!(error instanceof UnreadableTrace)) throw error;
      tell(error);
    }
  }
  return { traces, unreadable };
}

/** As it was named, but for what only this machine has. */
function shownName(file: string): string {
  if (!isAbsolute(file)) return file.split(sep).join('/');
  const fromHere = relative(process.cwd(), file).split(sep).join('/');
  return isAbsolute(fromHere) || fromHere.startsWith('../') ? fromHere.slice(fromHere.lastIndexOf('/') + 1) : fromHere;
}

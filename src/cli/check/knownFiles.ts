import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Result } from '../../base/result.js';
import { formatBaseline, parseBaseline, type Baseline } from '../../report/baseline.js';
import type { CheckedFinding } from '../../report/checked.js';
import { parseSuppressions, type Suppression } from '../../report/suppressions.js';
import { CommandFailure } from '../commandFailure.js';
import { EXIT } from '../exitCodes.js';
import type { JudgedTraces } from './judgedTraces.js';

/** The files beside the code that say which findings are known. All throw a {@link CommandFailure}. */

export function readSuppressions(file: string): readonly Suppression[] {
  return parsed(file, 'suppressions', parseSuppressions);
}

export function readBaseline(file: string): Baseline {
  return parsed(file, 'baseline', parseBaseline);
}

/** Writes what counts, and gives it back as a baseline. */
export function writeBaseline(
  file: string,
  { unreadable }: JudgedTraces,
  findings: readonly CheckedFinding[],
): Baseline {
  if (unreadable.length > 0) throw wrong(`${file} is not written: a trace could not be read.`, EXIT.unreadable);
  if (existsSync(file) && !isBaseline(file)) {
    throw wrong(`${file} exists and is no baseline: give another name, or remove it.`);
  }
  const text = formatBaseline(findings.filter(({ acceptance }) => acceptance === null));
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw wrong(`${file} cannot be written: ${(error as Error).message}.`);
  }
  return parsed(file, 'baseline', () => parseBaseline(text));
}

function isBaseline(file: string): boolean {
  try {
    return parseBaseline(readFileSync(file, 'utf8')).ok;
  } catch {
    return false;
  }
}

function parsed<T>(file: string, what: string, parse: (text: string) => Result<T>): T {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw wrong(`the ${what} ${file} cannot be read: ${code === 'ENOENT' ? 'there is no such file' : message}.`);
  }
  const result = parse(text);
  if (!result.ok) throw wrong(`the ${what} ${file} cannot be used: ${result.message}`);
  return result.value;
}

function wrong(message: string, exitCode: number = EXIT.wrongUse): CommandFailure {
  return new CommandFailure(message, exitCode);
}

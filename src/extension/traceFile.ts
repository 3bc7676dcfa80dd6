/** Where the trace of a run goes: a folder that can be written to, and a name that no other run has. */
import { access, constants, mkdir, writeFile } from 'node:fs/promises';
import { basename, extname, join, relative, resolve } from 'node:path';
import type { Result } from '../base/result.js';
import { failure, success } from '../base/result.js';

const two = (value: number): string => String(value).padStart(2, '0');

/** `app-20260131-094501-032.lanes`, by the clock on the wall. */
export function traceName(program: string, now: Date): string {
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
  const millis = String(now.getMilliseconds()).padStart(3, '0');
  return `${basename(program, extname(program))}-${day}-${time}-${millis}.lanes`;
}

/**
 * Makes the folder of traces, said to Git as one to ignore, and gives the path of a new trace in it.
 * @param base what a relative folder is relative to
 */
export async function newTraceFile(base: string, folder: string, program: string, now: Date): Promise<Result<string>> {
  const target = resolve(base, folder);
  try {
    const created = await mkdir(target, { recursive: true });
    const isInside = !relative(base, target).startsWith('..');
    if (created !== undefined && isInside) await writeFile(join(target, '.gitignore'), '*\n');
    await access(target, constants.W_OK);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    return failure(
      `Traces cannot be written to ${target} (${reason}): choose another folder in threadlanes.traceFolder.`,
    );
  }
  return success(join(target, traceName(program, now)));
}

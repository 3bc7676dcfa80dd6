/** The function of a task, found in the thread that runs it. */
import { beginImport, endImport } from '../threads/importing.js';
import { findExport, type AnyFunction, type ThreadTarget } from '../threads/threadTarget.js';
import { explainImport } from '../threads/typeScript.js';

export interface TaskFunction {
  readonly name: string;
  call(args: readonly unknown[]): unknown;
}

export async function importTarget(target: ThreadTarget): Promise<TaskFunction> {
  beginImport(target.module);
  try {
    const found: AnyFunction = findExport((await import(target.module)) as Record<string, unknown>, target);
    return { name: target.exportName, call: (args) => found(...(args as never[])) };
  } catch (error) {
    throw explainImport(error, target.module);
  } finally {
    endImport(target.module);
  }
}

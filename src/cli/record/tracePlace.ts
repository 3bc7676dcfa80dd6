import { mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import type { RecorderSettings } from '../../probe/settings.js';
import { CommandFailure } from '../commandFailure.js';
import { EXIT } from '../exitCodes.js';

/** Where the traces of a run go. */
export interface TracePlace {
  readonly settings: Pick<RecorderSettings, 'out' | 'dir'>;
  readonly folder: string;
  /** How the names of its traces end. */
  readonly extension: string;
}

/** Throws a {@link CommandFailure} when nothing can be written there. The recorder makes folder and file. */
export function tracePlace(out: string | undefined, dir: string | undefined, root: string): TracePlace {
  if (out !== undefined) {
    const path = resolve(out);
    requireWritable(dirname(path), out);
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw notWritable(out, 'it is a folder');
    return { settings: { out: path }, folder: dirname(path), extension: extname(path) };
  }
  const folder = dir === undefined ? join(root, '.threadlanes') : resolve(dir);
  requireWritable(folder, dir ?? folder);
  return { settings: dir === undefined ? {} : { dir: folder }, folder, extension: '.lanes' };
}

/**
 * Tries the nearest folder that exists: the others will be made in it. Permissions alone do not tell: file systems can be
 * read-only, or of the kernel's own making.
 */
function requireWritable(folder: string, named: string): void {
  try {
    const state = statSync(folder, { throwIfNoEntry: false });
    if (state === undefined) return requireWritable(dirname(folder), named);
    if (!state.isDirectory()) throw notWritable(named, `${folder} is a file`);
    rmdirSync(mkdtempSync(join(folder, '.threadlanes-')));
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw notWritable(named, (error as Error).message);
  }
}

function notWritable(named: string, reason: string): CommandFailure {
  return new CommandFailure(`no trace can be written to ${named}: ${reason}.`, EXIT.wrongUse);
}

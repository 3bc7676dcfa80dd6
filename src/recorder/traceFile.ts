/** Where a process's trace goes, and taking that place. */
import { closeSync, existsSync, openSync, readSync, readdirSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, parse, resolve } from 'node:path';
import type { ProcessSettings, RecorderSettings } from '../probe/settings.js';
import { isSegmentName, segmentOf } from '../trace/segmentNames.js';
import { makeFolder } from './makeFolder.js';

/** Newest traces that the default folder keeps, the new one included. */
const KEPT_TRACES = 20;

/** The nearest folder with a package.json above the program, else the working folder. */
export function rootFolder(settings: RecorderSettings, program: string | null): string {
  if (settings.root) return resolve(settings.root);
  const start = program === null ? process.cwd() : dirname(program);
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === parse(folder).root) return process.cwd();
  }
}

/** Creates the file of this process, empty. Throws when the folder cannot be written. */
export function createTraceFile(settings: ProcessSettings, root: string, program: string | null): string {
  if (settings.out) return createNamed(resolve(settings.out), settings.run);
  const folder = settings.dir ? resolve(settings.dir) : join(root, '.threadlanes');
  makeFolder(folder);
  const ignore = join(folder, '.gitignore');
  if (!settings.dir && !existsSync(ignore)) writeFileSync(ignore, '*\n');
  if (!settings.dir) forgetOld(folder);
  const name = program === null ? 'eval' : basename(program, extname(program));
  const time = new Date().toISOString().slice(0, 19).replace(/[:T]/g, '-');
  return createExclusively(join(folder, `${name}-${time}-${process.pid}.lanes`));
}

function createExclusively(path: string): string {
  closeSync(openSync(path, 'wx'));
  return path;
}

/** The first process of a run takes the file, replacing an earlier run's; the others add their pid. */
function createNamed(path: string, run: string): string {
  makeFolder(dirname(path));
  try {
    return createExclusively(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const state = statSync(path);
  if (state.isDirectory()) throw new Error(`${path} is a folder`);
  // A device or a pipe is for everybody.
  if (!state.isFile()) return path;
  if (!isOfRun(path, run)) {
    // Not emptied: its process may still write, to the end of what it knows.
    unlinkSync(path);
    return createExclusively(path);
  }
  const { dir, name, ext } = parse(path);
  return createExclusively(join(dir, `${name}-${process.pid}${ext}`));
}

/** The run's id stands as text in a trace's header; a file that is still empty was taken just now. */
function isOfRun(path: string, run: string): boolean {
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(4096);
    const length = readSync(file, start, 0, start.length, 0);
    if (length > 0 && start.toString('latin1', 1, 6) !== 'LANES') throw new Error(`${path} exists and is no trace`);
    return length === 0 || start.subarray(0, length).includes(run);
  } finally {
    closeSync(file);
  }
}

/** A trace that is a row of segments goes as a whole. */
function forgetOld(folder: string): void {
  const names = readdirSync(folder).filter((name) => name.endsWith('.lanes'));
  const traces = names
    .filter((name) => !isSegmentName(name))
    .map((name) => ({ name, time: statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.time - a.time);
  for (const { name: trace } of traces.slice(KEPT_TRACES - 1)) {
    for (const name of names) if (name === trace || segmentOf(name, trace) !== null) forget(join(folder, name));
  }
}

function forget(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Another process was quicker.
  }
}

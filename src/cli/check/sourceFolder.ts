import { realpathSync } from 'node:fs';
import { isAbsolute, relative, sep } from 'node:path';
import type { ReportFormat } from '../../report/formats.js';

/** Where CI systems put the checkout: what they show is named from there. */
const checkouts = ['GITHUB_WORKSPACE', 'CI_PROJECT_DIR'] as const;

/** Formats that others than a terminal read. */
const ofCheckout: ReadonlySet<ReportFormat> = new Set(['sarif', 'github', 'markdown']);

/** How a report names files. */
export interface FileNaming {
  /** From this folder: the checkout in CI, else where the command runs. */
  readonly base: string;
  /** Also with `..`, as editors follow it. */
  readonly mayLeaveBase: boolean;
}

export function fileNaming(format: ReportFormat, environment: NodeJS.ProcessEnv): FileNaming {
  const here = process.cwd();
  if (!ofCheckout.has(format)) return { base: here, mayLeaveBase: true };
  const folders = checkouts.map((name) => environment[name] ?? '');
  return { base: folders.find((folder) => isWithin(pathBetween(folder, here))) ?? here, mayLeaveBase: false };
}

/**
 * What leads from the base to the program's files, with `/`: empty where it is the same folder, and where they are not on
 * this machine or elsewhere: then they keep the names of the trace.
 */
export function sourceFolder(root: string | null, { base, mayLeaveBase }: FileNaming): string {
  const path = root === null ? null : pathBetween(base, root);
  if (path === null) return '';
  return isWithin(path) || (mayLeaveBase && /^\.\.(?:\/\.\.)*$/.test(path)) ? path : '';
}

const isWithin = (path: string | null): boolean => path !== null && path !== '..' && !path.startsWith('../');

/** Null: one of them does not exist, or they are on different drives. */
function pathBetween(from: string, to: string): string | null {
  if (from === '' || to === '') return null;
  try {
    const path = relative(realpathSync(from), realpathSync(to)).split(sep).join('/');
    return isAbsolute(path) ? null : path;
  } catch {
    return null;
  }
}

import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CommandFailure } from '../commandFailure.js';
import { EXIT } from '../exitCodes.js';

/** What Node needs to run TypeScript by stripping its types; null when it cannot. */
export function typeStripping(nodeVersion: string): readonly string[] | null {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  if (major > 23 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18)) return [];
  return major === 23 || (major === 22 && minor >= 6) ? ['--experimental-strip-types'] : null;
}

/** tsx's loader in the nearest `node_modules` above a program. */
export function findTsx(program: string): string | null {
  for (let folder = dirname(resolve(program)); ; folder = dirname(folder)) {
    const loader = join(folder, 'node_modules', 'tsx', 'dist', 'loader.mjs');
    if (existsSync(loader)) return loader;
    if (dirname(folder) === folder) return null;
  }
}

/** The options of Node that run a TypeScript program; Node cannot strip the types of a file with JSX. */
export function typescriptOptions(program: string): readonly string[] {
  const tsx = findTsx(program);
  if (tsx !== null) return ['--import', pathToFileURL(tsx).href];
  const options = program.endsWith('x') ? null : typeStripping(process.versions.node);
  if (options !== null) return options;
  throw new CommandFailure(
    `Node ${process.versions.node} cannot run ${basename(program)} by itself: ` +
      'install tsx beside it (npm install --save-dev tsx).',
    EXIT.cannotStart,
  );
}

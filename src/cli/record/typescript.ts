import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findTsx, parseNodeVersion, typeStripping } from '../../base/typescriptRuntime.js';
import { CommandFailure } from '../commandFailure.js';
import { EXIT } from '../exitCodes.js';

/** The options of Node that run a TypeScript program; Node cannot strip the types of a file with JSX. */
export function typescriptOptions(program: string): readonly string[] {
  const tsx = findTsx(resolve(program), existsSync);
  if (tsx !== null) return ['--import', pathToFileURL(tsx).href];
  const version = parseNodeVersion(process.versions.node);
  const options = version === null || program.endsWith('x') ? null : typeStripping(version);
  if (options !== null) return options;
  throw new CommandFailure(
    `Node ${process.versions.node} cannot run ${basename(program)} by itself: ` +
      'install tsx beside it (npm install --save-dev tsx).',
    EXIT.cannotStart,
  );
}

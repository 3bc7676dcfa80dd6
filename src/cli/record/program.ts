import { existsSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { CommandFailure } from '../commandFailure.js';
import { EXIT } from '../exitCodes.js';
import { typescriptOptions } from './typescript.js';

/** What is to be started. */
export interface Program {
  readonly executable: string;
  readonly arguments: readonly string[];
  /** For people: `app.js`, `npm test`. */
  readonly name: string;
  /** It is Node with a program, not something that may start Node. */
  readonly isNode: boolean;
  /** The folder that paths in the trace are relative to: the nearest with a package.json above the program. */
  readonly root: string;
}

const javascript: ReadonlySet<string> = new Set(['.js', '.cjs', '.mjs']);
const typescript: ReadonlySet<string> = new Set(['.ts', '.cts', '.mts', '.tsx', '.jsx']);

/** Reads `node app.js …`, `app.ts …` or any other command. Throws {@link CommandFailure}. */
export function programOf(command: readonly string[]): Program {
  const [first = '', ...rest] = command;
  const kind = extname(first);
  if (javascript.has(kind) || typescript.has(kind)) {
    if (!isFile(first)) throw new CommandFailure(`${first} does not exist.`, EXIT.cannotStart);
    const options = typescript.has(kind) ? typescriptOptions(first) : [];
    return {
      executable: process.execPath,
      arguments: [...options, first, ...rest],
      name: basename(first),
      isNode: true,
      root: rootAbove(dirname(resolve(first))),
    };
  }
  const isNode = /^node(?:js)?(?:\.exe)?$/i.test(basename(first));
  const file = isNode ? rest.find((argument) => !argument.startsWith('-') && isFile(argument)) : undefined;
  return {
    executable: first,
    arguments: rest,
    name: file === undefined ? command.slice(0, 2).join(' ') : basename(file),
    isNode,
    root: rootAbove(file === undefined ? process.cwd() : dirname(resolve(file))),
  };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function rootAbove(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (dirname(folder) === folder) return process.cwd();
  }
}

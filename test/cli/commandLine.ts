import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '../..');
export const cli = join(root, 'dist/cli.cjs');

export interface Run {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

let isBuilt = false;

/** Builds the command, once a test run. */
export function build(): void {
  if (isBuilt && existsSync(cli)) return;
  execFileSync(process.execPath, ['esbuild.mjs', '--no-types'], { cwd: root, stdio: 'ignore' });
  isBuilt = true;
}

/** What the command looks at: tests say it themselves, also where they are run by a CI system. */
const ownVariables = [
  ...['NO_COLOR', 'FORCE_COLOR', 'NODE_OPTIONS'],
  ...['GITHUB_WORKSPACE', 'GITHUB_STEP_SUMMARY', 'CI_PROJECT_DIR'],
];

/** A folder of its own, with what a test writes into it; inside the package, so that programs find the library. */
export class Folder {
  readonly path: string;

  constructor() {
    mkdirSync(join(root, '.test-output'), { recursive: true });
    this.path = mkdtempSync(join(root, '.test-output/cli-'));
    // The root of what is recorded here.
    this.write('package.json', '{}');
  }

  write(name: string, content: string | Uint8Array): string {
    const file = join(this.path, name);
    writeFileSync(file, content);
    return file;
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Runs the command in this folder. */
  run(args: readonly string[], options: { input?: string; env?: NodeJS.ProcessEnv } = {}): Run {
    const environment = { ...process.env };
    for (const name of ownVariables) delete environment[name];
    const { status, signal, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
      cwd: this.path,
      encoding: 'utf8',
      timeout: 25_000,
      env: { ...environment, ...options.env },
      ...(options.input !== undefined && { input: options.input }),
    });
    return { code: status, signal, stdout, stderr };
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

export const header = '{"threadlanes":1,"run":"r","pid":1,"root":"/nowhere","node":"20.0.0","platform":"linux"}\n';

/** Two threads that wait for each other, for two seconds; files are named from the root. */
export const deadlockIn = (root: string): string => `${header.replace('/nowhere', root)}
{"thread":1,"name":"writer","parent":0,"t":0}
{"thread":2,"name":"reader","parent":0,"t":0}
{"object":7,"kind":"lock","name":"cache"}
{"object":8,"kind":"lock","name":"index"}
{"t":1,"th":1,"op":"lock.acquired","o":7,"at":"src/store.ts:41:3"}
{"t":2,"th":2,"op":"lock.acquired","o":8,"at":"src/query.ts:12:3"}
{"t":3,"th":1,"op":"lock.acquire","o":8,"at":"src/store.ts:48:3"}
{"t":4,"th":2,"op":"lock.acquire","o":7,"at":"src/query.ts:20:3"}
{"t":2500,"complete":true}
{"t":2500,"end":"killed","code":null,"signal":"SIGKILL"}
`;

export const deadlock = deadlockIn('/nowhere');

/** Nothing is wrong with it. */
export const clean = `${header}
{"object":7,"kind":"lock","name":"cache"}
{"t":1,"th":1,"op":"lock.acquired","o":7,"arg":1,"at":"src/store.ts:41:3"}
{"t":2,"th":1,"op":"lock.release","o":7,"arg":0}
{"t":3,"end":"clean","code":0,"signal":null}
`;

/**
 * The library as a worker can load it: bundled, with the targets of the tests beside it. A worker of Node 20 cannot import
 * TypeScript from a `data:` module.
 */
import { buildSync, type BuildOptions } from 'esbuild';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '../..');
const load = createRequire(__filename);
const options: BuildOptions = { bundle: true, platform: 'node', target: 'node20', format: 'cjs', logLevel: 'error' };

export type Library = typeof import('../../src/index.js');
export type Targets = typeof import('./fixture/targets.js');

let folder: string | undefined;

/** The folder with `index.cjs` and `targets.cjs`, built once for all tests. */
export function builtFolder(): string {
  if (folder !== undefined) return folder;
  const made = mkdtempSync(join(tmpdir(), 'threading-'));
  process.once('exit', () => rmSync(made, { recursive: true, force: true }));
  buildSync({ ...options, entryPoints: [join(root, 'src/index.ts')], outfile: join(made, 'index.cjs') });
  buildTargets('targets', join(made, 'targets.cjs'));
  folder = made;
  return made;
}

function buildTargets(name: string, outfile: string): void {
  buildSync({
    ...options,
    entryPoints: [join(__dirname, `fixture/${name}.ts`)],
    outfile,
    alias: { threadlanes: './index.cjs' },
    external: ['./index.cjs'],
    tsconfigRaw: {},
  });
}

export function loadLibrary(): Library {
  return load(join(builtFolder(), 'index.cjs')) as Library;
}

export function loadTargets(): Targets {
  return load(join(builtFolder(), 'targets.cjs')) as Targets;
}

/** Other targets of `fixture`, built when they are asked for. */
export function loadFixture<T>(name: string): T {
  const outfile = join(builtFolder(), `${name}.cjs`);
  if (!existsSync(outfile)) buildTargets(name, outfile);
  return load(outfile) as T;
}

// Bundles an example, records it and checks its trace, with the command as it is built: for `npm start`, `npm run example`
// and the tests.
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const PATIENCE_MILLIS = 60_000;

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const cli = join(root, 'dist/cli.cjs');

/**
 * Makes the programs that Node 20 runs, too, beside their traces.
 * @param sources paths of TypeScript files
 * @param folder inside of this package, so that the programs find `threadlanes` by its name
 * @returns a function that gives the program of a source
 */
export async function bundleExamples(sources, folder) {
  await build({
    entryPoints: sources.map((source) => ({ in: source, out: basename(source, '.mts') })),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    // tsconfig.json maps `threadlanes` to its sources, for types; an example takes the built package as a user would.
    tsconfigRaw: {},
    sourcemap: true,
  });
  return (source) => join(folder, `${basename(source, '.mts')}.mjs`);
}

/**
 * Runs a program and writes its trace beside it. `code` is 86 when the watchdog has ended it.
 * @param isShown what the program prints goes to the terminal at once, and not into the answer
 */
export async function recordProgram(program, flags, { isShown = false, node = process.execPath } = {}) {
  const trace = program.replace(/\.mjs$/, '.lanes');
  mkdirSync(dirname(trace), { recursive: true });
  rmSync(trace, { force: true });
  return { trace, ...(await threadlanes(['record', ...flags, '-o', trace, '--', node, program], isShown)) };
}

/** What `threadlanes check` says. `code` is 1 when it has found something that fails a build. */
export function checkTrace(trace) {
  return threadlanes(['check', trace], false);
}

function threadlanes(args, isShown) {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [cli, ...args], {
      cwd: root,
      stdio: isShown ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      // SIGTERM: the command hands it on to the program.
      timeout: PATIENCE_MILLIS,
    });
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.on('error', failed);
    child.on('close', (code, signal) => done({ code: code ?? signal, stdout, stderr }));
  });
}

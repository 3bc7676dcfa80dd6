// `npm start`: records the deadlock example until it is stuck, checks the trace, and says how to look at it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { build } from 'esbuild';

const ENDED_BY_WATCHDOG = 86;
const HAS_FINDINGS = 1;
const PATIENCE_MILLIS = 60_000;

const root = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const cli = join(root, 'dist/cli.cjs');
const folder = join(root, '.threadlanes');
const program = join(folder, 'examples/deadlock.mjs');
const trace = join(folder, 'deadlock.lanes');
const shown = (path) => relative(process.cwd(), path);

function fail(reason) {
  console.error(`npm start: ${reason}`);
  process.exit(1);
}

function run(args, stdio) {
  const result = spawnSync(process.execPath, [cli, ...args], {
    cwd: root,
    stdio,
    encoding: 'utf8',
    timeout: PATIENCE_MILLIS,
    killSignal: 'SIGKILL',
  });
  if (result.error) fail(`threadlanes ${args[0]} could not be run: ${result.error.message}`);
  return result;
}

if (!existsSync(cli)) fail(`${shown(cli)} is not built: run npm run build first`);

mkdirSync(folder, { recursive: true });
rmSync(trace, { force: true });
await build({
  entryPoints: [join(root, 'examples/deadlock.ts')],
  outfile: program,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  packages: 'external',
  // tsconfig.json maps `threadlanes` to its sources, for types; the example takes the built package as a user would.
  tsconfigRaw: {},
  sourcemap: true,
});

console.log('Recording examples/deadlock.ts, until nothing moves any more …\n');
const record = run(['record', '--on-deadlock', 'end', '-o', trace, '--', process.execPath, program], 'inherit');
if (record.status !== ENDED_BY_WATCHDOG) {
  fail(
    `the recording should have ended with exit code ${ENDED_BY_WATCHDOG} (deadlock), not ${record.status ?? record.signal}`,
  );
}

console.log(`\nthreadlanes check ${shown(trace)}\n`);
const check = run(['check', trace], ['ignore', 'pipe', 'inherit']);
process.stdout.write(check.stdout);
if (check.status !== HAS_FINDINGS) {
  fail(
    `the check should have found the deadlock (exit code ${HAS_FINDINGS}), not ended with ${check.status ?? check.signal}`,
  );
}

console.log(`
The trace is ${shown(trace)}. To look at it, install the extension and open the file in VS Code:

  npm run package && code --install-extension threadlanes.vsix && code ${shown(trace)}`);

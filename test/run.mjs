// `npm test`: everything that CI runs, from a fresh clone after `npm ci`. Its last line is `N passed, N failed`.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { bringChromium } from './chromium.mjs';

const require = createRequire(import.meta.url);
const bin = (name, path) => require.resolve(`${name}/package.json`).replace(/package\.json$/, path);

const mocha = bin('mocha', 'bin/mocha.js');
const countPatterns = {
  passed: /^\s*(\d+) (?:passing|passed)/m,
  failed: /(\d+) (?:failing|failed)/,
  skipped: /(\d+) (?:pending|skipped)/,
};

/** Runs a command, shows what it prints, and gives its exit code and output. */
function run(args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    });
    let output = '';
    child.stdout.on('data', (data) => {
      output += data;
      process.stdout.write(data);
    });
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** A step that either holds or not counts as one test. */
async function gate(args) {
  const { code } = await run(args);
  return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

/** A test runner's own totals; one that dies without telling them has failed. */
async function suite(args, env) {
  const { code, output } = await run(args, env);
  const tail = output.slice(-4000);
  const counts = Object.fromEntries(
    Object.entries(countPatterns).map(([name, pattern]) => [name, Number(pattern.exec(tail)?.[1] ?? 0)]),
  );
  if (counts.passed + counts.failed === 0 || (code !== 0 && counts.failed === 0)) counts.failed += 1;
  return counts;
}

const chromium = bringChromium();
if (chromium === undefined) console.log('No Chromium could be installed: the tests that need one are skipped.');
const env = chromium === undefined ? {} : { CHROMIUM: chromium };

const steps = [
  ['build', () => gate(['esbuild.mjs'])],
  ['types', () => gate([bin('typescript', 'bin/tsc'), '--noEmit'])],
  ['lint', () => gate([bin('eslint', 'bin/eslint.js'), '.'])],
  ['format', () => gate([bin('prettier', 'bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'])],
  ['rooms', () => suite([mocha, 'test/**/*.test.ts'], env)],
  ['Visual Studio Code', () => suite(['test/host/run.mjs'], env)],
];

const total = { passed: 0, failed: 0, skipped: 0 };
for (const [name, step] of steps) {
  console.log(`\n— ${name}`);
  const counts = await step();
  for (const key of Object.keys(total)) total[key] += counts[key];
  if (name === 'build' && counts.failed > 0) break;
}
console.log(`\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exitCode = total.failed > 0 ? 1 : 0;

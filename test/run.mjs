// `npm test`: everything that CI runs, from a fresh clone after `npm ci`. Its last line is `N passed, N failed`.
// `npm run test:long` (`--long`): what depends on Node, whole, on each version; the libraries that people use worker
// threads through; and all that takes its time.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname } from 'node:path';
import { bringChromium } from './chromium.mjs';
import { bringNodes } from './nodes.mjs';

const require = createRequire(import.meta.url);
const bin = (name, path) => require.resolve(`${name}/package.json`).replace(/package\.json$/, path);

const mocha = bin('mocha', 'bin/mocha.js');

/** The totals of mocha, which prints details of failures after them, and of the tests in VS Code. */
const totalsTold = [
  /^ +(?<passed>\d+) passing \(.*\)$(?:\s+(?<skipped>\d+) pending$)?(?:\s+(?<failed>\d+) failing$)?/gm,
  /^(?<passed>\d+) passed, (?<failed>\d+) failed(?:, (?<skipped>\d+) skipped)?$/gm,
];

/** What depends on the version of Node. The whole of it runs on one version, the short of it on the others. */
const recorder = ['workers', 'messages', 'atomics', 'life', 'unnoticed/shapes', 'unnoticed/world'];
const short = ['test/threading/**/*.test.ts', ...recorder.map((name) => `test/recorder/${name}.test.ts`)];
const whole = ['threading', 'recorder', 'acceptance', 'cli'].map((room) => `test/${room}/**/*.test.ts`);
const long = ['--config', 'test/long/mocharc.json'];

/** Runs a command, shows what it prints, and gives its exit code and output. */
function run(args, env = {}, node = process.execPath) {
  return new Promise((resolve) => {
    const child = spawn(node, args, {
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
async function gate(args, env, node) {
  const { code } = await run(args, env, node);
  return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

/** A test runner's own totals; one that dies without telling them has failed. */
async function suite(args, env, node) {
  const { code, output } = await run(args, env, node);
  const told = totalsTold.flatMap((pattern) => [...output.matchAll(pattern)]).at(-1)?.groups ?? {};
  const counts = {
    passed: Number(told.passed ?? 0),
    failed: Number(told.failed ?? 0),
    skipped: Number(told.skipped ?? 0),
  };
  if (counts.passed + counts.failed + counts.skipped === 0 || (code !== 0 && counts.failed === 0)) counts.failed += 1;
  return counts;
}

/** A step on another Node than this one: programs that say just `node` get it too. */
function onNode({ major, path, reason }, args, step = suite) {
  if (path === undefined) {
    console.log(`Node ${major} could not be brought, so nothing ran on it: ${reason}`);
    return { passed: 0, failed: 0, skipped: 1 };
  }
  return step(args, { PATH: `${dirname(path)}${delimiter}${process.env.PATH}` }, path);
}

/** Everything that CI runs. */
function everything() {
  const chromium = bringChromium();
  if (chromium === undefined) console.log('No Chromium could be installed: the tests that need one are skipped.');
  const env = chromium === undefined ? {} : { CHROMIUM: chromium };
  const others = bringNodes().filter(({ path }) => path !== process.execPath);
  return [
    ['types', () => gate([bin('typescript', 'bin/tsc'), '--noEmit'])],
    ['lint', () => gate([bin('eslint', 'bin/eslint.js'), '.'])],
    ['format', () => gate([bin('prettier', 'bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'])],
    ['rooms', () => suite([mocha, 'test/**/*.test.ts'], env)],
    ...others.map((node) => [`Node ${node.major} in short`, () => onNode(node, [mocha, ...short])]),
    ['Visual Studio Code', () => suite(['test/host/run.mjs'], env)],
  ];
}

/** Scripts of `test/long` tell by their exit code whether what they try holds. */
function everythingLong() {
  const scripts = readdirSync('test/long').filter((name) => /(?<!\.test)\.ts$/.test(name));
  const nodes = bringNodes();
  return [
    ...nodes.map((node) => [`Node ${node.major}`, () => onNode(node, [mocha, ...whole])]),
    ...nodes.map((node) => [
      `libraries on Node ${node.major}`,
      () => onNode(node, [mocha, ...long, 'test/ecosystem/**/*.test.ts']),
    ]),
    ...(readdirSync('test/long').some((name) => name.endsWith('.test.ts'))
      ? [['long', () => suite([mocha, ...long, 'test/long/**/*.test.ts'])]]
      : []),
    ...scripts.flatMap((name) =>
      nodes.map((node) => [
        `${name} on Node ${node.major}`,
        () => onNode(node, ['--require', 'tsx/cjs', `test/long/${name}`], gate),
      ]),
    ),
  ];
}

const steps = [
  ['build', () => gate(['esbuild.mjs'])],
  ...(process.argv.includes('--long') ? everythingLong() : everything()),
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

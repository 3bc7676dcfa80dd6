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

/** What a lane of steps prints: at once when it is in front, and until then kept. */
class Output {
  #kept = [];
  #inFront = false;

  write(data) {
    if (this.#inFront) process.stdout.write(data);
    else this.#kept.push(data);
  }

  bringToFront() {
    this.#inFront = true;
    for (const data of this.#kept.splice(0)) process.stdout.write(data);
  }
}

/** Runs a command, shows what it prints, and gives its exit code and what it printed. */
function run(args, { show, env = {}, node = process.execPath }) {
  return new Promise((resolve) => {
    const child = spawn(node, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    let output = '';
    child.stdout.on('data', (data) => {
      output += data;
      show.write(data);
    });
    child.stderr.on('data', (data) => show.write(data));
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** A step that either holds or not counts as one test. */
async function gate(args, how) {
  const { code } = await run(args, how);
  return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

/** A test runner's own totals; one that dies without telling them has failed. */
async function suite(args, how) {
  const { code, output } = await run(args, how);
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
function onNode({ major, path, reason }, args, { show }, step = suite) {
  if (path === undefined) {
    show.write(`Node ${major} could not be brought, so nothing ran on it: ${reason}\n`);
    return { passed: 0, failed: 0, skipped: 1 };
  }
  return step(args, { show, env: { PATH: `${dirname(path)}${delimiter}${process.env.PATH}` }, node: path });
}

/** What CI runs: lanes that run side by side, the steps of each in order. Most tests wait for programs more than they compute. */
function everything() {
  const chromium = bringChromium();
  if (chromium === undefined) console.log('No Chromium could be installed: the tests that need one are skipped.');
  const env = chromium === undefined ? {} : { CHROMIUM: chromium };
  const others = bringNodes().filter(({ path }) => path !== process.execPath);
  const recorderRoom = 'test/recorder/**/*.test.ts';
  const recorder = [
    ['recorder', (how) => suite([mocha, recorderRoom], how)],
    ['Visual Studio Code', (how) => suite(['test/host/run.mjs'], { ...how, env })],
  ];
  const rooms = [
    ['the other rooms', (how) => suite([mocha, 'test/**/*.test.ts', '--exclude', recorderRoom], { ...how, env })],
  ];
  const checks = [
    ['types', (how) => gate([bin('typescript', 'bin/tsc'), '--noEmit'], how)],
    ['lint', (how) => gate([bin('eslint', 'bin/eslint.js'), '.'], how)],
    ['format', (how) => gate([bin('prettier', 'bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'], how)],
    ...others.map((node) => [`Node ${node.major} in short`, (how) => onNode(node, [mocha, ...short], how)]),
  ];
  return [rooms, recorder, checks];
}

/** Scripts of `test/long` tell by their exit code whether what they try holds. */
function everythingLong() {
  const scripts = readdirSync('test/long').filter((name) => /(?<!\.test)\.ts$/.test(name));
  const nodes = bringNodes();
  const steps = [
    ...nodes.map((node) => [`Node ${node.major}`, (how) => onNode(node, [mocha, ...whole], how)]),
    ...nodes.map((node) => [
      `libraries on Node ${node.major}`,
      (how) => onNode(node, [mocha, ...long, 'test/ecosystem/**/*.test.ts'], how),
    ]),
    ['long', (how) => suite([mocha, ...long, 'test/long/**/*.test.ts'], how)],
    ...scripts.flatMap((name) =>
      nodes.map((node) => [
        `${name} on Node ${node.major}`,
        (how) => onNode(node, ['--require', 'tsx/cjs', `test/long/${name}`], how, gate),
      ]),
    ),
  ];
  return [steps];
}

const total = { passed: 0, failed: 0, skipped: 0 };
const failed = [];

/** Runs the steps of a lane in order. */
async function runLane(steps, show) {
  for (const [name, step] of steps) {
    show.write(`\n— ${name}\n`);
    const counts = await step({ show });
    for (const key of Object.keys(total)) total[key] += counts[key];
    if (counts.failed > 0) failed.push(name);
  }
}

/** Runs lanes side by side: the first prints as it goes, and each other one when those before it have ended. */
async function runLanes(lanes) {
  const running = lanes.map((steps) => {
    const show = new Output();
    return { show, ended: runLane(steps, show) };
  });
  for (const { show, ended } of running) {
    show.bringToFront();
    await ended;
  }
}

await runLanes([[['build', (how) => gate(['esbuild.mjs'], how)]]]);
if (failed.length === 0) await runLanes(process.argv.includes('--long') ? everythingLong() : everything());
console.log();
if (total.skipped > 0) console.log(`${total.skipped} skipped`);
if (failed.length > 0) console.log(`What failed is in: ${failed.join(', ')}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;

/** The shape of everything that a program can reach, with the recorder and without it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withProgram } from '../recordedProgram.js';

const shapes = readFileSync(join(__dirname, 'fixture/shapes.cjs'), 'utf8');

/** What differs and may: each with the reason. */
const known: readonly RegExp[] = [
  // The contract with the library, by a registered symbol.
  /^(get )?globalThis\.Symbol\(threadlanes\.probe\.1\)/,
  // Numbered code keeps its place there.
  /^globalThis\.__tl\$/,
  // Node's hook for messages is inherited; ports get one of their own.
  /prototype\.Symbol\((nodejs\.internal\.kHybridDispatch|kNewListener|kRemoveListener)\)/,
  // `emit` is inherited; the process gets one of its own, because that adds no listener.
  /^process\.emit/,
  // Whoever replaces it later is compiled through as well.
  /^([gs]et )?module\.prototype\._compile/,
  // Node's is an `async` function; a second one around it would put off its result by a microtask.
  /locks\.__proto__\.request$|^worker_threads\.postMessageToThread$/,
  // Node notes the URL of a module that it did not compile itself.
  /Symbol\(kURL\)$/,
  // The parse cache takes a hash, and Node fills this in with the first use of its `crypto`.
  /^([gs]et )?(crypto\.)?constants\.defaultCipherList|^constants keys$/,
];

type Shapes = Map<string, string>;

/** By the line's path; a path that has two lines has both. */
function parse(output: string): Shapes {
  const byPath: Shapes = new Map();
  for (const line of output.split('\n')) {
    const end = line.search(/ [[{]/);
    const path = line.slice(0, end);
    byPath.set(path, `${byPath.get(path) ?? ''}${line.slice(end)}`);
  }
  return byPath;
}

const addedKeys: ReadonlySet<string> = new Set([
  'Symbol(threadlanes.probe.1)',
  '__tl$',
  'emit',
  'Symbol(nodejs.internal.kHybridDispatch)',
  'Symbol(kNewListener)',
  'Symbol(kRemoveListener)',
]);

function comparable(path: string, shape: string | undefined): string | undefined {
  if (shape === undefined || !path.endsWith(' keys')) return shape;
  const keys = (JSON.parse(shape) as string[]).filter((key) => !addedKeys.has(key));
  // Node's native function is a sloppy one, which has `arguments` and `caller` before its prototype.
  return JSON.stringify(path.endsWith('MessageChannel keys') ? keys.sort() : keys);
}

function differences(plain: Shapes, recorded: Shapes): string[] {
  const paths = new Set([...plain.keys(), ...recorded.keys()]);
  return [...paths]
    .filter((path) => comparable(path, plain.get(path)) !== comparable(path, recorded.get(path)))
    .filter((path) => !known.some((pattern) => pattern.test(path)))
    .map((path) =>
      [path, plain.get(path) ?? '', recorded.get(path) ?? ''].map((text) => text.slice(0, 300)).join('\n'),
    );
}

/** The program's states that the recorder tells apart. */
const states: Readonly<Record<string, string>> = {
  'before it is threaded': `require('./shapes.cjs')();`,
  'while it records': `
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    require('./shapes.cjs')();`,
  'in a worker': `
    const { isMainThread, Worker } = require('node:worker_threads');
    if (isMainThread) new Worker(__filename);
    else require('./shapes.cjs')();`,
};

describe('unnoticed: shapes', () => {
  for (const [state, main] of Object.entries(states)) {
    it(`nothing that a program can reach looks different ${state}`, () =>
      withProgram({ 'main.cjs': main, 'shapes.cjs': shapes }, async (folder) => {
        const args = ['--no-warnings'];
        const plain = await folder.run('main.cjs', { record: false, args });
        const recorded = await folder.run('main.cjs', { args });
        assert.equal(recorded.stderr, plain.stderr);
        const shapesOfPlain = parse(plain.stdout);
        assert.ok(shapesOfPlain.size > 5000, `only ${shapesOfPlain.size} shapes`);
        assert.deepEqual(differences(shapesOfPlain, parse(recorded.stdout)).slice(0, 10), []);
      }));
  }
});

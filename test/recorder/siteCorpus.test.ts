/** Well-known packages with numbered calls: they parse again, keep their lines, and do what they did. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { applyEdits, originalPosition } from '../../src/recorder/sites/static/edits.js';
import { readFile } from '../../src/recorder/sites/static/main.js';
import { LIKELY_NAMES } from '../../src/recorder/sites/static/operations.js';
import { parse } from '../../src/recorder/sites/static/syntax.js';
import { executable, withProgram } from './recordedProgram.js';

const packages = resolve(__dirname, '../../node_modules');

/** Of all sizes and styles; some minified, some ES modules. */
const corpus = [
  ...['acorn', 'async-function', 'commander', 'esquery', 'fastq', 'graceful-fs', 'jszip', 'js-yaml', 'lru-cache'],
  ...['p-map', 'parse5', 'readable-stream', 'semver', 'workerpool', 'yauzl'],
];

/** More names than a program would be read with: everything that has a usual verb for its name. */
const names = [...LIKELY_NAMES, 'get', 'set', 'push', 'pop', 'call', 'parse', 'read', 'write', 'next', 'run', 'then'];

function codeFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : codeFiles(path);
    return entry.isFile() && /\.[cm]?js$/.test(entry.name) && statSync(path).size < 1 << 20 ? [path] : [];
  });
}

const lineEnds = (text: string): number => text.split(/\r\n|[\n\r\u2028\u2029]/).length;

/** The text with numbered calls, and null where there are none or it is no JavaScript in the first place. */
function numbered(
  source: string,
): { readonly code: string; readonly insertions: Int32Array; readonly isModule: boolean } | null {
  for (const isModule of [false, true]) {
    try {
      parse(source, isModule);
    } catch {
      continue;
    }
    const read = readFile(source, isModule, names, true);
    return read && { ...applyEdits(source, read.edits, 10_000), isModule };
  }
  return null;
}

/** A copy of packages whose calls are numbered, with registers that nobody reads. */
function writeNumbered(folder: string, names: readonly string[]): number {
  let changed = 0;
  for (const name of names) {
    const from = join(packages, name);
    const to = join(folder, 'node_modules', name);
    cpSync(from, to, { recursive: true, dereference: true });
    for (const path of codeFiles(to)) {
      const text = numbered(readFileSync(path, 'utf8'));
      if (text === null) continue;
      changed++;
      writeFileSync(path, text.code);
    }
  }
  return changed;
}

const registers = `globalThis.__tl$ = { i: 0, o: 0, pass: (value) => value, none: [] };`;

const programs: readonly (readonly [what: string, packages: readonly string[], program: string])[] = [
  [
    'a parser',
    ['acorn'],
    `const text = require('node:fs').readFileSync(require.resolve('acorn'), 'utf8');
     const tree = require('acorn').parse(text, { ecmaVersion: 'latest', sourceType: 'script' });
     let count = 0; JSON.stringify(tree, (key, value) => (count++, value)); console.log(tree.type, tree.body.length > 0);`,
  ],
  [
    'a command line’s help',
    ['commander'],
    `const { Command } = require('commander');
     const program = new Command('x').version('1').option('-a, --all <n>', 'all').argument('<file>');
     program.command('go').description('goes').action(() => console.log('gone'));
     console.log(program.helpInformation()); program.parse(['node', 'x', 'go']);`,
  ],
  [
    'versions, markup, archives and queues',
    [
      'semver',
      'markdown-it',
      'argparse',
      'entities',
      'linkify-it',
      'mdurl',
      'punycode.js',
      'uc.micro',
      'js-yaml',
      'fastq',
      'reusify',
      'esquery',
      'estraverse',
      'acorn',
    ],
    `console.log(require('semver').sort(['1.2.3', '1.0.0-a.1', '1.0.0']).join(), require('semver').satisfies('2.1.0', '^2'));
     console.log(require('markdown-it')().render('# a\\n\\n* b\\n* [c](d)\\n\\n\`e\` **f**'));
     console.log(JSON.stringify(require('js-yaml').load('a: [1, {b: c}]\\nd: |\\n  e\\n')));
     const queue = require('fastq')((n, done) => setImmediate(() => done(null, n * 2)), 2);
     for (let i = 0; i < 5; i++) queue.push(i, (error, n) => console.log(error, n));
     const tree = require('acorn').parse('a(b).c(function d() { e() })', { ecmaVersion: 2022 });
     console.log(require('esquery')(tree, 'CallExpression > MemberExpression').length);`,
  ],
];

describe('recorder: numbered calls of packages', () => {
  it('parse again, on the same lines, with every letter that they had', function () {
    this.timeout(60_000);
    let changed = 0;
    for (const path of corpus.flatMap((name) => codeFiles(join(packages, name)))) {
      const source = readFileSync(path, 'utf8');
      const text = numbered(source);
      if (text === null) continue;
      changed++;
      parse(text.code, text.isModule);
      assert.equal(lineEnds(text.code), lineEnds(source), path);
      assert.equal(withoutInsertions(text.code, text.insertions), source, path);
      assert.equal(originalPosition(text.insertions, text.code.length), source.length, path);
    }
    assert.ok(changed > 100, `only ${changed} files were numbered`);
  });

  for (const [what, used, program] of programs) {
    it(`say the same: ${what}`, () =>
      withProgram({ 'main.cjs': program, 'registers.cjs': registers }, async (folder) => {
        assert.ok(writeNumbered(folder.path, used) > 0);
        const run = (cwd: string, file: string): string =>
          execFileSync(executable, ['-r', join(folder.path, 'registers.cjs'), file], { cwd, encoding: 'utf8' });
        const plain = join(folder.path, 'plain');
        mkdirSync(plain);
        for (const name of used) cpSync(join(packages, name), join(plain, 'node_modules', name), { recursive: true });
        writeFileSync(join(plain, 'main.cjs'), program);
        const said = run(plain, 'main.cjs');
        assert.ok(said.length > 0);
        assert.equal(run(folder.path, 'main.cjs'), said);
        return Promise.resolve();
      }));
  }

  it('functions show the text that their authors wrote', () =>
    withProgram(
      {
        'main.cjs': `const text = require('node:fs').readFileSync(require.resolve('./lock.cjs'), 'utf8');
          const seen = new Set();
          let count = 0, numbered = 0;
          const look = (value) => {
            if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return;
            seen.add(value);
            if (typeof value === 'function') {
              const shown = Function.prototype.toString.call(value);
              if (!text.includes(shown) || shown.includes('__' + 'tl')) console.log('other', shown);
              count++;
            }
            for (const key of Reflect.ownKeys(value)) {
              const { value: inner, get } = Reflect.getOwnPropertyDescriptor(value, key);
              if (key !== 'constructor' || inner !== Object) { look(inner); look(get); }
            }
          };
          look(require('./lock.cjs'));
          console.log(count);`,
        'lock.cjs': `'use strict';
          const words = new Int32Array(new SharedArrayBuffer(8));
          class Lock {
            static shared = new Lock();
            acquire(index) { 'use strict'; while (Atomics.exchange(words, index | 0, 1) !== 0) this.wait(); }
            wait() { Atomics.wait(words, 0, 1, 1) }
            get isHeld() { return Atomics.load(words, 0) === 1 }
            async locked(body) { this.acquire(); try { return await body(Lock.shared?.wait) } finally { Atomics.store(words, 0, 0) } }
          }
          function acquire(lock) { lock?.acquire(); return (lock.wait(), () => lock.locked(acquire)) }
          module.exports = { Lock: Lock.prototype, acquire, make: () => Lock.shared.acquire(), async *all() { yield acquire() } };
        `,
      },
      async (folder) => {
        const { stdout, stderr } = await folder.run('main.cjs');
        assert.deepEqual([stdout, stderr], ['8\n', '']);
      },
    ));
});

function withoutInsertions(code: string, insertions: Int32Array): string {
  let text = '';
  let from = 0;
  let added = 0;
  for (let i = 0; i < insertions.length; i += 2) {
    const at = (insertions[i] as number) + added;
    text += code.slice(from, at);
    from = at + (insertions[i + 1] as number);
    added += insertions[i + 1] as number;
  }
  return text + code.slice(from);
}

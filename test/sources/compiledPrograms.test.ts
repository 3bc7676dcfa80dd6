/** Programs as compilers write them are recorded, and read back: places are those of the files that the person wrote. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BuildOptions } from 'esbuild';
import { buildSync } from 'esbuild';
import ts from 'typescript';
import { SourceNaming } from '../../src/sources/sourceNaming.js';
import type { ProgramFolder, RunOptions, Trace, TracedEvent } from '../recorder/recordedProgram.js';
import { withProgram } from '../recorder/recordedProgram.js';

/** Marks stand before what V8 says of a call; they are taken out. */
const marked: Readonly<Record<string, string>> = {
  'src/gate.ts': `import type { Worker } from 'node:worker_threads';
/** Types move what runs. */
export interface Options { readonly limit: number; readonly worker?: Worker }
type Words = Int32Array;

export class Gate {
  private readonly words: Words = new Int32Array(new SharedArrayBuffer(4));
  pause({ limit }: Options): void {
    Atomics.¦wait(this.words, 0, 0, limit);
    Atomics.‖add(this.words, 0, 1);
  }
}
`,
  'src/main.ts': `import { Worker } from 'node:worker_threads';
import { Gate, type Options } from './gate.js';
enum Kind { Short = 1 }
interface Unused { readonly a: Kind }
const gate: Gate = new Gate();

export function run(options: Options): void {
  if (options.limit > 0) gate.¦‖pause(options);
}
new Worker('', { eval: true });
  /* a comment */ ¦run({ limit: Kind.Short });
`,
};

const sources = Object.fromEntries(Object.entries(marked).map(([path, text]) => [path, text.replace(/[¦‖]/g, '')]));

/** \`file:line:column\` of the marks, in the order of a stack. */
function placesOf(mark: string): string[] {
  return Object.entries(marked).flatMap(([path, text]) =>
    text.split('\n').flatMap((line, i) => {
      const clean = line.replace(mark === '¦' ? /‖/g : /¦/g, '');
      return [...clean.matchAll(new RegExp(mark, 'g'))].map(({ index }) => `${path}:${i + 1}:${index + 1}`);
    }),
  );
}

const waitPlaces = placesOf('¦');
const addPlaces = placesOf('‖');

function namingOf(folder: ProgramFolder, trace: Trace): SourceNaming {
  return new SourceNaming(trace, (path) => {
    try {
      return readFileSync(isAbsolute(path) ? path : join(folder.path, path), 'utf8');
    } catch {
      return null;
    }
  });
}

/** Places of the program's one event of a name; loaders have their own. */
function toldOf(folder: ProgramFolder, trace: Trace, name: string): string[] {
  const isOwn = ({ thread, site }: TracedEvent): boolean =>
    thread === 0 && !trace.files[site?.file ?? -1]?.path.includes('node_modules');
  const [event, more] = trace.named(name).filter(isOwn);
  assert.ok(event && !more, name);
  return namingOf(folder, trace)
    .frames(event.stack)
    .map(({ file, line, column }) => `${file}:${line}:${column}`);
}

type Compile = (folder: ProgramFolder) => void;

function tsc(options: ts.CompilerOptions, entry = 'src/main.ts'): Compile {
  return ({ path }) => {
    const program = ts.createProgram([join(path, entry)], {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.CommonJS,
      moduleResolution: ts.ModuleResolutionKind.Node10,
      outDir: join(path, 'dist'),
      rootDir: join(path, 'src'),
      noLib: true,
      types: [],
      ...options,
    });
    program.emit();
  };
}

function esbuild(options: BuildOptions): Compile {
  return ({ path }) => {
    buildSync({
      absWorkingDir: path,
      entryPoints: ['src/main.ts'],
      outdir: 'dist',
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      logLevel: 'silent',
      ...options,
    });
  };
}

const separately: BuildOptions = { entryPoints: ['src/main.ts', 'src/gate.ts'] };

/** Changes a file that a compiler wrote. */
function then(compile: Compile, path: string, change: (text: string, folder: ProgramFolder) => string): Compile {
  return (folder) => {
    compile(folder);
    const file = join(folder.path, path);
    writeFileSync(file, change(readFileSync(file, 'utf8'), folder));
  };
}

const changedMap =
  (change: (map: Record<string, unknown>, folder: ProgramFolder) => unknown) =>
  (text: string, folder: ProgramFolder): string =>
    JSON.stringify(change(JSON.parse(text) as Record<string, unknown>, folder));

const module =
  (compile: Compile): Compile =>
  (folder) => {
    writeFileSync(join(folder.path, 'package.json'), '{ "type": "module" }');
    compile(folder);
  };

/** The bundle after a line of another one, as tools that join bundles write it. */
const joined: Compile = (folder) => {
  esbuild({ bundle: true, sourcemap: 'external' })(folder);
  const [code, map] = ['dist/main.js', 'dist/main.js.map'].map((path) => join(folder.path, path)) as [string, string];
  writeFileSync(code, `"use strict"; /* banner */ ${readFileSync(code, 'utf8')}//# sourceMappingURL=main.js.map`);
  const sections = [{ offset: { line: 0, column: 27 }, map: JSON.parse(readFileSync(map, 'utf8')) as unknown }];
  writeFileSync(map, JSON.stringify({ version: 3, sections }));
};

const tsx = ['--import', pathToFileURL(createRequire(__filename).resolve('tsx')).href];

const cases: readonly (readonly [what: string, compile: Compile, options?: RunOptions])[] = [
  ['tsc, maps inline', tsc({ inlineSourceMap: true })],
  ['tsc, maps inline with their sources', tsc({ inlineSourceMap: true, inlineSources: true })],
  ['tsc, maps beside', tsc({ sourceMap: true })],
  ['tsc, maps beside, and Node reads them', tsc({ sourceMap: true }), { args: ['--enable-source-maps'] }],
  ['tsc, maps inline, and Node reads them', tsc({ inlineSourceMap: true }), { args: ['--enable-source-maps'] }],
  ['tsc, ES modules', module(tsc({ sourceMap: true, module: ts.ModuleKind.ES2022 }))],
  [
    'tsc, ES modules, maps inline, and Node reads them',
    module(tsc({ inlineSourceMap: true, module: ts.ModuleKind.ES2022 })),
    { args: ['--enable-source-maps'] },
  ],
  ['tsc, old syntax', tsc({ sourceMap: true, target: ts.ScriptTarget.ES2015, downlevelIteration: true })],
  [
    'tsc, a source root that is a folder',
    then(tsc({ sourceMap: true, sourceRoot: '../src' }), 'dist/gate.js', (text) => text),
  ],
  [
    'tsc, a source root that is an address',
    (folder) => tsc({ sourceMap: true, sourceRoot: pathToFileURL(join(folder.path, 'src')).href })(folder),
  ],
  [
    'tsc, a source root that is a whole path',
    (folder) => tsc({ sourceMap: true, sourceRoot: join(folder.path, 'src') })(folder),
  ],
  ['esbuild, file by file', esbuild({ ...separately, sourcemap: true })],
  [
    'esbuild, file by file, minified, without sources',
    esbuild({ ...separately, sourcemap: true, minify: true, sourcesContent: false }),
  ],
  ['esbuild, file by file, maps inline', esbuild({ ...separately, sourcemap: 'inline' })],
  ['esbuild, a bundle', esbuild({ bundle: true, sourcemap: true })],
  ['esbuild, a bundle, the map inline', esbuild({ bundle: true, sourcemap: 'inline' })],
  [
    'esbuild, a bundle, the map inline, minified, and Node reads it',
    esbuild({ bundle: true, sourcemap: 'inline', minify: true }),
    { args: ['--enable-source-maps'] },
  ],
  ['esbuild, a bundle, the map beside without a comment', esbuild({ bundle: true, sourcemap: 'external' })],
  ['esbuild, a minified bundle', esbuild({ bundle: true, sourcemap: true, minify: true })],
  [
    'esbuild, a minified bundle of ES modules',
    module(esbuild({ bundle: true, sourcemap: true, minify: true, format: 'esm' })),
  ],
  ['esbuild, a bundle with a banner', esbuild({ bundle: true, sourcemap: true, banner: { js: '/* one\ntwo */' } })],
  [
    'esbuild, a bundle, the whole path as its source root',
    (folder) => esbuild({ bundle: true, sourcemap: true, sourceRoot: `${folder.path}/dist` })(folder),
  ],
  ['an index map', joined],
  [
    'a map with a guard against being run',
    then(esbuild({ bundle: true, sourcemap: true }), 'dist/main.js.map', (text) => `)]}'\n${text}`),
  ],
  [
    'webpack’s addresses',
    then(
      esbuild({ bundle: true, sourcemap: true }),
      'dist/main.js.map',
      changedMap((map) => ({
        ...map,
        sources: (map['sources'] as string[]).map((path) => path.replace('../', 'webpack://app/./')),
      })),
    ),
  ],
];

describe('recorded programs that were compiled', () => {
  for (const [what, compile, options] of cases) {
    it(`${what}: places are those of the sources`, () =>
      withProgram(sources, async (folder) => {
        compile(folder);
        const { outcome, trace } = await folder.record('dist/main.js', { settings: { siteBudget: 0 }, ...options });
        assert.deepEqual([outcome.code, outcome.stderr], [0, '']);
        assert.deepEqual(toldOf(folder, trace, 'word.wait'), waitPlaces);
        // The caller is that of all code of a file that has locks: of a bundle, whoever called into it.
        const [place, caller = ''] = toldOf(folder, trace, 'word.write');
        assert.equal(place, addPlaces[0]);
        assert.ok(caller === addPlaces[1] || waitPlaces.includes(caller), caller);
      }));
  }

  it('code of packages in a bundle: frames begin where the program calls it', () =>
    withProgram(
      {
        'node_modules/gate/package.json': '{ "name": "gate", "main": "index.js" }',
        'node_modules/gate/index.js': `exports.pause = (words) => {\n  Atomics.wait(words, 0, 0, 1);\n};`,
        'src/main.ts': `import { pause } from 'gate';
          type Words = Int32Array;
          const words: Words = new Int32Array(new SharedArrayBuffer(4));
          pause(words);`,
      },
      async (folder) => {
        esbuild({ bundle: true, sourcemap: true })(folder);
        const { trace } = await folder.record('dist/main.js');
        assert.deepEqual(toldOf(folder, trace, 'word.wait'), ['src/main.ts:4:11']);
      },
    ));

  it('names with blanks, accents and signs of addresses', () =>
    withProgram(
      {
        'src/größe #1 100%.ts': `import { Worker } from 'node:worker_threads';
          interface Unused { readonly a: number }
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);`,
      },
      async (folder) => {
        const compilers: readonly (readonly [path: string, compile: Compile])[] = [
          ['dist/main.js', esbuild({ entryPoints: { main: 'src/größe #1 100%.ts' }, sourcemap: true })],
          ['dist/a %b.js', esbuild({ entryPoints: { 'a %b': 'src/größe #1 100%.ts' }, sourcemap: true })],
          ['dist/größe #1 100%.js', tsc({ sourceMap: true }, 'src/größe #1 100%.ts')],
          ['dist/größe #1 100%.js', tsc({ inlineSourceMap: true }, 'src/größe #1 100%.ts')],
        ];
        for (const [path, compile] of compilers) {
          rmSync(join(folder.path, '.threadlanes'), { recursive: true, force: true });
          compile(folder);
          const { trace } = await folder.record(path);
          assert.deepEqual(toldOf(folder, trace, 'word.wait'), ['src/größe #1 100%.ts:3:19'], path);
        }
      },
    ));

  it('objects have the names of the sources, where a compiler has made them short', () =>
    withProgram(
      {
        'src/main.ts': `import { Lock, Queue as Jobs } from 'threadlanes';
interface Options { lock?: Lock }
class Store {
  static #own: Lock = new Lock();
  readonly jobs: Jobs<number> = new Jobs() as Jobs<number>;
  use({ lock: given = new Lock() }: Options = {}): void {
    for (const one of [Store.#own, given]) one.acquire(), one.release();
    this.jobs.put(1);
  }
}
export const first = { inner: new Lock() } satisfies Options & { inner: Lock };
const many: Lock[] = [];
for (let i = 0; i < 1; i++) many[i] = new Lock();
[first.inner, ...many].forEach((one) => { one.acquire(); one.release(); });
new Store().use();
`,
        'node_modules/threadlanes/package.json': '{ "name": "threadlanes", "main": "dist/index.cjs" }',
      },
      async (folder) => {
        const library = join(__dirname, '../../src/index.ts');
        const outfile = join(folder.path, 'node_modules/threadlanes/dist/index.cjs');
        buildSync({ entryPoints: [library], outfile, bundle: true, platform: 'node', target: 'node20', format: 'cjs' });
        for (const options of [{ minify: true }, { minify: true, sourcesContent: false, format: 'esm' }] as const) {
          rmSync(join(folder.path, '.threadlanes'), { recursive: true, force: true });
          const compile = esbuild({
            bundle: true,
            external: ['threadlanes'],
            sourcemap: true,
            target: 'es2021',
            ...options,
          });
          ('format' in options ? module(compile) : compile)(folder);
          const { outcome, trace } = await folder.record('dist/main.js');
          assert.deepEqual([outcome.code, outcome.stderr], [0, '']);
          const naming = namingOf(folder, trace);
          const names = [...trace.objects.values()].filter(({ kind }) => kind === 'lock' || kind === 'queue');
          assert.deepEqual(names.map(({ id }) => naming.object(id)).sort(), [
            '#own',
            'given',
            'inner',
            'jobs',
            'many[i]',
          ]);
        }
      },
    ));

  it('what tsx made of compiled code in memory is not taken for the file on disk', () =>
    withProgram(sources, async (folder) => {
      esbuild({ ...separately, sourcemap: 'inline', format: 'esm' })(folder);
      const { outcome, trace } = await folder.record('dist/main.js', { args: tsx });
      assert.deepEqual([outcome.code, outcome.stderr], [0, '']);
      const [, caller, start] = toldOf(folder, trace, 'word.wait').map((place) => place.replace(/:\d+$/, ''));
      assert.deepEqual(
        [caller, start],
        waitPlaces.slice(1).map((place) => place.replace(/:\d+$/, '')),
      );
    }));

  describe('whose files have changed since', () => {
    const compiled = esbuild({ ...separately, sourcemap: true });
    const generated = /^dist\/(?:gate|main)\.js:/;
    for (const [what, change, expected] of [
      [
        'compiled anew',
        (path: string) => appendFileSync(join(path, 'dist/gate.js'), '\n'),
        [generated, /^src\/main\.ts:8:/],
      ],
      [
        'without their maps',
        (path: string) => rmSync(join(path, 'dist/gate.js.map')),
        [generated, /^src\/main\.ts:8:/],
      ],
      [
        'with a damaged map',
        (path: string) => writeFileSync(join(path, 'dist/gate.js.map'), '{"version":3,"mappings":7}'),
        [generated],
      ],
      [
        'with another map',
        (path: string) =>
          writeFileSync(join(path, 'dist/gate.js.map'), '{"version":3,"sources":[null],"names":[],"mappings":"AAAA"}'),
        [generated],
      ],
      [
        'with a map that is a folder',
        (path: string) => {
          rmSync(join(path, 'dist/gate.js.map'));
          mkdirSync(join(path, 'dist/gate.js.map'));
        },
        [generated],
      ],
      [
        'all gone',
        (path: string) => {
          rmSync(join(path, 'dist'), { recursive: true });
          rmSync(join(path, 'src'), { recursive: true });
        },
        [generated, generated],
      ],
      [
        'without their sources',
        (path: string) => rmSync(join(path, 'src'), { recursive: true }),
        [/^src\/gate\.ts:9:13$/],
      ],
    ] as const) {
      it(`${what}: as far as can be told, and never wrong`, () =>
        withProgram(sources, async (folder) => {
          compiled(folder);
          const { trace } = await folder.record('dist/main.js');
          change(folder.path);
          const places = toldOf(folder, trace, 'word.wait');
          assert.equal(places.length, 3);
          expected.forEach((place, i) => assert.match(places[i] as string, place));
        }));
    }
  });
});

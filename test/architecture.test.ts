/**
 * The import table of docs/architecture.md, as data. Positive lists: what a room does not name, it may not import.
 * `room` is a whole room, `room/file` one file of it, `room:types` its types only.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ts from 'typescript';

interface Room {
  readonly rooms: readonly string[];
  /** Packages and `node:` modules; `node:*` is all of Node. */
  readonly packages?: readonly string[];
  /** Single files that may import more than their room. */
  readonly entries?: Readonly<
    Record<string, { readonly rooms?: readonly string[]; readonly packages?: readonly string[] }>
  >;
}

const TABLE: Readonly<Record<string, Room>> = {
  base: { rooms: [] },
  trace: { rooms: ['base'] },
  probe: { rooms: ['base', 'trace/ops', 'trace:types'], packages: ['node:worker_threads:types'] },
  recorder: {
    rooms: ['base', 'trace/ops', 'trace/records', 'trace/segmentNames', 'trace:types', 'probe'],
    packages: ['node:*', 'acorn:types'],
    entries: { 'sites/static/syntax.ts': { packages: ['acorn'] } },
  },
  collector: {
    rooms: ['base', 'trace', 'probe', 'model', 'analysis', 'sources', 'report/text'],
    packages: ['node:*'],
  },
  threading: {
    rooms: ['base', 'trace/ops', 'trace:types', 'probe'],
    packages: [
      ...['node:worker_threads', 'node:v8', 'node:fs', 'node:os', 'node:util', 'node:url', 'node:path', 'node:module'],
    ],
  },
  model: { rooms: ['base', 'trace'] },
  analysis: { rooms: ['base', 'trace', 'model'] },
  sources: { rooms: ['base', 'trace', 'analysis:types'], packages: ['@jridgewell/trace-mapping'] },
  timeline: { rooms: ['base', 'trace', 'model', 'protocol', 'analysis:types'] },
  indexer: {
    rooms: ['base', 'trace', 'model', 'analysis', 'sources', 'timeline', 'protocol'],
    entries: { 'nodeWorker.ts': { packages: ['node:*'] } },
  },
  protocol: { rooms: ['analysis:types', 'model/threadState'] },
  report: { rooms: ['base', 'trace', 'model', 'analysis'] },
  cli: {
    rooms: ['base', 'trace', 'probe', 'model', 'analysis', 'sources', 'report'],
    packages: ['node:*', 'commander', 'picocolors'],
  },
  extension: { rooms: ['base', 'probe', 'protocol', 'report', 'trace:types'], packages: ['vscode', 'node:*'] },
  webview: { rooms: ['base', 'protocol'], packages: ['d3'] },
  'index.ts': { rooms: ['threading'] },
};

/** Tolerated exceptions, each with the reason: `room/file -> import`. */
const debt: readonly string[] = [];

/** Rooms that run anywhere: they compile without the types of Node and of the DOM. */
const pureRooms = ['base', 'trace', 'model', 'analysis', 'sources', 'timeline', 'protocol', 'report'];

const root = resolve(__dirname, '..');
const require = createRequire(__filename);

interface Import {
  readonly specifier: string;
  readonly typesOnly: boolean;
}

function importsOf(file: string): Import[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      found.push({ specifier: node.moduleSpecifier.text, typesOnly: node.importClause?.isTypeOnly === true });
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
      found.push({ specifier: node.moduleSpecifier.text, typesOnly: node.isTypeOnly });
    } else if (ts.isCallExpression(node) && node.arguments[0] && ts.isStringLiteral(node.arguments[0])) {
      const callee = node.expression.getText();
      if (callee === 'require' || callee === 'import') {
        found.push({ specifier: node.arguments[0].text, typesOnly: false });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function filesBelow(folder: string, extension: RegExp): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && extension.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

const posix = (path: string): string => path.split(sep).join('/');

/** Where a file lives: its room and its path there. */
function placeOf(file: string): { room: string; path: string } {
  const parts = posix(relative(root, file))
    .replace(/^src\//, '')
    .split('/');
  return { room: parts[0] as string, path: parts.slice(1).join('/') };
}

/** The modules that a module needs when it runs: imports of types are gone by then. */
function codeImports(file: string): string[] {
  return importsOf(file)
    .filter(({ specifier, typesOnly }) => specifier.startsWith('.') && !typesOnly)
    .map(({ specifier }) => resolve(dirname(file), specifier.replace(/\.js$/, '.ts')));
}

function isAllowed(file: string, { specifier, typesOnly }: Import): boolean {
  const { room, path } = placeOf(file);
  const rule = TABLE[room];
  if (!rule) return false;
  const entry = rule.entries?.[path];
  if (!specifier.startsWith('.')) {
    const name = isBuiltin(specifier) && !specifier.startsWith('node:') ? `node:${specifier}` : specifier;
    const packages = [...(rule.packages ?? []), ...(entry?.packages ?? [])];
    if (name.startsWith('node:') && packages.includes('node:*')) return true;
    return packages.includes(name) || (typesOnly && packages.includes(`${name}:types`));
  }
  if (specifier.endsWith('.css')) return room === 'webview';
  const target = placeOf(resolve(dirname(file), specifier.replace(/\.js$/, '.ts')));
  if (target.room === room) return true;
  const allowed = [...rule.rooms, ...(entry?.rooms ?? [])];
  const targetFile = `${target.room}/${target.path.replace(/\.ts$/, '')}`;
  return (
    allowed.includes(target.room) ||
    allowed.includes(targetFile) ||
    (typesOnly && allowed.includes(`${target.room}:types`))
  );
}

const sources = [...filesBelow(join(root, 'src'), /\.ts$/), ...filesBelow(join(root, 'webview'), /\.ts$/)];

describe('architecture', () => {
  it('every import stands in the table', () => {
    const violations = sources.flatMap((file) =>
      importsOf(file)
        .filter((imported) => !isAllowed(file, imported))
        .map((imported) => `${posix(relative(root, file))} -> ${imported.specifier}`),
    );
    assert.deepEqual(violations, debt);
  });

  it('no modules import each other in a circle', () => {
    const graph = new Map(sources.map((file) => [file, codeImports(file)]));
    const circles: string[] = [];
    const state = new Map<string, 'open' | 'done'>();
    const walk = (file: string, path: readonly string[]): void => {
      if (state.get(file) === 'done') return;
      if (state.get(file) === 'open') {
        const circle = [...path.slice(path.indexOf(file)), file];
        circles.push(circle.map((one) => posix(relative(root, one))).join(' -> '));
        return;
      }
      state.set(file, 'open');
      for (const next of graph.get(file) ?? []) walk(next, [...path, file]);
      state.set(file, 'done');
    };
    for (const file of sources) walk(file, []);
    assert.deepEqual(circles, []);
  });

  it('every room has a README that says what it is for', () => {
    const rooms = [
      ...readdirSync(join(root, 'src'), { withFileTypes: true }),
      { name: '../webview', isDirectory: () => true },
    ];
    const without = rooms
      .filter((entry) => entry.isDirectory() && !existsSync(join(root, 'src', entry.name, 'README.md')))
      .map((entry) => entry.name);
    assert.deepEqual(without, []);
  });

  it('the pure rooms compile without the types of Node and the DOM', function () {
    this.timeout(120_000);
    const folder = join(root, 'tsconfig.pure.json');
    try {
      execFileSync(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', folder], { encoding: 'utf8' });
    } catch (error) {
      assert.fail((error as { stdout: string }).stdout);
    }
    const { include } = ts.parseConfigFileTextToJson(folder, readFileSync(folder, 'utf8')).config as {
      include: string[];
    };
    assert.deepEqual([...include].sort(), pureRooms.map((room) => `src/${room}`).sort());
  });

  it('no file is longer than 600 lines', () => {
    const long = sources.filter((file) => readFileSync(file, 'utf8').split('\n').length > 600);
    assert.deepEqual(long, []);
  });
});

/** What each built file may be made of, and how large it may become. */
const BUNDLES: Readonly<Record<string, { readonly from: RegExp; readonly maxKilobytes: number }>> = {
  // Loaded before anything else, in every process.
  'dist/register.cjs': {
    from: /^src\/(base\/textHash|recorder\/(register|compiledCode|diskCache|makeFolder|ownModules|raw|stderrLine))\b/,
    maxKilobytes: 10,
  },
  'dist/recorder.cjs': {
    from: /^src\/(base|trace\/(ops|objectKinds|segmentNames)|probe|recorder)\b/,
    maxKilobytes: 200,
  },
  'dist/sites.cjs': {
    from: /^src\/(recorder\/sites\/static|trace\/records)\b|^node_modules\/acorn\//,
    maxKilobytes: 300,
  },
  'dist/collector.cjs': {
    from: /^src\/(base|trace|probe|model|analysis|sources|report|collector)\b|^node_modules\/@jridgewell\//,
    maxKilobytes: 400,
  },
  'dist/index.cjs': { from: /^src\/(base|trace\/ops|trace\/objectKinds|probe|threading|index)\b/, maxKilobytes: 300 },
  'dist/indexWorker.js': {
    from: /^src\/(?!recorder|collector|threading|cli|extension)|^node_modules\/@jridgewell\//,
    maxKilobytes: 400,
  },
  'dist/extension.js': { from: /^src\/(base|probe|protocol|report|trace|extension)\b/, maxKilobytes: 150 },
  'dist/cli.cjs': {
    from: /^src\/(?!recorder|collector|threading|extension|indexer|timeline)|^node_modules\/(@jridgewell|commander|picocolors)\//,
    maxKilobytes: 600,
  },
  'dist/webview.js': {
    from: /^webview\/|^src\/(base|protocol|model\/threadState)\b|^node_modules\/(d3|internmap)/,
    maxKilobytes: 300,
  },
};

describe('built files', () => {
  const inputs = JSON.parse(readFileSync(join(root, 'dist/inputs.json'), 'utf8')) as Record<
    string,
    Record<string, unknown>
  >;

  for (const [bundle, rule] of Object.entries(BUNDLES)) {
    it(`${bundle} is made of its rooms only, and is small`, () => {
      const strangers = Object.keys(inputs[bundle] ?? { missing: 1 }).filter((input) => !rule.from.test(input));
      assert.deepEqual(strangers, []);
      const kilobytes = statSync(join(root, bundle)).size / 1024;
      assert.ok(kilobytes <= rule.maxKilobytes, `${bundle} has ${kilobytes.toFixed(0)} kB`);
    });
  }
});

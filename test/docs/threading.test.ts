/** The programs in the documents run as they stand, and print what the documents say. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync, transformSync } from 'esbuild';

const root = resolve(__dirname, '../..');
/** Less than a test may take: a program that hangs is named. */
const PATIENCE_MILLIS = 25_000;
const executable = process.env['THREADLANES_TEST_NODE'] ?? process.execPath;

interface Program {
  readonly heading: string;
  readonly line: number;
  readonly source: string;
  /** What it prints; undefined: the document does not say. */
  readonly output: string | undefined;
}

/** Blocks of TypeScript that begin with an import, each with the text block that follows it before the next heading. */
function programsIn(document: string): Program[] {
  const programs: Program[] = [];
  let heading = '';
  const parts = /^#+ (?<title>.*)$|^```(?<language>\w*)\n(?<content>[^]*?)^```$/gm;
  for (const { groups = {}, index } of document.matchAll(parts)) {
    const { title, language, content = '' } = groups;
    const last = programs.at(-1);
    if (title !== undefined) heading = title;
    else if (language === 'ts' && content.startsWith('import ')) {
      const line = document.slice(0, index).split('\n').length;
      programs.push({ heading, line, source: content, output: undefined });
    } else if (language === 'text' && last?.heading === heading && last.output === undefined) {
      programs[programs.length - 1] = { ...last, output: content };
    }
  }
  return programs;
}

interface Run {
  readonly code: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(program: string): Promise<Run> {
  const options = { encoding: 'utf8', timeout: PATIENCE_MILLIS, env: { ...process.env, NODE_OPTIONS: '' } } as const;
  return new Promise((done) => {
    execFile(executable, [program], options, (error, stdout, stderr) =>
      done({ code: error === null ? 0 : (error.code ?? error.signal ?? null), stdout, stderr }),
    );
  });
}

describe('documented programs', () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'documented-'));
    const library = join(folder, 'node_modules/threadlanes');
    mkdirSync(library, { recursive: true });
    writeFileSync(join(library, 'package.json'), '{ "name": "threadlanes", "main": "index.cjs" }');
    buildSync({
      entryPoints: [join(root, 'src/index.ts')],
      outfile: join(library, 'index.cjs'),
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
    });
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it('and tables name all that is public', () => {
    const text = readFileSync(join(root, 'docs/threading.md'), 'utf8');
    const library = createRequire(join(folder, 'here.cjs'))('threadlanes') as object;
    const unnamed = Object.keys(library).filter((name) => !new RegExp(`\\b${name}\\b`).test(text));
    assert.deepEqual(unnamed, []);
  });

  for (const document of ['docs/threading.md', 'README.md']) {
    const programs = programsIn(readFileSync(join(root, document), 'utf8'));

    it(`${document} has some`, () => assert.ok(programs.length > 0));

    for (const { heading, line, source, output } of programs) {
      it(`${document}:${line} ${heading}`, async () => {
        const program = join(folder, `${document.replace(/\W/g, '-')}-${line}.mjs`);
        const { code } = transformSync(source, { loader: 'ts', format: 'esm', target: 'node20', tsconfigRaw: {} });
        writeFileSync(program, code);
        const { code: exitCode, stdout, stderr } = await run(program);
        assert.deepEqual([stderr, exitCode], ['', 0]);
        if (output !== undefined) assert.equal(stdout, output);
      });
    }
  }
});

/** That types follow from what a thread runs: checked by the compiler, on programs that must not compile. */
import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import ts from 'typescript';

const HEAD = `
import { Local, Queue, Thread, ThreadPoolExecutor, asCompleted, threadFunction, wait, type Future } from '../../src/index.js';
const add = threadFunction('/a.js', 'add', (a: number, b: number) => a + b);
const later = threadFunction('/a.js', 'later', async (queue: Queue<string>) => queue.get());
const pool = new ThreadPoolExecutor();
`;

/** A line, and what the compiler says of it: nothing, when it is right. */
const LINES: readonly (readonly [string, RegExp?])[] = [
  ['const sum: number | undefined = new Thread(add, [1, 2]).result;'],
  ['const text: string | undefined = new Thread(later, [new Queue<string>()]).result;'],
  ["new Thread(add, [1, 'b']);", /No overload matches/],
  ['new Thread(add, [1]);', /No overload matches/],
  ['new Thread(later, [new Queue<number>()]);', /No overload matches/],
  ['const f: Future<number> = pool.submit(add, 1, 2);'],
  ['const n: number = await pool.submit(add, 1, 2);'],
  ['const s: string = pool.submit(later, new Queue<string>()).result();'],
  ["pool.submit(add, 1, 'b');", /'string' is not assignable to parameter of type 'number'/],
  ['pool.submit(add, 1);', /Expected 3 arguments/],
  ['const wrong: string = pool.submit(add, 1, 2).result();', /'number' is not assignable to type 'string'/],
  ['const list: number[] = [...pool.map((n: number) => n, [1])];'],
  ["pool.map((n: number) => n, ['a']);", /'string' is not assignable to type 'number'/],
  ['for await (const n of pool.map((n: number) => n + 1, new Set([1]))) n.toFixed();'],
  ['for (const future of asCompleted([pool.submit(add, 1, 1)])) future.result().toFixed();'],
  ['for await (const future of asCompleted([pool.submit(add, 1, 1)])) future.result().toFixed();'],
  ['const { done } = wait([pool.submit(add, 1, 1)]); for (const future of done) future.result().toFixed();'],
  ['new ThreadPoolExecutor({ initializer: add, initArgs: [1, 2] });'],
  ["new ThreadPoolExecutor({ initializer: add, initArgs: [1, 'b'] });", /'string' is not assignable to type 'number'/],
  ['const any: ThreadPoolExecutor = new ThreadPoolExecutor({ initializer: add, initArgs: [1, 2] });'],
  ['const count = new Local(() => 0); count.value += 1;'],
  ["const count = new Local(() => 0); count.value = 'a';", /'string' is not assignable to type 'number'/],
];

describe('types', function () {
  it('follow from threadFunction', () => {
    const root = resolve(__dirname, '../..');
    const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (file) => ts.sys.readFile(file)) as {
      config: { compilerOptions: object };
    };
    const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, root);
    const name = (i: number): string => join(__dirname, `typed${i}.ts`);
    const texts = new Map(LINES.map(([line], i) => [name(i), `${HEAD}${line}\nexport {};`]));
    const plain = ts.createCompilerHost(options);
    const host: ts.CompilerHost = {
      ...plain,
      fileExists: (file) => texts.has(file) || plain.fileExists(file),
      readFile: (file) => texts.get(file) ?? plain.readFile(file),
      getSourceFile: (file, ...rest) =>
        texts.has(file)
          ? ts.createSourceFile(file, texts.get(file) as string, ts.ScriptTarget.ESNext)
          : plain.getSourceFile(file, ...rest),
    };
    const module = { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler };
    const lenient = { ...options, ...module, noEmit: true, noUnusedLocals: false, types: ['node'] };
    const program = ts.createProgram([...texts.keys()], lenient, host);
    LINES.forEach(([line, expected], i) => {
      const said = program
        .getSemanticDiagnostics(program.getSourceFile(name(i)))
        .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
        .join('\n');
      if (expected === undefined) assert.equal(said, '', line);
      else assert.match(said, expected, line);
    });
  });
});

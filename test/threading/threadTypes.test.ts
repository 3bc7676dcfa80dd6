/** That types follow from what a thread runs: checked by the compiler, on programs that must not compile. */
import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import ts from 'typescript';

const HEAD = `
import { Condition, Local, Lock, Queue, Thread, ThreadPoolExecutor, asCompleted, threadClass, threadFunction, wait, type Future, type ThreadFunction } from '../../src/index.js';
const add = threadFunction('/a.js', 'add', (a: number, b: number) => a + b);
const twice = threadFunction('/a.js', 'twice', (n: number) => 2 * n);
const same = threadFunction('/a.js', 'same', <T,>(value: T, _more?: T[]): T => value);
const none = threadFunction('/a.js', 'none', () => 1);
const maybe = threadFunction('/a.js', 'maybe', (a?: number) => a);
const later = threadFunction('/a.js', 'later', async (queue: Queue<string>) => queue.get());
const pool = new ThreadPoolExecutor();
`;

/** A closure as such cannot cross. */
const NO_THREAD_FUNCTION = /not assignable to .*MadeByThreadFunction|'made by threadFunction'/s;

/** A line, and what the compiler says of it: nothing, when it is right. */
const LINES: readonly (readonly [string, RegExp?])[] = [
  ['const sum: number | undefined = new Thread(add, [1, 2]).result;'],
  ['const text: string | undefined = new Thread(later, [new Queue<string>()]).result;'],
  ['const list: Thread[] = [new Thread(add, [1, 2]), new Thread(none), new Thread(maybe), new Thread(maybe, [1])];'],
  ["const n: number | undefined = new Thread<number>('/a.js', 'add', [1, 2], { name: 'n' }).result;"],
  ["const t: Thread<number> = new Thread('/a.js', 'add');"],
  [
    'const handles: unknown[] = []; const t: Thread[] = handles.map(Thread.from); const q: Queue[] = handles.map(Queue.from);',
  ],
  ["new Thread(add, [1, 'b']);", /^Type 'string' is not assignable to type 'number'/],
  [
    'new Thread(add, [1]);',
    /^Argument of type '\[number\]' is not .*\[a: number, b: number\]'.\n.*1 element.*requires 2/,
  ],
  ['new Thread(add);', /^Expected 2-3 arguments, but got 1/],
  ['new Thread(add, 1);', /^Argument of type 'number' is not assignable to .* 'readonly \[a: number, b: number\]'/],
  ['new Thread(add, [1, 2], { deamon: true });', /^Object .* 'deamon' does not .* Did you mean to write 'daemon'\?$/],
  ["new Thread('/a.js', [1, 2]);", /^Argument of type 'number\[\]' is not assignable to parameter of type 'string'/],
  ['new Thread({ target: add });', /^Object literal may only specify known properties, and 'target' does not exist/],
  ['new Thread(none, [1]);', /^Type 'number' is not assignable to type 'undefined'/],
  ['new Thread(later, [new Queue<number>()]);', /^Type 'Queue<number>' is not assignable to type 'Queue<string>'/],
  ['const wrong: Thread<string> = new Thread(add, [1, 2]);', /^Type 'Thread<number>' is not .* 'Thread<string>'/],
  [
    'class Work extends Thread<string> { constructor() { super({ name: "w" }); } override run(): string { return this.name; } }',
  ],
  [
    'class Work extends Thread<string> { override run(): number { return 1; } }',
    /^Property 'run' .* is not assignable/,
  ],
  ["class Work extends Thread<number> { override run(): number { return 1; } } threadClass('/a.js', 'Work', Work);"],
  ['const lock = new Lock(); new Condition(lock); new Condition(lock, { name: "c" }); new Condition({ lock });'],
  ['const f: Future<number> = pool.submit(add, 1, 2);'],
  ['const n: number = await pool.submit(add, 1, 2);'],
  ['const s: string = pool.submit(later, new Queue<string>()).result();'],
  ["pool.submit(add, 1, 'b');", /'string' is not assignable to parameter of type 'number'/],
  ['pool.submit(add, 1);', /Expected 3 arguments/],
  ['const wrong: string = pool.submit(add, 1, 2).result();', /'number' is not assignable to type 'string'/],
  ['const list: number[] = [...pool.map(twice, [1])];'],
  ["pool.map(twice, ['a']);", /'string' is not assignable to type 'number'/],
  ['for await (const n of pool.map(twice, new Set([1]))) n.toFixed();'],
  ['for (const future of asCompleted([pool.submit(add, 1, 1)])) future.result().toFixed();'],
  ['for await (const future of asCompleted([pool.submit(add, 1, 1)])) future.result().toFixed();'],
  ['const { done } = wait([pool.submit(add, 1, 1)]); for (const future of done) future.result().toFixed();'],
  ['new ThreadPoolExecutor({ initializer: add, initArgs: [1, 2] });'],
  ['new Thread((n: number) => n, [1]);', NO_THREAD_FUNCTION],
  ['new Thread(() => 1);', NO_THREAD_FUNCTION],
  ['function work(n: number) { return n; } new Thread(work, [1], { name: "w" });', NO_THREAD_FUNCTION],
  ['pool.submit(() => 1);', NO_THREAD_FUNCTION],
  ['pool.submit((n: number) => n, 1);', NO_THREAD_FUNCTION],
  ['pool.map((n: number) => n, [1]);', NO_THREAD_FUNCTION],
  ['new ThreadPoolExecutor({ initializer: () => 1 });', NO_THREAD_FUNCTION],
  ['const n: number = add(1, 2);'],
  ['const n: number = pool.submit(same<number>, 1).result();'],
  ['const n: unknown = pool.submit(same, 1, [2]).result();'],
  ['const n: unknown = new Thread(same, [1]).result;'],
  ['const all: ThreadFunction[] = [add, none, later, same];'],
  ['const all: ThreadFunction<(n: number) => number>[] = [twice]; for (const one of all) pool.submit(one, 1);'],
  [
    'const given = <A extends unknown[]>(fn: ThreadFunction<(...args: A) => void>, ...args: A) => pool.submit(fn, ...args);',
  ],
  ['interface Jobs { add: typeof add } const jobs: Jobs = { add }; pool.submit(jobs.add, 1, 2);'],
  ["threadClass('/a.js', 'Work', class { run() {} });", /^Argument of type 'typeof \(Anonymous class\)' is not/],
  ["threadClass('/a.js', 'Work', class extends Thread<string> { constructor(readonly n: number) { super(); } });"],
  ["new ThreadPoolExecutor({ initializer: add, initArgs: [1, 'b'] });", /'string' is not assignable to type 'number'/],
  ['const any: ThreadPoolExecutor = new ThreadPoolExecutor({ initializer: add, initArgs: [1, 2] });'],
  ['const count = new Local(() => 0); count.value += 1;'],
  ["const count = new Local(() => 0); count.value = 'a';", /'string' is not assignable to type 'number'/],
];

/** By the number of the text, from 0. */
interface Compiled {
  errors(i: number): string[];
  declarations(i: number): { readonly said: string[]; readonly text: string };
}

function compile(given: readonly string[]): Compiled {
  const root = resolve(__dirname, '../..');
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (file) => ts.sys.readFile(file)) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, root);
  const name = (i: number): string => join(__dirname, `typed${i}.ts`);
  const texts = new Map(given.map((text, i) => [name(i), text]));
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
  const emitted = { noEmit: false, declaration: true, emitDeclarationOnly: true };
  const lenient = { ...options, ...module, ...emitted, noUnusedLocals: false, types: ['node'] };
  const program = ts.createProgram([...texts.keys()], lenient, host);
  const plainly = (found: readonly ts.Diagnostic[]): string[] =>
    found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  return {
    errors: (i) => plainly(program.getSemanticDiagnostics(program.getSourceFile(name(i)))),
    declarations(i) {
      const file = program.getSourceFile(name(i));
      let text = '';
      program.emit(file, (_path, written) => (text += written));
      return { said: plainly(program.getDeclarationDiagnostics(file)), text };
    },
  };
}

/** What another module sees of what a module exports. */
const EXPORTED = `
export const work = threadFunction('/a.js', 'work', (n: number, jobs: Queue<string>) => jobs.get() + n);
export const generic = threadFunction('/a.js', 'generic', async <T,>(value: T) => value);
export const all = { work, list: [work] };
export const thread = new Thread(work, [1, new Queue<string>()]);
`;

describe('types', function () {
  const exported = `${HEAD}${EXPORTED}`;
  const lines = LINES.map(([line]) => `${HEAD}${line}\nexport {};`);
  let compiled: Compiled;

  before(() => {
    compiled = compile([exported, ...lines]);
  });

  it('can be named in the declarations of a module that exports them', () => {
    const { said, text } = compiled.declarations(0);
    assert.deepEqual(said, []);
    assert.match(text, /work: .*ThreadFunction<\(n: number, jobs: Queue<string>\) => string>;/);
    assert.match(text, /generic: .*ThreadFunction<\(?<T>\(value: T\) => Promise<T>\)?>;/);
    assert.match(text, /thread: Thread<string>;/);
  });

  it('follow from threadFunction', () => {
    LINES.forEach(([line, expected], i) => {
      const said = compiled.errors(i + 1).join('\n');
      if (expected === undefined) assert.equal(said, '', line);
      else assert.match(said, expected, line);
    });
  });
});

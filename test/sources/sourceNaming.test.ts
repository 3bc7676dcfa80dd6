import assert from 'node:assert/strict';
import { transformSync } from 'esbuild';
import { nanos } from '../../src/base/brand.js';
import { SourceNaming } from '../../src/sources/sourceNaming.js';
import { Dictionary } from '../../src/trace/dictionary.js';
import type { ObjectKind } from '../../src/trace/objectKinds.js';

const original = `import { Lock } from 'threadlanes';
type Unused = { a: number };

export class Store {
  private readonly lock: Lock = new Lock();
}
export const cache = new Lock();
`;

const header = { version: 1, run: '', pid: 0, program: '', node: '', platform: '', origin: 0 };

interface Site {
  readonly path: string;
  readonly map?: string | null;
  readonly line: number;
  readonly column: number;
}

/** A dictionary with one stack of the given sites, innermost first. */
function dictionaryWith(...sites: Site[]): Dictionary {
  const dictionary = new Dictionary();
  sites.forEach(({ path, map = null, line, column }, i) => {
    dictionary.file({ path, hash: null, map }, i);
    dictionary.site({ file: i, line, column, fn: 'work' }, i);
  });
  dictionary.stack(
    sites.map((_, i) => i),
    0,
  );
  return dictionary;
}

function addObject(
  dictionary: Dictionary,
  id: number,
  name: string | null,
  stack = -1,
  kind: ObjectKind = 'lock',
): void {
  dictionary.object({ id, kind, name, stack, thread: 0, capacity: null });
}

function addThread(dictionary: Dictionary, id: number, name: string | null, file: string | null): void {
  dictionary.thread({ id, name, parent: id === 0 ? null : 0, start: nanos(0), file, library: false });
}

/** Line and column of the first `new Lock` that comes after a text. */
function creationIn(code: string, after: string): { line: number; column: number } {
  const at = code.indexOf('new Lock', code.indexOf(after));
  const before = code.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1) as string).length + 1 };
}

function compile(sourcemap: 'external' | 'inline', sourcesContent: boolean): { code: string; map: string } {
  return transformSync(original, {
    loader: 'ts',
    minifyWhitespace: true,
    sourcefile: '../src/store.ts',
    sourcemap,
    sourcesContent,
  });
}

describe('frames of a stack', () => {
  it('come from an external map, its sources made relative to the root', () => {
    const { code, map } = compile('external', false);
    const dictionary = dictionaryWith({
      path: 'dist/store.js',
      map: 'dist/store.js.map',
      ...creationIn(code, 'cache'),
    });
    const texts: Record<string, string> = { 'dist/store.js.map': map, 'src/store.ts': original };
    addObject(dictionary, 1, null, 0);
    const naming = new SourceNaming(dictionary, (path) => texts[path] ?? null);
    assert.deepEqual(naming.frames(0), [{ file: 'src/store.ts', line: 7, column: 22, function: 'work' }]);
    assert.equal(naming.object(1), 'cache');
  });

  it('come from an inline map, whose text of the source is enough for a name', () => {
    const { code } = compile('inline', true);
    const dictionary = dictionaryWith({ path: 'dist/store.js', map: 'inline', ...creationIn(code, 'class Store') });
    addObject(dictionary, 1, null, 0);
    const naming = new SourceNaming(dictionary, (path) => (path === 'dist/store.js' ? code : null));
    assert.deepEqual(naming.frames(0), [{ file: 'src/store.ts', line: 5, column: 33, function: 'work' }]);
    assert.equal(naming.object(1), 'lock');
  });

  it('come from an address with the map in it', () => {
    const { code, map } = compile('external', true);
    const address = `data:application/json,${encodeURIComponent(map)}`;
    const dictionary = dictionaryWith({ path: 'dist/store.js', map: address, ...creationIn(code, 'cache') });
    assert.equal(new SourceNaming(dictionary, () => null).frames(0)[0]?.line, 7);
  });

  for (const [what, map] of [
    ['missing', null],
    ['no JSON', 'oops'],
    ['JSON of something else', '{"version":3}'],
    ['damaged', '{"version":3,"sources":["a.ts"],"names":[],"mappings":"!!!"}'],
    ['of sources that are not there', '{"version":3,"sources":[],"names":[],"mappings":";;AAAA"}'],
    ['of no source', '{"version":3,"sources":[null],"names":[],"mappings":";;AAAA"}'],
    ['of lines below the first', '{"version":3,"sources":["a.ts"],"names":[],"mappings":";;AADA"}'],
    ['of other sections', '{"version":3,"sections":[{"offset":{},"map":7}]}'],
    ['null', 'null'],
  ] as const) {
    it(`stay generated where the map is ${what}`, () => {
      const dictionary = dictionaryWith({ path: 'a.js', map: 'a.js.map', line: 3, column: 4 });
      const frames = new SourceNaming(dictionary, () => map).frames(0);
      assert.deepEqual(frames, [{ file: 'a.js', line: 3, column: 4, function: 'work' }]);
    });
  }

  it('leave out Node and the library, unless nothing else is there', () => {
    const own = { path: 'node_modules/threadlanes/dist/index.cjs', line: 1, column: 1 };
    const node = { path: 'node:internal/worker', line: 1, column: 1 };
    const program = { path: 'src/threading/pool.js', line: 9, column: 2 };
    const files = (...sites: Site[]): string[] =>
      new SourceNaming(dictionaryWith(...sites), () => null).frames(0).map((frame) => frame.file);
    assert.deepEqual(files(own, node, program), [program.path]);
    assert.deepEqual(files(own, node), [own.path]);
    assert.deepEqual(files(node), []);
  });

  it('begin where the program calls a package, unless nothing of it is there', () => {
    const inner = { path: 'node_modules/mutex/lib/index.js', line: 1, column: 1 };
    const own = { path: 'src/app.js', line: 9, column: 2 };
    const outer = { path: 'node_modules/server/run.js', line: 2, column: 1 };
    const files = (...sites: Site[]): string[] =>
      new SourceNaming(dictionaryWith(...sites), () => null).frames(0).map((frame) => frame.file);
    assert.deepEqual(files(inner, own, outer), [own.path, outer.path]);
    assert.deepEqual(files(inner, outer), [inner.path, outer.path]);
  });

  it('name a lock by the line in the package that made it', () => {
    const dictionary = dictionaryWith(
      { path: 'node_modules/mutex/index.js', line: 1, column: 13 },
      { path: 'src/app.js', line: 1, column: 1 },
    );
    addObject(dictionary, 1, null, 0);
    const naming = new SourceNaming(dictionary, (path) =>
      path.startsWith('node_modules') ? 'const gate = new Lock();' : '',
    );
    assert.equal(naming.object(1), 'gate');
  });

  for (const [source, root, file] of [
    ['../../lib/a.ts', '/home/me/app', '/home/me/lib/a.ts'],
    ['../../../../../../a.ts', '/home/me/app', '../../../../../a.ts'],
    ['/home/me/app/src/a.ts', '/home/me/app', 'src/a.ts'],
    ['../../lib/a.ts', 'C:/me/app', 'C:/me/lib/a.ts'],
  ] as const) {
    it(`say where ${source} of ${root} is`, () => {
      const dictionary = dictionaryWith({ path: 'dist/a.js', map: 'dist/a.js.map', line: 1, column: 1 });
      dictionary.header({ ...header, root });
      const map = JSON.stringify({ version: 3, sources: [source], names: [], mappings: 'AAAA' });
      assert.equal(new SourceNaming(dictionary, () => map).frames(0)[0]?.file, file);
    });
  }

  it('are empty for a stack that is not known', () => {
    assert.deepEqual(new SourceNaming(new Dictionary(), () => null).frames(-1), []);
    assert.deepEqual(new SourceNaming(new Dictionary(), () => null).frames(5), []);
  });
});

describe('names', () => {
  it('of objects: the option, else the variable, else kind and number', () => {
    const source = 'const cache = new Lock();\nlocks.push(new Lock());';
    const dictionary = dictionaryWith({ path: 'a.js', line: 1, column: 15 }, { path: 'b.js', line: 2, column: 12 });
    dictionary.stack([1], 1);
    addObject(dictionary, 1, 'given', 0);
    addObject(dictionary, 2, null, 0);
    addObject(dictionary, 3, null, 1, 'rlock');
    addObject(dictionary, 4, null, -1, 'queue');
    const naming = new SourceNaming(dictionary, () => source);
    assert.deepEqual(
      [1, 2, 3, 4, 99].map((id) => naming.object(id)),
      ['given', 'cache', 'RLock#3', 'Queue#4', 'Object#99'],
    );
  });

  it('of what a function gives back come from the call', () => {
    const lines = [
      'const make = () => new Lock();',
      'const cache = make();',
      'use(make());',
      'const both = [store.make(), await make()];',
      'function other() { use(new Lock()); }',
    ];
    const nameOf = (creation: string, line: number, called: string): string => {
      const place = (text: string, at: number): Site => {
        return { path: 'a.js', line: at, column: (lines[at - 1] as string).indexOf(text) + 1 };
      };
      const dictionary = dictionaryWith(place('new Lock', lines.indexOf(creation) + 1), place(called, line));
      addObject(dictionary, 1, null, 0);
      return new SourceNaming(dictionary, () => lines.join('\n')).object(1);
    };
    const [make, , , , other] = lines as [string, string, string, string, string];
    assert.equal(nameOf(make, 2, 'make()'), 'cache');
    assert.equal(nameOf(make, 3, 'make()'), 'Lock#1');
    assert.equal(nameOf(make, 4, 'make(),'), 'both[0]');
    assert.equal(nameOf(make, 4, 'make()]'), 'both[1]');
    assert.equal(nameOf(other, 2, 'make()'), 'Lock#1');
  });

  it('that two objects share get their numbers, as soon as there are two', () => {
    const dictionary = new Dictionary();
    const naming = new SourceNaming(dictionary, () => null);
    addObject(dictionary, 1, 'cache');
    assert.equal(naming.object(1), 'cache');
    addObject(dictionary, 7, 'cache');
    assert.deepEqual([naming.object(1), naming.object(7)], ['cache#1', 'cache#7']);
  });

  it('of the lock that a condition makes for itself: as of its condition', () => {
    const text = 'const filled = new Condition();';
    const dictionary = dictionaryWith({ path: 'main.js', line: 1, column: text.indexOf('new') + 1 });
    addObject(dictionary, 1, null, 0, 'rlock');
    addObject(dictionary, 2, null, 0, 'condition');
    // Locks of the program's own.
    addObject(dictionary, 3, null, -1, 'rlock');
    addObject(dictionary, 4, 'full', -1, 'condition');
    const naming = new SourceNaming(dictionary, () => text);
    assert.deepEqual(
      [1, 2, 3, 4].map((id) => naming.object(id)),
      ["filled's lock", 'filled', 'RLock#3', 'full'],
    );
  });

  it('of words and of channels say where they are', () => {
    const dictionary = new Dictionary();
    const naming = new SourceNaming(dictionary, () => null);
    const rest = { name: null, stack: -1, thread: 0, capacity: null };
    dictionary.object({ id: 1, kind: 'word', buffer: 12, offset: 16, ...rest });
    dictionary.object({ id: 2, kind: 'port', from: 0, to: 3, ...rest });
    addThread(dictionary, 3, 'writer', null);
    dictionary.object({ id: 4, kind: 'word', buffer: 12, offset: 3, ...rest });
    dictionary.object({ id: 5, kind: 'word', offset: 8, ...rest });
    assert.deepEqual(
      [1, 4, 5].map((id) => naming.object(id)),
      ['word at byte 16 of buffer 12', 'word at byte 3 of buffer 12', 'word#5 at byte 8'],
    );
    assert.equal(naming.object(2), 'messages from main to writer');
  });

  it('of threads: the name, else main, else file and number', () => {
    const dictionary = new Dictionary();
    const naming = new SourceNaming(dictionary, () => null);
    addThread(dictionary, 0, null, 'src/app.ts');
    addThread(dictionary, 1, 'writer', 'src/worker.ts');
    addThread(dictionary, 2, null, 'src/worker.ts');
    addThread(dictionary, 3, null, null);
    addThread(dictionary, 4, 'pool', null);
    addThread(dictionary, 5, 'pool', null);
    assert.deepEqual(
      [0, 1, 2, 3, 4, 5].map((id) => naming.thread(id)),
      ['main', 'writer', 'worker.ts#2', 'thread#3', 'pool#4', 'pool#5'],
    );
  });
});

import assert from 'node:assert/strict';
import { assignedName } from '../../src/sources/assignedName.js';

/** `¦` marks where the creation was recorded. */
const CASES: readonly (readonly [source: string, name: string | null])[] = [
  ['const cache = ¦new Lock();', 'cache'],
  ['export const cache: Lock = ¦new Lock();', 'cache'],
  ['this.lock = ¦new Lock({ timeout: 3 });', 'lock'],
  ['this.#lock ??= ¦new Lock();', '#lock'],
  ['class A { static #x = ¦new Lock(); }', '#x'],
  ['class A { private readonly lock: Map<string, Lock> = ¦new Lock(); }', 'lock'],
  ['use({ lock: ¦new Lock(), other: new Lock() });', 'lock'],
  ['use({ lock: new Lock(), other: ¦new Lock() });', 'other'],
  ["use({ 'the lock': ¦new Lock() });", 'the lock'],
  ['const größe = ¦new Lock();', 'größe'],
  ['const cache =\n  // The one and only.\n  ¦new Lock();', 'cache'],
  ['const cache = new threads.¦Lock();', 'cache'],
  ['const pool = await threads.¦create();', null],
  ['const [a, b] = [¦new Lock(), new Lock()];', 'a'],
  ['const [a, b] = [new Lock(), ¦new Lock()];', 'b'],
  ['const [a = 1, b] = [new Lock(), ¦new Lock()];', null],
  ['const [, b] = [new Lock(), ¦new Lock()];', 'b'],
  ['const a = new Lock(), b = ¦new Lock();', 'b'],
  ['const locks = [¦new Lock(), new Lock()];', 'locks[0]'],
  ['const locks = [new Lock({ name: "[x," }), ¦new Lock()];', 'locks[1]'],
  ['const locks: Lock[] = [\n  new Lock(), // the first, of ( two\n  ¦new Lock(),\n];', 'locks[1]'],
  ['const store = { locks: [¦new Lock()] };', 'locks[0]'],
  ['const locks = [...others, ¦new Lock()];', null],
  ['const locks = [old ?? ¦new Lock()];', null],
  ['const locks = [[¦new Lock()]];', null],
  ['const byName = new Map([["a", ¦new Lock()]]);', null],
  ['const forks = Array.from({ length: 5 }, () => ¦new Lock());', 'forks'],
  ['this.forks = Array.from(names, (name, i) => ¦new Lock({ name }));', 'forks'],
  ['const forks = Array.from(¦new Lock());', null],
  ['const forks = names.map((name) => ¦new Lock({ name }));', 'forks'],
  ['const forks = this.all?.names.map(name => ¦new Lock({ name }));', 'forks'],
  ['const forks = [...Array(5)].map(() => ¦new Lock());', 'forks'],
  ['const forks = new Array(5).fill(0).map(() => ¦new Lock());', 'forks'],
  ['const forks = use(names.map(() => ¦new Lock()));', null],
  ['const forks = names.forEach(() => ¦new Lock());', null],
  ['const x = names.map(() => use(¦new Lock()));', null],
  ['function run(lock = ¦new Lock()) {}', 'lock'],
  ['let a; a = ¦new Lock();', 'a'],
  ['const jobs = ¦new Queue<Job>({\n  size: 3,\n});', 'jobs'],
  ['locks.push(¦new Lock());', null],
  ['const { a } = ¦new Lock();', null],
  ['const x = old ? other : ¦new Lock();', null],
  ['if (x == ¦new Lock()) {}', null],
  ['const make = () => ¦new Lock();', null],
  ['return ¦new Lock();', null],
  ['locks[3] = ¦new Lock();', null],
  ['switch (x) { default: ¦new Lock(); }', null],
  ['¦const cache = new Lock();', 'cache'],
  ['¦const a = new Lock(), b = new Lock();', null],
  ['¦nothing of the kind', null],
  ['x'.repeat(5000) + ' = ¦new Lock();', null],
];

describe('the name that a creation is assigned to', () => {
  for (const [marked, name] of CASES) {
    it(`${JSON.stringify(marked.slice(-60))} is ${name}`, () => {
      const source = `\n\n${marked}\n`;
      const before = source.slice(0, source.indexOf('¦')).split('\n');
      const column = (before.at(-1)?.length ?? 0) + 1;
      assert.equal(assignedName(source.replace('¦', ''), before.length, column), name);
    });
  }

  it('is unknown outside the file', () => {
    assert.equal(assignedName('const a = new Lock();', 7, 1), null);
    assert.equal(assignedName('', 1, 1), null);
    assert.equal(assignedName('const a = new Lock();', 0, 1), 'a');
  });
});

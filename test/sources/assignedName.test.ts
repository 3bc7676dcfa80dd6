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
  ['const [a, b] = [¦new Lock(), new Lock()];', null],
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

import assert from 'node:assert/strict';
import fc from 'fast-check';
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
  ['switch (x) { default: ¦new Lock(); }', null],
  ['¦const cache = new Lock();', 'cache'],
  ['¦const a = new Lock(), b = new Lock();', null],
  ['¦nothing of the kind', null],
  ['const lock: Lock = ¦new Lock();', 'lock'],
  ['const lock = ¦new Lock() as Lock;', 'lock'],
  ['const lock = <Lock>¦new Lock();', 'lock'],
  ['const lock = (¦new Lock());', 'lock'],
  ['const lock = (¦new Lock() as unknown) as Lock;', 'lock'],
  ['const o = { lock: ¦new Lock() } satisfies Record<string, Lock>;', 'lock'],
  ['const { lock = ¦new Lock() } = options;', 'lock'],
  ['const { a: lock = ¦new Lock() } = options;', 'lock'],
  ['const [lock = ¦new Lock()] = options;', 'lock'],
  ['function f({ lock = ¦new Lock() } = {}) {}', 'lock'],
  ['static readonly #lock: Lock<() => void> = ¦new Lock();', '#lock'],
  ['private lock: Map<string, () => void> = ¦new Lock();', 'lock'],
  ['lock?: Lock = ¦new Lock();', 'lock'],
  ['lock!: Lock = ¦new Lock();', 'lock'],
  ['declare const x; export default ¦new Lock();', null],
  ['module.exports = ¦new Lock();', null],
  ['exports.lock = ¦new Lock();', 'lock'],
  ['module.exports.lock = ¦new Lock();', 'lock'],
  ['locks[i] = ¦new Lock();', 'locks[i]'],
  ['this.locks[name] = ¦new Lock();', 'locks[name]'],
  ['locks[3] = ¦new Lock();', 'locks[3]'],
  ["locks['a b'] = ¦new Lock();", "locks['a b']"],
  ['locks[i + 1] ??= ¦new Lock();', 'locks[i + 1]'],
  ['a[b[c]] = ¦new Lock();', null],
  ["const o = { ['lock']: ¦new Lock() };", null],
  ['const o = { async: true, lock: ¦new Lock() };', 'lock'],
  ['a = b = ¦new Lock();', 'b'],
  ['var t=¦new L,e=new L;', 't'],
  ['var t=new L,e=¦new L;', 'e'],
  ['const x = cond ? ¦new Lock() : null;', null],
  ['const x = old ?? ¦new Lock();', null],
  ['const x = old || ¦new Lock();', null],
  ['const x = await ¦new Lock();', 'x'],
  ['x === ¦new Lock()', null],
  ['x !== ¦new Lock()', null],
  ['x >= ¦new Lock()', null],
  ['x <= ¦new Lock()', null],
  ['x += ¦new Lock()', null],
  ['const f = () => ¦new Lock();', null],
  ['const f = (lock: Lock = ¦new Lock()) => 1;', 'lock'],
  ['constructor(private readonly lock = ¦new Lock()) {}', 'lock'],
  ['if (a) lock = ¦new Lock();', 'lock'],
  ['label: ¦new Lock();', null],
  ['case lock: ¦new Lock();', null],
  ['@inject() lock = ¦new Lock();', 'lock'],
  ['const text = "lock =" + ¦new Lock();', null],
  ['// lock =\n ¦new Lock();', null],
  ['const url = "http://x"; const lock = ¦new Lock();', 'lock'],
  ['cache.set("a", ¦new Lock());', null],
  ['const lock = Object.freeze(¦new Lock());', null],
  ['using lock = ¦new Lock();', 'lock'],
  ['await using lock = ¦new Lock();', 'lock'],
  ['get lock() { return this._lock ??= ¦new Lock(); }', '_lock'],
  ['return (this.lock = ¦new Lock());', 'lock'],
  ['const a = 1\nconst lock =\n\n ¦new Lock()', 'lock'],
  ['lock = cond && ¦new Lock();', null],
  ['const x = { a, ¦new: 1 }', null],
  ['enum A { B = ¦new Lock() }', 'B'],
  ['const lock: Lock | null = ¦new Lock();', 'lock'],
  ['const lock: { a: number } = ¦new Lock();', 'lock'],
  ['const lock: (a: number) => void = ¦new Lock();', 'lock'],
  ['foo(x, y ? { lock: ¦new Lock() } : 0)', 'lock'],
  ['x ? y : ¦new Lock()', null],
  ['use({ a: x ? y : ¦new Lock() })', null],
  ['type A = { lock: number }; let lock = ¦new Lock();', 'lock'],
  ['case a:\n lock = ¦new Lock();', 'lock'],
  ['x ? y : lock = ¦new Lock();', 'lock'],
  ['const { a: x, lock = ¦new Lock() } = o;', 'lock'],
  ['const { a: { b }, lock = ¦new Lock() } = o;', 'lock'],
  ['const f = ({ a: lock = ¦new Lock() }) => 1;', 'lock'],
  ['y : foo()\n lock = ¦new Lock();', 'lock'],
  ['const f = () => (¦new Lock());', null],
  ['use((¦new Lock()));', null],
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

  it('is looked for in any text without taking long', () => {
    const parts = [
      'a',
      ' ',
      ':',
      '=',
      '<',
      '>',
      '(',
      ')',
      '{',
      '[',
      ']',
      ',',
      '.',
      '?',
      "'",
      '`',
      '|',
      '=>',
      'readonly ',
      '\n',
      'new ',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 400 }), (texts) => {
        const source = `${texts.join('')}new Lock()`;
        const line = source.split('\n').length;
        assignedName(source, line, source.length - 'new Lock()'.length - source.lastIndexOf('\n'));
      }),
    );
    for (const part of [...parts, 'a:', 'a<', 'a|', 'a.', 'readonly ', '=>a', '<=>', '(a)', 'a[b]']) {
      assert.equal(assignedName(`${part.repeat(400)};new Lock()`, 1, 1), null);
    }
  });

  it('is unknown outside the file', () => {
    assert.equal(assignedName('const a = new Lock();', 7, 1), null);
    assert.equal(assignedName('', 1, 1), null);
    assert.equal(assignedName('const a = new Lock();', 0, 1), 'a');
  });
});

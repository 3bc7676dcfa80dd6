/** Numbering the calls of a text changes nothing that the text does: values, errors, lines, lengths of arguments. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import vm from 'node:vm';
import { transformSync } from 'esbuild';
import { publishRegisters, registers } from '../../src/recorder/sites/registers.js';
import { applyEdits, originalPosition } from '../../src/recorder/sites/static/edits.js';
import { lockNames, readFile } from '../../src/recorder/sites/static/main.js';
import { parse } from '../../src/recorder/sites/static/syntax.js';

const names = ['acquire', 'take', 'Mutex', 'make'];

function edited(source: string, isModule: boolean | null = null): string {
  const read = readFile(source, isModule, names, true);
  return read === null ? source : applyEdits(source, read.edits, 0).code;
}

/** What forms work with. Everything that is called tells what it was called with. */
const world = `
  const log = [];
  const tell = (name, that, args) => (log.push([name, that === undefined ? 0 : that.id ?? 1, args.length, ...args]), args[0] ?? name);
  const m = {
    id: 'm', n: 3, key: 'acquire',
    acquire(...args) { return tell('m.acquire', this, args); },
    take() { return arguments.length; },
    self() { log.push('self'); return this; },
    none: undefined, tag(strings, ...rest) { return strings.raw.join('|') + rest; },
    get acquireGetter() { log.push('get'); return this.acquire; },
    nested: { id: 'nested', acquire(...args) { return tell('nested.acquire', this, args); } },
  };
  class Mutex { constructor(...args) { this.id = 'M'; tell('Mutex', this, args); } acquire(...args) { return tell('M.acquire', this, args); } static make(...args) { return new this(...args); } }
  class Base { id = 'B'; acquire(...args) { return tell('B.acquire', this, args); } }
  const acquire = (...args) => tell('acquire', undefined, args);
  const f = (x) => (log.push('f'), x);
  const lock = m, x = 1, list = [1, 2], nothing = null;
  let y = 0;
`;

const expressions = [
  'm.acquire()',
  'm.acquire(1)',
  'm.acquire(1, 2, )',
  'm.acquire(...list)',
  'm.acquire(...list, 3)',
  'm.acquire(...f(list))',
  'm.acquire(f(1))',
  'm.acquire(f(1), 2)',
  'm.acquire(1, f(2))',
  'm.acquire(m.acquire(m.acquire(1)))',
  'm.self().acquire()',
  'm.self().acquire(1)',
  'm.self().acquire(f(1))',
  'm.self().acquire( /* none */ )',
  'm.self().self().acquire(...list)',
  'm.take()',
  'm.self().take()',
  'm.take(undefined)',
  'm.self().take(f(undefined))',
  'm?.acquire()',
  'm?.acquire(f(1))',
  'm?.self()?.acquire()',
  'm?.nested?.acquire(1)',
  'm?.nested.acquire(1).length',
  'nothing?.acquire(f(1))',
  'nothing?.a.acquire(f(1)).b',
  'm.none?.acquire(f(1))',
  'm.none?.(f(1))',
  'm.acquire?.(f(1))',
  'm.acquire?.()',
  'm["acquire"]()',
  'm[m.key](f(2))',
  'm[m.acquire("acquire")](1)',
  '(0, m.acquire)(1)',
  '(0, m.nested.acquire)(f(1))',
  '(m.acquire)(1)',
  '((m.acquire))(f(1))',
  '(m?.acquire)(1)',
  '(m?.acquire(1))',
  '(m?.self().acquire)(1)',
  '(m?.nested.self ?? m.acquire)?.call(m)',
  'delete m?.self().nested',
  'delete m.self().nested',
  'delete m?.acquire(1).x',
  '(m?.self().tag)`a${1}b`',
  'm.tag`a${m.acquire(2)}b`',
  'm.self().tag`x`',
  'acquire()',
  'acquire(1)',
  'acquire(f(1))',
  'acquire?.(1)',
  '(acquire)(1)',
  '(0, acquire)(f(1))',
  'typeof m.acquire(1)',
  'void m.acquire(1)',
  '!m.acquire(1)',
  '-m.acquire(1)',
  'm.acquire(1) + m.acquire(2)',
  'm.acquire(1) ? m.acquire(2) : m.acquire(3)',
  'm.acquire(0) || m.acquire(2)',
  'm.acquire(null) ?? m.acquire(f(2))',
  'm.acquire(1) && m.acquire(2)',
  'm.acquire(1), m.acquire(2)',
  '[m.acquire(1), ...[m.acquire(f(2))]]',
  '({ a: m.acquire(1), [m.acquire("k")]: 2, ...m.acquire({ z: 1 }) })',
  '`${m.acquire(1)} ${m.acquire(f(2))}`',
  'new Mutex(1).id',
  'new Mutex().acquire(1)',
  'new Mutex(f(1)).acquire(f(2))',
  'new (Mutex)(1).id',
  'new Mutex.make.constructor("return 1")()',
  'Mutex.make(1).acquire()',
  'new (class extends Mutex { constructor() { super(m.acquire(5)); } acquire(v) { return super.acquire(v) + super.acquire(f(v)); } })().acquire(4)',
  'new (class extends Base { #p() { return this.acquire(1); } acquire(v) { return v ? super.acquire(v) : this.#p(); } })().acquire()',
  'new (class { static s = m.acquire(1); f = m.acquire(2); [m.acquire("k")] = 3; static { m.acquire(4); } })().k',
  '((a = m.acquire(1), b = m.acquire(f(a))) => a + b)()',
  '(({ a = m.acquire(1) } = {}) => a)()',
  '(function* () { yield m.acquire(1); yield* [m.acquire(f(2))]; })().next().value',
  '(function () { "use strict"; return this === undefined && m.acquire(1); })()',
  '(() => m.acquire(1))()',
  '(() => ({ a: m.acquire(1) }))().a',
  '(y = m.acquire(1)) + y',
  '(m.n += m.acquire(1))',
  '(m.self().n = m.acquire(f(7)))',
  'm.acquire(() => 1)()',
  'm.acquire(function () { return arguments.length; })(1, 2)',
  'm.acquire((1, 2))',
  'm.acquire(y = 5) + y',
  'm.acquire(class { static q = 1; }).q',
  'm.acquireGetter(1)',
  'm.none()',
  'm.none.acquire()',
  'm.self().none()',
  'nothing.acquire(f(1))',
  'm.acquire.none.x()',
  'm.acquire(missing)',
  'm.self().acquire(missing)',
  'new m.acquire(1)',
  'm.acquire.call(m.nested, 1)',
  'm.self().acquire.apply(m.nested, [1, 2])',
  'm.acquire(1) instanceof Object',
  '"acquire" in m.acquire(m)',
  'm.self\n().acquire\n(f(1))',
];

/** Statements: what stands before and after counts. */
const statements = [
  'y = 1\nm.acquire(1)\nreturn y',
  'y = m\nm.acquire(1)',
  'if (x) m.acquire(1); else m.acquire(2)',
  'if (x) m.self().acquire(f(1))\nelse m.acquire(2)',
  'for (m.acquire(0); y < 2; y += m.acquire(1)) m.acquire(y)',
  'for (const k of m.acquire([1, 2])) m.acquire(k)',
  'for (const k in m.acquire({ a: 1 })) m.acquire(k)',
  'do m.acquire(1)\nwhile (y++ < 1)',
  'while (m.acquire(y++) < 2);',
  'a: m.acquire(1)\n{ m.acquire(2) }',
  'switch (m.acquire(1)) { case m.acquire(1): m.acquire(2); break; default: m.acquire(3) }',
  'try { m.acquire(1); throw m.acquire(f(2)) } catch (e) { m.acquire(e) } finally { m.acquire(4) }',
  'throw m.acquire(f(2))',
  'const { a = m.acquire(1), ...r } = m.acquire({ b: 2 }); return [a, r]',
  'let [a = m.acquire(1), b] = [undefined, m.acquire(2)]; return a + b',
  'm.acquire(1)\n;[1].map((v) => m.acquire(v))',
  'm.acquire(1)\n++y\nreturn y',
  'm\n.acquire(1)\n.toString()',
  'return m\n.self()\n.acquire(\n f(1),\n)',
  'var acquire2 = function acquire(n) { return n ? acquire(n - 1) : arguments.callee.length }; return acquire2(2)',
  'function acquireAll() { "use strict"; return acquire(1) }\nreturn acquireAll() + acquireAll.length + acquireAll.name',
  'function g(a, b = m.acquire(1)) { return a + b + g.length }\nreturn g(1)',
  'const o = { acquire() { return new.target === undefined }, get take() { return m.acquire(3) }, async lock() { await m.acquire(1) } }; return o.acquire() + o.take',
  'label: for (;;) { m.acquire(1); break label }',
  'with (m) { acquire(9) }',
  '"m.acquire()"; m.acquire(1)',
];

/** What a piece did: its value or error, what it called, where it failed. */
function effect(code: string): unknown {
  const source = `(function () {${world}let value, error; const run = () => {\n${code}\n};
    try { value = run(); } catch (e) { error = e instanceof Error ? [e.name, e.message, e.stack.match(/piece\\.js:(\\d+)/)?.[1]] : ['thrown', e]; }
    return JSON.stringify([String(value), value, error, log]); })()`;
  return vm.runInThisContext(source, { filename: 'piece.js' });
}

function assertSame(piece: string, code: string): void {
  const text = edited(`(function () { ${piece} })`).slice('(function () { '.length, -' })'.length);
  assert.equal(text.split('\n').length, piece.split('\n').length, piece);
  assert.equal(effect(code.replace('PIECE', () => text)), effect(code.replace('PIECE', () => piece)), piece);
}

describe('recorder: code with numbered calls does the same', () => {
  before(() => publishRegisters());
  after(() => delete (globalThis as Record<string, unknown>)['__tl$']);

  for (const [where, open, close] of [
    ['returned', 'return ', ''],
    ['as a statement', '', ';return y'],
    ['after a line without a semicolon', 'y = 2\n', '\nreturn y'],
    ['in an arrow function', 'return (() => ', ')()'],
    ['in a conditional argument', 'return f(x ? (', ') : 0)'],
  ] as const) {
    it(`expressions ${where}`, () => {
      for (const expression of expressions) {
        // After a number, what begins with a parenthesis is its argument.
        if (open.endsWith('\n') && /^[([`-]/.test(expression)) continue;
        assertSame(`${open}${expression}${close}`, 'PIECE');
      }
    });
  }

  it('statements', () => {
    for (const statement of statements) assertSame(statement, 'PIECE');
  });

  it('the value of a script, and directives', () => {
    for (const script of [
      'acquire(1)',
      '1; acquire(2)',
      '"use strict"; acquire(this === undefined)',
      'acquire(3)\nfunction g() {}',
    ]) {
      const run = (code: string): unknown =>
        vm.runInNewContext(`${code}`, { acquire: (value: unknown) => value, ['__tl$']: registers });
      assert.deepEqual(run(edited(script)), run(script), script);
    }
  });

  it('code of a lock keeps its caller without being seen', () => {
    const lock = `
      exports.Mutex = class Mutex {
        words = new Int32Array(4);
        acquire(index = Atomics.load(this.words, 0)) { return Atomics.compareExchange(this.words, index, 0, 1) + this.length; }
        get length() { return Atomics.load(this.words, 1); }
        each(body) { this.acquire(); return [1, 2].map((n) => { Atomics.add(this.words, 2, n); return body(n); }); }
        *all() { for (const n of this.words) yield Atomics.add(this.words, 3, n); }
        async later() { await null; return Atomics.load(this.words, 0); }
        releaser() { 'use strict'; return () => Atomics.store(this.words, 0, 0); }
        static #make() { return new Mutex(); }
        static make() { return this.#make(); }
      };
      exports.lengths = [exports.Mutex.length, exports.Mutex.prototype.acquire.length, exports.Mutex.prototype.each.name];
      const m = exports.Mutex.make();
      exports.result = [m.acquire(), m.acquire(0), m.each((n) => n * 2), [...m.all()].length, m.releaser()(), String(m.length)];
    `;
    const run = (code: string): Record<string, unknown> => {
      const exports: Record<string, unknown> = {};
      vm.compileFunction(code, ['exports'])(exports);
      return exports;
    };
    for (const source of [lock, transformSync(lock, { minifyWhitespace: true }).code]) {
      const text = edited(source);
      assert.notEqual(text, source);
      const { result, lengths } = run(text);
      assert.deepEqual({ result, lengths }, { result: run(lock)['result'], lengths: run(lock)['lengths'] });
    }
  });

  it('positions lead back to the original, from every place', () => {
    const source = 'const a = m.acquire(f(1));\nm.self().acquire(); m.acquire();';
    const read = readFile(source, null, names, false);
    const { code, insertions } = applyEdits(source, read?.edits ?? [], 1000);
    let at = 0;
    for (let i = 0; i < code.length; i++) {
      const original = originalPosition(insertions, i);
      assert.ok(original >= at && original <= source.length, `${i}`);
      at = original;
    }
    const kept = [...code].filter((_, i) => originalPosition(insertions, i) !== originalPosition(insertions, i + 1));
    assert.equal(kept.join(''), source);
  });

  it('modules keep their imports, and hashbangs their place', () => {
    const source = `#!/usr/bin/env node\nimport make, { acquire as take } from './x.mjs';\nexport default take(await make());\n`;
    const text = edited(source, true);
    assert.match(
      text,
      /^#!\/usr\/bin\/env node\nimport make, \{ acquire as take \} from '.\/x.mjs';\nexport default take\(__tl\$.pass\(/,
    );
    parse(text, true);
  });

  it('the names that lead into a lock file', () => {
    assert.deepEqual(lockNames(`export class Gate { open() { Atomics.notify(this.a, 0) } } export default Gate`), [
      'open',
    ]);
    assert.deepEqual(lockNames(`const a = 'Atomics'; function f() {} module.exports = f`), []);
    const single = lockNames(`module.exports = function take(a) { Atomics.wait(a, 0, 0) }`);
    assert.deepEqual(single, ['take', 'default']);
  });

  it('of this repository itself and some packages: parses again, lines stay', () => {
    let changed = 0;
    for (const file of [
      'acorn/dist/acorn.js',
      'mocha/lib/runner.js',
      'workerpool/dist/workerpool.js',
      'graceful-fs/polyfills.js',
      'p-limit/index.js',
      'async-mutex/lib/Mutex.js',
    ]) {
      let source: string;
      try {
        source = readFileSync(require.resolve(file.replace(/^/, '../../node_modules/')), 'utf8');
      } catch {
        continue;
      }
      const isModule = /^export /m.test(source);
      const text = edited(source, isModule);
      if (text !== source) changed++;
      parse(text, isModule);
      assert.equal(text.split('\n').length, source.split('\n').length, file);
    }
    assert.ok(changed > 0);
  });
});

/** Which requests the parser says that the function around them waits for. */
import assert from 'node:assert/strict';
import { readFile } from '../../src/recorder/sites/static/main.js';

/** Where the request is awaited, or that it is returned; null: it is not known to be waited for. */
function requestIn(source: string): 'awaited' | 'returned' | null {
  const { awaited = [] } = readFile(source, true, [], false) ?? {};
  const rows = awaited.filter(([, , callee]) => callee === 'request');
  assert.ok(rows.length <= 1);
  const [row] = rows;
  if (!row) return null;
  const [position, awaitPosition, , , start, end] = row;
  assert.ok(source.startsWith('request', position));
  assert.ok(start <= position && position < end);
  if (awaitPosition < 0) return 'returned';
  assert.ok(source.startsWith('await', awaitPosition));
  return 'awaited';
}

const REQUEST = "locks.request('a', f)";

const awaited = [
  'await R;',
  'const x = await R;',
  'const { x } = await (R);',
  'if (c) await R; else g();',
  'c && await R;',
  'for (const x of list) await R;',
  'try { await R; } finally { g(); }',
  'try { g(); } finally { await R; }',
  'try { return await R; } finally { g(); }',
  'await (c ? R : g());',
  'await (c && R);',
  'await (R ?? g());',
  'await (R || g());',
  'await (g(), R);',
  'await R.then(g);',
  'await (R).then((x) => x).catch(() => {}).finally(g);',
  'g(await R);',
  'await locks?.request("a", f);',
  'await navigator.locks.request("a", { mode: "shared" }, async () => g());',
];

const returned = ['return R;', 'if (c) return R;', 'try { return R; } catch { g(); }', 'return c ? R : null;'];

const unknown = [
  'R;',
  'void R;',
  'const p = R; g(); await p;',
  'let p; await (p = R);',
  'await Promise.race([R, g()]);',
  'await Promise.any([R]);',
  'await Promise.all([R, g()]);',
  'await withTimeout(R, 100);',
  'await withTimeout(() => R.x);',
  'await [R];',
  'await { p: R };',
  'await { ...R };',
  'await (R, g());',
  'await (R && g());',
  'await (R ? 1 : 2);',
  'await R.then(make());',
  'await R.race(g);',
  'await R.then;',
  'await (R.then);',
  'await R.then.call(R);',
  'await !R;',
  'await `${R}`;',
  'await new locks.request("a", f);',
  'for await (const x of R);',
  'R.then(g);',
  'try { return R; } finally { return 1; }',
  'try { try { return R; } catch {} } finally { return 1; }',
  'return [R];',
  'return new Promise((done) => { R.then(done); setTimeout(done, 10); });',
];

describe('recorder: calls that are awaited', () => {
  for (const [expected, forms] of [
    ['awaited', awaited],
    ['returned', returned],
    [null, unknown],
  ] as const) {
    for (const form of forms) {
      const body = form.replaceAll('R', REQUEST);
      it(`${expected ?? 'unknown'}: ${form}`, () => {
        assert.equal(requestIn(`async () => { ${body} };`), expected);
        assert.equal(requestIn(`({ async m() { ${body} } });`), expected);
        assert.equal(requestIn(`async function* g() { ${body} }`), null);
      });
    }
  }

  it('an arrow gives back what it is', () => {
    assert.equal(requestIn(`() => ${REQUEST};`), 'returned');
    assert.equal(requestIn(`() => (c ? ${REQUEST} : 0);`), 'returned');
    assert.equal(requestIn(`() => [${REQUEST}];`), null);
  });

  it('belongs to the innermost function', () => {
    const inner = `async () => { await ${REQUEST}; }`;
    const source = `async () => { const late = ${inner}; await Promise.race([late(), g()]); };`;
    const row = readFile(source, true, [], false)?.awaited.find(([, , callee]) => callee === 'request');
    assert.ok(row);
    assert.equal(source.slice(row[4], row[5]), inner);
    assert.equal(row[6], 'late');
  });

  it('is of a callback when it is written as one', () => {
    const isCallback = (source: string): boolean | undefined => readFile(source, true, [], false)?.awaited[0]?.[7];
    assert.equal(isCallback(`locks.request('b', {}, async () => { await save(); });`), true);
    assert.equal(isCallback(`const f = async () => { await save(); }; locks.request('b', f);`), false);
    assert.equal(isCallback(`locks.query(async () => { await save(); }); locks.request('b', f);`), false);
  });

  it('nothing at the top level is inside of a function', () => {
    assert.equal(requestIn(`await ${REQUEST};`), null);
  });

  it('a name means a function only when it can mean nothing else', () => {
    const meaning = (text: string): boolean => {
      const source = `${text}\n() => save();\n// locks.request()`;
      const row = readFile(source, false, [], false)?.awaited.find(([, , callee]) => callee === 'save');
      assert.ok(row);
      if (row[3] >= 0) assert.match(source.slice(row[3]), /^(?:async )?(?:function save)?\(\)/);
      return row[3] >= 0;
    };
    for (const text of [
      'const save = async () => {};',
      'async function save() {}',
      'exports.save = async () => {}; const save = async () => {};',
    ])
      assert.ok(meaning(text), text);
    for (const text of [
      'let save = async () => {};',
      'function save() {} save = race;',
      'function save() {} { function save() {} }',
      'function save() {} const f = (save) => save;',
      'function save() {} const f = ({ a: [save] }) => save;',
      'function save() {} try {} catch (save) {}',
      'const save = wrap(async () => {});',
      'const { save } = store;',
      'function save() {} for (save of list);',
      'function save() {} const f = function save() {};',
      'class save {} { function save() {} }',
    ])
      assert.ok(!meaning(text), text);
  });

  it('is asked of files that request Web Locks only', () => {
    assert.equal(readFile('async () => { await save(); };', true, [], false), null);
  });
});

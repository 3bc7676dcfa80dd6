import assert from 'node:assert/strict';
import { findTsx, parseNodeVersion, typeStripping, type NodeVersion } from '../../src/base/typescriptRuntime.js';

describe('what runs TypeScript', () => {
  it('reads versions as Node prints them', () => {
    assert.deepEqual(parseNodeVersion('v22.18.0\n'), [22, 18]);
    assert.deepEqual(parseNodeVersion('24.1.0'), [24, 1]);
    assert.equal(parseNodeVersion('bun 1.2.3'), null);
  });

  it('knows which Node strips types, and with what option', () => {
    const versions: [NodeVersion, readonly string[] | null][] = [
      [[20, 19], null],
      [[22, 5], null],
      [[22, 6], ['--experimental-strip-types']],
      [[22, 17], ['--experimental-strip-types']],
      [[22, 18], []],
      [[23, 5], ['--experimental-strip-types']],
      [[23, 6], []],
      [[24, 0], []],
    ];
    for (const [version, options] of versions) assert.deepEqual(typeStripping(version), options, version.join('.'));
  });

  it('finds the nearest tsx above a program', () => {
    const there = new Set(['/app/node_modules/tsx/dist/loader.mjs']);
    assert.equal(
      findTsx('/app/src/deep/main.ts', (path) => there.has(path)),
      '/app/node_modules/tsx/dist/loader.mjs',
    );
    assert.equal(
      findTsx('/other/main.ts', (path) => there.has(path)),
      null,
    );
  });
});

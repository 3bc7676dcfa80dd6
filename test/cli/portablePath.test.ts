import assert from 'node:assert/strict';
import { portablePath } from '../../src/cli/portablePath.js';

describe('paths in reports', () => {
  const table: readonly (readonly [path: string, root: string, expected: string])[] = [
    ['src/a.ts', '/home/me/app', 'src/a.ts'],
    ['../lib/a.ts', '/home/me/app', '../lib/a.ts'],
    ['/home/me/lib/a.ts', '/home/me/app', '../lib/a.ts'],
    ['/home/me/app/a.ts', '/home/me/app', 'a.ts'],
    ['/home/me/app/a.ts', '/home/me/app/', 'a.ts'],
    ['/home/a.ts', '/home/me/app', '../../a.ts'],
    ['/srv/data/a.ts', '/home/me/app', 'a.ts'],
    ['/srv/data/a.ts', '', 'a.ts'],
    ['/usr/lib/node_modules/tsx/dist/a.js', '/home/me/app', 'node_modules/tsx/dist/a.js'],
    ['/x/node_modules/.pnpm/a@1/node_modules/a/i.js', '/x', 'node_modules/a/i.js'],
    ['file:///home/me/lib/a.ts', '/home/me/app', '../lib/a.ts'],
    ['file:///C:/me/lib/a.ts', 'C:/me/app', '../lib/a.ts'],
    ['C:\\me\\lib\\a.ts', 'C:/me/app', '../lib/a.ts'],
    ['D:/lib/a.ts', 'C:/me/app', 'a.ts'],
    ['https://example.org/a.js', '/home/me/app', 'https://example.org/a.js'],
    ['data:text/javascript,1', '/home/me/app', 'data-url-236e56eb'],
    ['evalmachine.<anonymous>', '/home/me/app', 'evalmachine.<anonymous>'],
  ];
  for (const [path, root, expected] of table) {
    it(`${path} of ${root === '' ? 'no root' : root} is ${expected}`, () => {
      assert.equal(portablePath(path, root), expected);
    });
  }
});

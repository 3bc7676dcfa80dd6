import assert from 'node:assert/strict';
import { bestMatch, candidatePaths, commonSuffix, lastName } from '../../src/extension/sourcePath.js';

describe('source paths', () => {
  it('tries the root of the trace, then the folders of the workspace', () => {
    assert.deepEqual(candidatePaths('src/a.ts', '/home/x/app/', ['/ws']), ['/home/x/app/src/a.ts', '/ws/src/a.ts']);
    assert.deepEqual(candidatePaths('src/a.ts', '', ['/ws']), ['/ws/src/a.ts']);
    assert.deepEqual(candidatePaths('/abs/a.ts', '/root', ['/ws']), ['/abs/a.ts']);
    assert.deepEqual(candidatePaths('C:/abs/a.ts', '/root', []), ['C:/abs/a.ts']);
    assert.deepEqual(candidatePaths('file:///abs/a%20b.ts', '/root', []), ['/abs/a b.ts']);
  });

  it('counts the names that two paths end with', () => {
    assert.equal(commonSuffix('/ci/build/src/pool/worker.ts', '/home/me/src/pool/worker.ts'), 3);
    assert.equal(commonSuffix('C:\\ci\\pool\\worker.ts', '/me/pool/worker.ts'), 2);
    assert.equal(commonSuffix('../lib/worker.ts', 'worker.ts'), 1);
    assert.equal(commonSuffix('a.ts', 'b.ts'), 0);
  });

  it('takes the longest common end, and nothing when two are equal', () => {
    const found = ['/ws/worker.ts', '/ws/pool/worker.ts', '/ws/other/worker.ts'];
    assert.equal(bestMatch('/ci/src/pool/worker.ts', found), '/ws/pool/worker.ts');
    assert.equal(bestMatch('/ci/src/third/worker.ts', found), null);
    assert.equal(bestMatch('/ci/worker.ts', ['/ws/worker.ts']), '/ws/worker.ts');
    assert.equal(bestMatch('/ci/a.ts', ['/ws/b.ts']), null);
  });

  it('searches by the last name', () => {
    assert.equal(lastName('../x/y.ts'), 'y.ts');
    assert.equal(lastName('C:\\x\\y.ts'), 'y.ts');
  });
});

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { sha256 } from '../../src/base/sha256.js';

const expected = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('SHA-256', () => {
  it('is that of the platform, at every length around a block', () => {
    for (let length = 0; length < 200; length++) assert.equal(sha256('x'.repeat(length)), expected('x'.repeat(length)));
    const long = 'größer als ein Block 🙂\n'.repeat(20_000);
    assert.equal(sha256(long), expected(long));
  });

  it('of any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => assert.equal(sha256(text), expected(text))));
  });
});

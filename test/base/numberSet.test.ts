import assert from 'node:assert/strict';
import fc from 'fast-check';
import { NumberSet } from '../../src/base/numberSet.js';

describe('a set of numbers', () => {
  it('has what was added, and nothing else', () => {
    const number = fc.oneof(fc.nat(100), fc.nat(100_000), fc.integer({ min: 2 ** 32 - 100, max: 2 ** 32 - 1 }));
    fc.assert(
      fc.property(fc.array(number), fc.array(number), (added, asked) => {
        const numbers = new NumberSet();
        for (const one of added) numbers.add(one);
        for (const one of [...added, ...asked]) assert.equal(numbers.has(one), added.includes(one));
      }),
    );
  });
});

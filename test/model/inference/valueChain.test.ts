import assert from 'node:assert/strict';
import { nanos } from '../../../src/base/brand.js';
import { ValueChain } from '../../../src/model/inference/valueChain.js';
import type { WordOperation } from '../../../src/model/inference/wordOperation.js';

/** `1 compareExchange 0 1`: thread, what it did, what it found, what it left. */
function chainOf(...operations: readonly string[]): ValueChain {
  const chain = new ValueChain();
  for (const [i, text] of operations.entries()) {
    const [thread, verb, old, now] = text.split(' ') as [string, WordOperation['verb'], string, string];
    const what = { thread: Number(thread), verb, old: Number(old), now: Number(now) };
    chain.take({ ...what, t: nanos(i), stack: -1, sampled: false, bounded: false });
  }
  return chain;
}

const round = ['1 compareExchange 0 1', '1 store NaN 0'];
const rounds = (count: number): string[] => Array.from({ length: count }, () => round).flat();

describe('values of a word', () => {
  it('follow from each other', () => {
    const { current, isOpen, isImpure } = chainOf(...rounds(3), '2 exchange 0 2', '1 read 2 2');
    assert.deepEqual([current, isOpen, isImpure], [2, false, false]);
  });

  it('are put in order where a time stamp came too late', () => {
    const { current, isOpen, isImpure } = chainOf(
      '1 compareExchange 0 1',
      '2 compareExchange 0 1',
      '2 store NaN 0',
      '1 store NaN 0',
    );
    assert.deepEqual([current, isOpen, isImpure], [0, false, false]);
  });

  it('that nobody wrote keep the end open, and show in time that somebody else writes', () => {
    assert.equal(chainOf(...rounds(3), '1 compareExchange 5 1').isOpen, true);
    assert.equal(chainOf(...rounds(3), '1 compareExchange 5 1', ...rounds(40)).isImpure, true);
  });

  it('that do not fit once in thousands are the clock', () => {
    const two = Array.from({ length: 1500 }, () => [...round, '2 compareExchange 0 1', '2 store NaN 0']).flat();
    const chain = chainOf(...two, '1 compareExchange 5 1', '2 store NaN 0', ...two);
    assert.equal(chain.isImpure, false);
  });
});

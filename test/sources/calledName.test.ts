import assert from 'node:assert/strict';
import { calledName } from '../../src/sources/calledName.js';

describe('the name of what is called at a position', () => {
  const cases: readonly (readonly [text: string, at: string, name: string | null])[] = [
    ['await lock.withAsync(work)', 'withAsync', 'withAsync'],
    ['await this.#lock?.withAsync<void>(work)', 'this', 'withAsync'],
    ['lock . acquire ()', 'lock', 'acquire'],
    ['lock!.acquire?.()', 'lock', 'acquire'],
    ['acquire(lock)', 'acquire', 'acquire'],
    ['const held = lock;', 'lock', null],
    ['locks[0].acquire()', 'locks', null],
  ];
  for (const [text, at, name] of cases)
    it(`of ${text}`, () => assert.equal(calledName(`\n  ${text}\n`, 2, 3 + text.indexOf(at)), name));

  it('is not known outside of the text', () => {
    assert.equal(calledName('lock.acquire()', 7, 1), null);
    assert.equal(calledName('lock.acquire()', 1, 70), null);
  });
});

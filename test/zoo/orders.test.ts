import assert from 'node:assert/strict';
import type { Finding } from '../../src/analysis/finding.js';
import { judged } from './judged.js';
import { LOCKS } from './locks.js';
import { programOf } from './scenarios.js';
import { runVirtually } from './virtualProgram.js';

const [lock] = LOCKS;

function findings(threads: Readonly<Record<string, string>>, options = {}): readonly Finding[] {
  assert.ok(lock);
  const { text, run } = programOf(lock, { name: '', threads, expected: [] });
  const words = new Int32Array(8);
  const given = run.map((thread) => ({ ...thread, args: [words] }));
  return judged(runVirtually(text, given, { ...options, killMs: 20_000 })).findings;
}

const nested = (first: string, second: string): string =>
  `for (let n = 0; n < 6; n++) { ${first}.lock(); sleep(1); ${second}.lock(); ${second}.unlock(); ${first}.unlock(); }`;
const ids = (found: readonly Finding[]): string[] => found.map(({ id }) => id);

describe('orders of user locks', () => {
  it('that form a circle are told, with the lines that take the locks', () => {
    const found = findings({ one: nested('a', 'b'), two: `sleep(500); ${nested('b', 'a')}` });
    assert.deepEqual(ids(found), ['lock-order-inversion']);
    const [inversion] = found as [Finding];
    assert.ok(inversion.objects.every(({ inferred, kind }) => inferred && kind === 'lock'));
    assert.ok(inversion.locations.every(({ function: fn }) => fn === 'one' || fn === 'two'));
    assert.match(inversion.message, /inferred `Lock at byte 0/);
  });

  it('are told of no thread that only tries', () => {
    const tries = 'for (let n = 0; n < 6; n++) { b.lock(); if (a.tryLock()) a.unlock(); b.unlock(); }';
    assert.deepEqual(ids(findings({ one: nested('a', 'b'), two: `sleep(500); ${tries}` })), []);
  });

  it('behind a common lock are fine', () => {
    const behind = (what: string): string => `for (let n = 0; n < 4; n++) { c.lock(); ${what} c.unlock(); }`;
    assert.deepEqual(
      ids(findings({ one: behind(nested('a', 'b')), two: `sleep(500); ${behind(nested('b', 'a'))}` })),
      [],
    );
  });

  it('are nothing where the text is not known: a try looks the same', () => {
    assert.deepEqual(
      ids(findings({ one: nested('a', 'b'), two: `sleep(500); ${nested('b', 'a')}` }, { isUnread: true })),
      [],
    );
  });
});

describe('contention of user locks', () => {
  const busy = 'for (let n = 0; n < 30; n++) { a.lock(); sleep(20); a.unlock(); }';

  it('is told with the lines that wait and that hold', () => {
    const [contention, ...others] = findings({ one: busy, two: busy, three: busy });
    assert.deepEqual(ids(others), []);
    assert.equal(contention?.id, 'contention');
    assert.equal(contention.severity, 'warning');
    assert.deepEqual(
      contention.locations.map(({ role }) => role),
      ['waits', 'holds'],
    );
    assert.equal(contention.objects[0]?.inferred, true);
  });

  it('is nothing to speak of where the lock is a signal', () => {
    const waits = 'for (let n = 0; n < 30; n++) a.lock();';
    const gives = 'for (let n = 0; n < 40; n++) { sleep(20); a.unlock(); }';
    assert.deepEqual(ids(findings({ one: waits, two: gives })), []);
  });
});

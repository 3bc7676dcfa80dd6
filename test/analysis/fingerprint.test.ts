import assert from 'node:assert/strict';
import type { FindingLocation, FindingObject } from '../../src/analysis/finding.js';
import { fingerprint } from '../../src/analysis/fingerprint.js';

type Place = Pick<FindingLocation, 'role' | 'file' | 'function'>;

const lock = (name: string, id = 1): FindingObject => ({ id, kind: 'lock', name, inferred: false });
const holds: Place = { role: 'holds', file: 'a.ts', function: 'work' };
const waits: Place = { role: 'waits', file: 'b.ts', function: null };
const base = fingerprint('deadlock', [lock('cache'), lock('index', 2)], [holds, waits]);

describe('fingerprint', () => {
  it('is short text that never changes for the same cause', () => {
    assert.match(base, /^[0-9a-f]{16}$/);
    assert.equal(base, '1869437ceb03ef39');
  });

  it('does not depend on numbers, nor on the order or number of its parts', () => {
    assert.equal(fingerprint('deadlock', [lock('index', 7), lock('cache', 9)], [waits, holds, waits]), base);
    const withLines = { ...holds, line: 7, column: 1, thread: 4, object: 2, timeMs: 3, stack: [] };
    assert.equal(fingerprint('deadlock', [lock('cache'), lock('index', 2)], [withLines, waits]), base);
  });

  const others: Readonly<Record<string, string>> = {
    id: fingerprint('abandoned-lock', [lock('cache'), lock('index')], [holds, waits]),
    'name of an object': fingerprint('deadlock', [lock('cache'), lock('other')], [holds, waits]),
    'kind of an object': fingerprint('deadlock', [lock('cache'), { ...lock('index'), kind: 'rlock' }], [holds, waits]),
    role: fingerprint('deadlock', [lock('cache'), lock('index')], [{ ...holds, role: 'posts' }, waits]),
    file: fingerprint('deadlock', [lock('cache'), lock('index')], [{ ...holds, file: 'c.ts' }, waits]),
    function: fingerprint('deadlock', [lock('cache'), lock('index')], [{ ...holds, function: 'rest' }, waits]),
    'a location less': fingerprint('deadlock', [lock('cache'), lock('index')], [holds]),
  };
  it('differs with all that makes the cause', () => {
    assert.equal(new Set([base, ...Object.values(others)]).size, Object.keys(others).length + 1);
  });
});

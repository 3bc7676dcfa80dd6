import assert from 'node:assert/strict';
import type { Finding } from '../../src/analysis/finding.js';
import { DEFAULT_FAIL_ON, parseFailOn } from '../../src/cli/failOn.js';
import { emptyFinding } from '../fixtures/emptyFinding.js';

describe('--fail-on', () => {
  const table: readonly (readonly [what: string, finding: Partial<Finding>, fails: boolean])[] = [
    ['warning', { severity: 'error' }, true],
    ['error', { severity: 'warning' }, false],
    ['note', { severity: 'note' }, true],
    ['none', { severity: 'error' }, false],
    ['none,deadlock', { severity: 'error' }, true],
    ['contention', { id: 'contention', severity: 'note' }, true],
    ['contention', { id: 'contention', severity: 'note', grade: 'possible' }, false],
    ['note', { severity: 'note', grade: 'possible' }, false],
    [DEFAULT_FAIL_ON, { id: 'lock-order-inversion', severity: 'warning', grade: 'possible' }, true],
    [DEFAULT_FAIL_ON, { id: 'contention', severity: 'warning' }, false],
  ];
  for (const [what, change, fails] of table) {
    it(`${what} ${fails ? 'fails' : 'passes'} ${JSON.stringify(change)}`, () => {
      assert.equal(parseFailOn(what)({ ...emptyFinding, ...change }), fails);
    });
  }
});

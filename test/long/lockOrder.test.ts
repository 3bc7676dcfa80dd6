/** Lock order against all schedules, on more programs, with the shares. */
import assert from 'node:assert/strict';
import { compareLockOrder, shareText } from '../analysis/bruteForce/compareLockOrder.js';

describe('lock order, against all schedules of many small programs', () => {
  for (const [name, isMixed, least] of [
    ['of locks only', false, 0.9],
    ['of locks, starts, joins, events, tries and readers', true, 0.7],
  ] as const) {
    it(name, function () {
      this.timeout(900_000);
      const share = compareLockOrder(1, 10_000, isMixed);
      console.log(`      ${shareText(share)}`);
      assert.ok(share.found >= share.real * least, shareText(share));
    });
  }
});

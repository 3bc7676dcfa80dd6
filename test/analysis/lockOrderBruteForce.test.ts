import assert from 'node:assert/strict';
import { compareLockOrder, shareText } from './bruteForce/compareLockOrder.js';

describe('lock order, against all schedules of small programs', () => {
  for (const isMixed of [false, true]) {
    it(`tells from one run what another may come to${isMixed ? ', with starts, joins, events, tries and readers' : ''}`, () => {
      const share = compareLockOrder(1, 150, isMixed);
      // The programs must be worth trying.
      assert.ok(share.real > 30, shareText(share));
      assert.equal(share.found, share.real, shareText(share));
      assert.ok(share.wrong <= share.told / 20, shareText(share));
    });
  }
});

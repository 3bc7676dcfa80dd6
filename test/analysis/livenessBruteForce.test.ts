import assert from 'node:assert/strict';
import { compareLiveness } from './bruteForce/compareLiveness.js';

describe('who is dead', () => {
  it('is who can never run again, whatever the others do, in random states of all kinds of waits', () => {
    const { dead } = compareLiveness(1, 2000);
    // The states must be worth trying.
    for (const grade of ['certain', 'likely', 'possible'])
      assert.ok((dead[grade] as number) > 40, `${grade} ${dead[grade]}`);
  });
});

/** Who is dead, by the analysis and by trying all that can happen, in more states. */
import { compareLiveness } from '../analysis/bruteForce/compareLiveness.js';

describe('who is dead in many random states', () => {
  it('is who can never run again', function () {
    this.timeout(1_200_000);
    const { states, dead } = compareLiveness(1, 100_000);
    console.log(`      ${states} states: ${JSON.stringify(dead)}`);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { leastFixpoint, type Formula } from '../../src/analysis/fixpoint.js';
import { stronglyConnected } from '../../src/analysis/stronglyConnected.js';

const SIZE = 6;
const node = fc.nat({ max: SIZE - 1 });
const formula: fc.Arbitrary<Formula> = fc.oneof(
  { weight: 1, arbitrary: fc.constant<Formula>('nothing') },
  { weight: 1, arbitrary: fc.constant<Formula>('anyone') },
  { weight: 5, arbitrary: fc.array(node, { maxLength: 3 }) },
  { weight: 2, arbitrary: fc.array(node, { minLength: 1, maxLength: 3 }).map((all) => ({ all })) },
);

function holds(formula: Formula, self: number, living: ReadonlySet<number>): boolean {
  if (formula === 'nothing') return true;
  if (formula === 'anyone') return [...living].some((id) => id !== self);
  return 'all' in formula ? formula.all.every((id) => living.has(id)) : formula.some((id) => living.has(id));
}

/** Of all sets that are closed under the formulas, what they have in common. */
function byBruteForce(formulas: readonly Formula[]): number[] {
  let common = new Set(formulas.keys());
  for (let bits = 0; bits < 1 << formulas.length; bits++) {
    const living = new Set([...formulas.keys()].filter((id) => bits & (1 << id)));
    const isClosed = formulas.every((one, id) => living.has(id) || !holds(one, id, living));
    if (isClosed) common = new Set([...common].filter((id) => living.has(id)));
  }
  return [...common].sort();
}

describe('liveness', () => {
  it('is the least fixpoint', () =>
    fc.assert(
      fc.property(fc.array(formula, { minLength: 1, maxLength: SIZE }), (formulas) => {
        assert.deepEqual([...leastFixpoint(new Map(formulas.entries()))].sort(), byBruteForce(formulas));
      }),
      { numRuns: 500 },
    ));

  it('takes a long chain', () => {
    const formulas = new Map<number, Formula>([[0, 'nothing']]);
    for (let id = 1; id < 50_000; id++) formulas.set(id, [id - 1]);
    assert.equal(leastFixpoint(formulas).size, 50_000);
  });
});

describe('strongly connected parts', () => {
  it('hold exactly the nodes that reach each other, what they lead to first', () =>
    fc.assert(
      fc.property(fc.array(fc.array(node, { maxLength: 3 }), { minLength: SIZE, maxLength: SIZE }), (edges) => {
        const reach = edges.map((_, from) => {
          const seen = new Set([from]);
          for (const at of seen) for (const to of edges[at] ?? []) seen.add(to);
          return seen;
        });
        const parts = stronglyConnected(edges);
        assert.deepEqual(parts.flat().sort(), [...edges.keys()]);
        parts.forEach((part, i) => {
          for (const a of part) {
            for (const b of edges.keys()) {
              const together = reach[a]?.has(b) === true && reach[b]?.has(a) === true;
              assert.equal(part.includes(b), together);
              if (reach[a]?.has(b) === true) assert.ok(parts.findIndex((other) => other.includes(b)) <= i);
            }
          }
        });
      }),
      { numRuns: 500 },
    ));
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { millisFromNanos } from '../../../src/base/brand.js';
import type { Statistics } from '../../../src/analysis/statistics/statistics.js';
import { traceHeader } from '../../fixtures/traceHeader.js';
import { collected } from './collected.js';
import { program, QUEUE, Simulation } from './simulation.js';

const statisticsOf = async ({ events }: Simulation, pathRows?: number): Promise<Statistics> =>
  collected((visitor) => {
    visitor.header?.(traceHeader);
    for (const id of [1, 2, 3]) {
      visitor.object?.({ id, kind: 'lock', name: null, stack: -1, thread: 0, capacity: null });
    }
    visitor.object?.({ id: QUEUE, kind: 'queue', name: 'q', stack: -1, thread: 0, capacity: 0 });
    visitor.events?.(events);
  }, pathRows);

/** Stretches of one thread that follow upon each other as one. */
function joined(stretches: readonly (readonly [number, number, number])[]): string[] {
  const all: [number, number, number][] = [];
  for (const [thread, from, to] of stretches) {
    const last = all.at(-1);
    if (last?.[0] === thread && last[2] === from) last[2] = to;
    else all.push([thread, from, to]);
  }
  return all.map((stretch) => stretch.join(' '));
}

const pathOf = ({ criticalPath: { segments } }: Statistics): string[] =>
  joined(segments.map(({ thread, fromMs, toMs }) => [thread, fromMs, toMs]));

describe('the critical path of simulated runs', () => {
  it('is the one that is walked back from the end over who ended whose wait', async () => {
    let passed = 0;
    await fc.assert(
      fc.asyncProperty(program, async (ops) => {
        const simulation = new Simulation(ops);
        const statistics = await statisticsOf(simulation);
        const walked = simulation.path().map(([thread, from, to]) => [thread, ms(from), ms(to)] as const);
        assert.deepEqual(pathOf(statistics), joined(walked));
        assert.equal(statistics.criticalPath.totalMs, statistics.elapsedMs);
        passed += statistics.criticalPath.waits.length;
      }),
      { numRuns: 200 },
    );
    assert.ok(passed > 200, 'the runs wait for each other');
  });

  it('has the same shares when its past is folded', async () => {
    await fc.assert(
      fc.asyncProperty(program, fc.integer({ min: 4, max: 40 }), async (ops, rows) => {
        const simulation = new Simulation(ops);
        const whole = await statisticsOf(simulation);
        const folded = await statisticsOf(simulation, rows);
        assert.equal(folded.criticalPath.totalMs, folded.elapsedMs);
        if (folded.incomplete.length === 0) assert.deepEqual(folded, whole);
      }),
      { numRuns: 200 },
    );
  });

  it('comes with blame that sums to the waiting', async () => {
    await fc.assert(
      fc.asyncProperty(program, async (ops) => {
        for (const { lock, waits } of (await statisticsOf(new Simulation(ops))).objects) {
          if (lock === undefined) continue;
          const waited = sum(waits.map(({ totalMs }) => totalMs));
          assert.ok(Math.abs(sum(lock.blame.map((row) => row.ms)) - waited) <= 0.01 * waited + 1e-9);
        }
      }),
      { numRuns: 100 },
    );
  });
});

const ms = (t: number): number => millisFromNanos(t);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

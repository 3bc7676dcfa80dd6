import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Statistics } from '../../../src/analysis/statistics/statistics.js';
import { traceHeader } from '../../fixtures/traceHeader.js';
import { randomProgram, type RandomProgram } from '../../model/randomProgram.js';
import { collected } from './collected.js';

/** The trace of a random program, each time in other pieces. */
async function statisticsOf(program: RandomProgram, pathRows?: number): Promise<Statistics> {
  return collected((visitor) => {
    visitor.header?.(traceHeader);
    for (const thread of program.threads) visitor.thread?.(thread);
    for (const object of program.objects) visitor.object?.(object);
    visitor.events?.(program.events);
  }, pathRows);
}

function assertClose(actual: number, wanted: number, share: number, what: string): void {
  assert.ok(Math.abs(actual - wanted) <= share * wanted + 1e-6, `${what}: ${actual} is not ${wanted}`);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('statistics of random programs', () => {
  it('have a critical path as long as the run, without gaps', async () => {
    await fc.assert(
      fc.asyncProperty(randomProgram, async (program) => {
        const { criticalPath, elapsedMs } = await statisticsOf(program);
        assertClose(criticalPath.totalMs, elapsedMs, 0.001, 'the critical path');
        assertClose(sum(criticalPath.threads.map(({ ms }) => ms)), elapsedMs, 0.001, 'its threads');
        let t = 0;
        for (const { fromMs, toMs } of criticalPath.segments) {
          assertClose(fromMs, t, 0.001, 'a segment');
          t = toMs;
        }
        assertClose(t, elapsedMs, 0.001, 'the last segment');
      }),
      { numRuns: 200 },
    );
  });

  it('have the same critical path however little is kept wait by wait', async () => {
    await fc.assert(
      fc.asyncProperty(randomProgram, fc.integer({ min: 8, max: 60 }), async (program, rows) => {
        const whole = (await statisticsOf(program)).criticalPath;
        const { criticalPath: folded, incomplete } = await statisticsOf(program, rows);
        assertClose(folded.totalMs, whole.totalMs, 0.001, 'the folded path');
        if (incomplete.length === 0) assert.deepEqual(folded, whole);
      }),
      { numRuns: 200 },
    );
  });

  it('charge all waiting for locks, each moment once', async () => {
    await fc.assert(
      fc.asyncProperty(randomProgram, async (program) => {
        for (const { subject, lock, waits } of (await statisticsOf(program)).objects) {
          if (lock === undefined) continue;
          const waited = sum(waits.map(({ totalMs }) => totalMs));
          assertClose(sum(lock.blame.map(({ ms }) => ms)), waited, 0.01, subject.object?.name ?? '');
        }
      }),
      { numRuns: 200 },
    );
  });

  it('share the life of each thread out among its states', async () => {
    await fc.assert(
      fc.asyncProperty(randomProgram, async (program) => {
        const { parallelism, elapsedMs } = await statisticsOf(program);
        for (const { thread, statesMs } of parallelism.threads) {
          assertClose(sum(Object.values(statesMs)), elapsedMs, 0.001, thread.name);
        }
      }),
      { numRuns: 100 },
    );
  });
});

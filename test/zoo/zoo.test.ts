import assert from 'node:assert/strict';
import { errors, judged, judgedFrom } from './judged.js';
import { LOCKS, type ZooLock } from './locks.js';
import { programOf, SCENARIOS, type Scenario } from './scenarios.js';
import { runVirtually, type VirtualLog, type VirtualOptions } from './virtualProgram.js';

function run(lock: ZooLock, scenario: Scenario, options: VirtualOptions = {}): VirtualLog {
  const { text, run: threads } = programOf(lock, scenario);
  const words = lock.isBig === true ? new BigInt64Array(8) : new Int32Array(8).fill(lock.initial ?? 0);
  const { mainResources = 0, killMs = 4000 } = scenario;
  return runVirtually(
    text,
    threads.map((thread) => ({ ...thread, args: [words, ...(thread.args ?? []).slice(1)] })),
    { mainResources, killMs, ...options },
  );
}

/** What goes well for as long as it runs. */
const healthy = SCENARIOS.filter(
  ({ expected, killMs, mainResources }) => expected.length === 0 && killMs === undefined && mainResources === undefined,
);

function expectedOf(lock: ZooLock, { expected, forReentrant, isCold }: Scenario): readonly string[] {
  if (lock.isKnownByUse === true && isCold === true) return [];
  return (lock.isReentrant === true ? forReentrant : undefined) ?? expected;
}

describe('zoo of user locks', () => {
  for (const lock of LOCKS) {
    describe(lock.name, () => {
      for (const scenario of SCENARIOS) {
        it(scenario.name, () => {
          const verdict = judged(run(lock, scenario));
          const ids = [...new Set(errors(verdict).map((error) => error.split(' ')[0] as string))];
          assert.deepEqual(ids, expectedOf(lock, scenario), verdict.findings.map(({ message }) => message).join('\n'));
        });
      }
      it('says the same from a snapshot on', () => {
        for (const scenario of SCENARIOS) {
          const log = run(lock, scenario);
          const whole = errors(judged(log));
          // Who looks again and again is believed after ten times: too many for the end of a trace.
          for (const share of lock.polls === true ? [0.3, 0.6] : [0.3, 0.6, 0.8, 0.97]) {
            const cut = Math.floor(log.events.length * share);
            assert.deepEqual(
              errors(judgedFrom(log, cut)),
              whole,
              `${scenario.name} from ${cut} of ${log.events.length}`,
            );
          }
        }
      });

      it('says nothing of what is cut off', () => {
        for (const [i, scenario] of healthy.entries()) {
          const log = run(lock, scenario, { seed: i + 3, lateUs: 4 });
          for (let cut = 1; cut <= 40; cut++) {
            const events = Math.floor((log.events.length * cut) / 41);
            for (const laterMs of [20, 3000])
              assert.deepEqual(errors(judged(log, events, laterMs)), [], `${scenario.name}, ${events} events`);
          }
        }
      });
    });
  }
});

import assert from 'node:assert/strict';
import { lockFindings, traceOf } from './lockFindings.js';

/** `a` holds from 0 to 100, `b` from 100 to 160; `c` waits from 10 to 160, behind both. */
const queue = `
  at 0: 1 acquired lock @1
  at 10: 3 acquire lock @3
  at 20: 2 acquire lock @2
  at 100: 1 release lock
  at 100: 2 acquired lock @2
  at 160: 2 release lock
  at 160: 3 acquired lock @3
  at 170: 3 release lock`;

const plainSpaces = (text: string | undefined): string => (text ?? '').replaceAll('\u00a0', ' ');

describe('contention', () => {
  it('charges each interval to the holder during it, and names the worst pair of lines', async () => {
    const { contention } = await lockFindings(traceOf(queue));
    const [finding, ...others] = contention;
    assert.ok(finding);
    assert.deepEqual(others, []);
    assert.deepEqual(finding.cost, { waitMs: 230, count: 2 });
    assert.equal(finding.severity, 'note', 'two waits');
    assert.deepEqual(
      finding.locations.map(({ role, line, thread }) => [role, line, thread]),
      [
        ['waits', 3, 3],
        ['holds', 1, 1],
      ],
    );
    assert.equal(
      plainSpaces(finding.verdict),
      'Contention: `lock` cost 230 ms of waiting: 2 threads queue at app.ts:3; `thread#1` holds it up to 100 ms at app.ts:1.',
    );
    assert.match(
      plainSpaces(finding.message),
      /90.0 ms of it at src\/app.ts:3 while it was held from src\/app.ts:1 on/,
    );
  });

  it('is silent for a lock that others give back: it is a signal', async () => {
    const signal = queue.replace('at 170: 3 release', 'at 170: 1 release');
    assert.deepEqual((await lockFindings(traceOf(signal))).contention, []);
  });

  it('names who held it while others waited, not who held it longest', async () => {
    const later = `${queue}
      at 200: 2 acquired lock @1
      at 900: 2 release lock`;
    const [finding] = (await lockFindings(traceOf(later))).contention;
    assert.match(plainSpaces(finding?.message), /worker "thread#1" held it up to 100 ms/);
  });

  it('does not speak of the half of one wait', async () => {
    const once = traceOf(`
      at 0: 1 acquired lock @1
      at 10: 2 acquire lock @2
      at 100: 1 release lock
      at 100: 2 acquired lock @2`);
    const [finding] = (await lockFindings(once)).contention;
    assert.doesNotMatch(finding?.message ?? '', /half/);
    assert.match(
      (await lockFindings(traceOf(queue))).contention[0]?.message ?? '',
      /2 waits: half of them longer than/,
    );
  });

  describe('is a warning only with some weight', () => {
    /** Each round, `1` holds for so many milliseconds and `2` waits for it. */
    const rounds = (holds: readonly number[]): string => {
      let t = 0;
      const steps = holds.flatMap((hold) => {
        const round = [
          `at ${t}: 1 acquired lock @1`,
          `at ${t}: 2 acquire lock @2`,
          `at ${t + hold}: 1 release lock`,
          `at ${t + hold}: 2 acquired lock @2`,
          `at ${t + hold}: 2 release lock`,
        ];
        t += hold + 1;
        return round;
      });
      return traceOf(steps.join('\n'));
    };
    const severity = async (text: string): Promise<string | undefined> =>
      (await lockFindings(text)).contention[0]?.severity;
    const times = (n: number, hold: number): number[] => new Array<number>(n).fill(hold);

    it('ten short waits that matter are', async () => assert.equal(await severity(rounds(times(12, 10))), 'warning'));

    it('three waits in 200 ms are none, nor few more', async () => {
      assert.equal(await severity(rounds(times(3, 60))), 'note');
      assert.equal(await severity(rounds(times(9, 60))), 'note');
      assert.equal(await severity(rounds(times(10, 60))), 'warning');
    });

    it('three holds that were long, beside many short ones, make none', async () => {
      assert.equal(await severity(rounds([...times(40, 1), 300, 300, 300])), 'note');
      assert.equal(await severity(rounds([...times(40, 1), 300, 300, 300, 300])), 'warning');
    });

    it('one hold that many wait for makes none', async () => {
      const waiters = Array.from({ length: 20 }, (_, i) => i + 2);
      const gate = [
        'at 0: 1 acquired lock @1',
        ...waiters.map((thread) => `at 1: ${thread} acquire lock @2`),
        'at 400: 1 release lock',
        ...waiters.flatMap((thread) => [`at 400: ${thread} acquired lock @2`, `at 400: ${thread} release lock`]),
      ];
      assert.equal(await severity(traceOf(gate.join('\n'))), 'note');
    });
  });

  it('is silent below 50 ms', async () => {
    const short = traceOf(`
      at 0: 1 acquired lock @1
      at 10: 2 acquire lock @2
      at 59: 1 release lock
      at 60: 2 acquired lock @2`);
    assert.deepEqual((await lockFindings(short)).contention, []);
    const long = traceOf(`
      at 0: 1 acquired lock @1
      at 10: 2 acquire lock @2
      at 60: 1 release lock
      at 61: 2 acquired lock @2`);
    assert.equal((await lockFindings(long)).contention.length, 1);
  });

  it('is silent below 1 % of the run', async () => {
    const run = (end: number): string => traceOf(`${queue}\nat ${end}: 1 sleep.begin`);
    assert.equal((await lockFindings(run(22_900))).contention.length, 1);
    assert.deepEqual((await lockFindings(run(23_100))).contention, []);
  });

  it('leaves a wait that never ends to those who say that it is stuck', async () => {
    const stuck = traceOf(`
      at 0: 1 acquired lock @1
      at 10: 2 acquire lock @2
      at 5000: 3 sleep.begin`);
    assert.deepEqual((await lockFindings(stuck)).contention, []);
  });

  it('leaves a lock whose owner has ended to those who say that it was left behind', async () => {
    const timedOut = (end: string): string =>
      traceOf(`
      at 0: 1 acquired lock @1
      at 1: 1 ${end}
      at 10: 2 acquire lock @2 {"timeout":200}
      at 210: 2 refused lock {"reason":"timeout"}`);
    assert.equal((await lockFindings(timedOut('sleep.begin'))).contention.length, 1);
    assert.deepEqual((await lockFindings(timedOut('thread.end 1'))).contention, []);
  });

  it('charges nobody while the lock is free', async () => {
    const slowWake = traceOf(`
      at 0: 1 acquired lock @1
      at 10: 2 acquire lock @2
      at 20: 1 release lock
      at 200: 2 acquired lock @2`);
    const [finding] = (await lockFindings(slowWake)).contention;
    assert.deepEqual(finding?.cost, { waitMs: 190, count: 1 });
    assert.match(
      plainSpaces(finding.message),
      /10.0 ms of it at src\/app.ts:2 while it was held from src\/app.ts:1 on/,
    );
  });
});

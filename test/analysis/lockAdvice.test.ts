import assert from 'node:assert/strict';
import { analyse, complete, event, object, threads } from './analyse.js';
import { lockFindings, traceOf } from './lockFindings.js';

/** Each thread holds a lock and asks for the next; `lines`: where it took it, where it asks. */
function circle(lines: readonly (readonly [holds: number, waits: number])[], before: readonly string[] = []): string {
  const count = lines.length;
  return [
    threads(...lines.map((_, i) => `t${i + 1}`)),
    ...lines.map((_, i) => object(i + 1, 'lock', String.fromCharCode(97 + i))),
    ...before,
    ...lines.map(([line], i) => event(100, i + 1, 'lock.acquired', i + 1, line, { arg: 1 })),
    ...lines.map(([, line], i) => event(101, i + 1, 'lock.acquire', ((i + 1) % count) + 1, line)),
    complete(5000),
  ].join('\n');
}

const adviceOf = async (trace: string): Promise<string | undefined> => (await analyse(trace)).findings[0]?.advice;

describe('advice for locks in a circle', () => {
  it('of two: the order of one for the other', async () =>
    assert.equal(
      await adviceOf(
        circle([
          [10, 12],
          [20, 22],
        ]),
      ),
      'Take `a` before `b` in app.js:20-22, as app.js:10-12 does.',
    ));

  it('of two: the order that more places of the run have', async () => {
    const taking = (t: number, line: number): string[] => [
      event(t, 2, 'lock.acquired', 2, line, { arg: 1 }),
      event(t + 1, 2, 'lock.acquired', 1, line + 1, { arg: 1 }),
      event(t + 2, 2, 'lock.release', 1, line + 2, { arg: 0 }),
      event(t + 3, 2, 'lock.release', 2, line + 3, { arg: 0 }),
    ];
    const lines = [
      [10, 12],
      [20, 22],
    ] as const;
    assert.equal(
      await adviceOf(circle(lines, [...taking(10, 50), ...taking(20, 60), ...taking(30, 60)])),
      'Take `b` before `a` in app.js:10-12, as the other 3 places do.',
    );
  });

  it('of two at the same lines: an order that does not depend on who calls', async () =>
    assert.equal(
      await adviceOf(
        circle([
          [10, 12],
          [10, 12],
        ]),
      ),
      'Number these locks, and take the one with the smaller number first in app.js:10-12.',
    ));

  it('of locks that one line makes: the same, for no name tells which comes first', async () => {
    const made = (id: number, name: string): string =>
      JSON.stringify({ object: id, kind: 'lock', name, at: 'app.js:1:9' });
    const trace = circle([
      [10, 12],
      [20, 22],
    ])
      .replace(object(1, 'lock', 'a'), made(1, 'a'))
      .replace(object(2, 'lock', 'b'), made(2, 'b'));
    assert.equal(
      await adviceOf(trace),
      'Number these locks, and take the one with the smaller number first in app.js:10-12 and app.js:20-22.',
    );
  });

  it('of three: the one place to change', async () =>
    assert.equal(
      await adviceOf(
        circle([
          [10, 12],
          [20, 22],
          [30, 32],
        ]),
      ),
      'Take `a`, `b` and `c` in this order everywhere: in app.js:30-32, `a` before `c`.',
    ));

  it('of three, two of them at the same lines: the place that is not shared', async () =>
    assert.equal(
      await adviceOf(
        circle([
          [10, 12],
          [20, 22],
          [20, 22],
        ]),
      ),
      'Take `b`, `c` and `a` in this order everywhere: in app.js:10-12, `b` before `a`.',
    ));

  it('is the same for what did not happen', async () => {
    const program = [1, 2]
      .map((thread) => {
        const [first, second] = thread === 1 ? ['a', 'b'] : ['b', 'a'];
        return `${thread} acquired ${first} @10\n${thread} acquired ${second} @11\n${thread} release ${second}\n${thread} release ${first}`;
      })
      .join('\n');
    const [finding] = (await lockFindings(traceOf(program))).order;
    assert.equal(
      finding?.advice,
      'Number these locks, and take the one with the smaller number first in src/app.ts:10-11.',
    );
  });
});

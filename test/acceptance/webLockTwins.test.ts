/** Web Locks are told like the library's: the same program has the same finding, while it hangs and from its file. */
import assert from 'node:assert/strict';
import { VARIATIONS, type Variation } from './programs.js';
import { assertLines, hasWebLocks, namesOf, PATIENCE_MS, Runs, type Finding } from './webLockRuns.js';
import {
  FLAVOURS,
  gated,
  inTurn,
  itself,
  opposite,
  ordered,
  ring,
  throughFunctions,
  type Flavour,
  type Twin,
} from './webLockTwins.js';

type Tag = [role: string, tag: string];

const [variation, otherVariation] = VARIATIONS as [Variation, Variation];

const stuck: readonly (readonly [
  what: string,
  twin: Twin,
  used: Variation,
  id: string,
  threads: number,
  tags: Tag[],
])[] = [
  ...VARIATIONS.map((used) => {
    const tags: Tag[] = ['a', 'b'].flatMap((one): Tag[] => [
      ['holds', `holds-${one}`],
      ['waits', `waits-${one}`],
    ]);
    return [`${used.names.join(' and ')} in opposite orders`, opposite, used, 'deadlock', 2, tags] as const;
  }),
  [
    'three in a ring',
    ring,
    variation,
    'deadlock',
    3,
    [
      ['holds', 'holds'],
      ['waits', 'waits'],
    ],
  ],
  [
    'through functions',
    throughFunctions,
    otherVariation,
    'deadlock',
    2,
    [
      ['holds', 'holds'],
      ['waits', 'waits'],
    ],
  ],
  [
    'a thread and itself',
    itself,
    otherVariation,
    'self-deadlock',
    1,
    [
      ['holds', 'holds'],
      ['waits', 'waits'],
    ],
  ],
];

const healthy: readonly (readonly [what: string, twin: Twin])[] = [
  ['always in the same order', ordered],
  ['behind a gate', gated],
  ['one at a time', inTurn],
];

/** All that does not depend on which lock it is. */
const saidOf = ({ id, severity, grade, title, threads, objects, locations }: Finding): unknown => ({
  ...{ id, severity, grade, title },
  threads: namesOf(threads),
  objects: namesOf(objects),
  lines: locations.map(({ role, line }) => `${role} ${line}`).sort(),
});

describe('web locks, as the library’s locks', function () {
  this.timeout(3 * PATIENCE_MS);
  let runs: Runs;

  before(function () {
    if (!hasWebLocks) {
      this.test?.parent?.eachTest((test) => (test.title += ' (this Node has no Web Locks)'));
      this.skip();
    }
    runs = new Runs();
  });
  after(() => runs?.remove());

  /** Told at once, which ends the program, and with the same words from the file. */
  function endedByDeadlock(name: string, text: string): { program: string; finding: Finding } {
    const program = runs.write(name, text);
    const { code, stderr, trace } = runs.recordToEnd(program, ['--on-deadlock', 'end']);
    assert.equal(code, 86, stderr);
    const { code: checkCode, findings } = runs.check(trace);
    assert.equal(checkCode, 1);
    assert.equal(findings.length, 1, JSON.stringify(findings));
    const [finding] = findings as [Finding];
    assert.ok(stderr.includes(finding.message), `${stderr}\n---\n${finding.message}`);
    return { program, finding };
  }

  for (const [i, [what, twin, used, id, threads, tags]] of stuck.entries()) {
    it(`stuck: ${what}`, () => {
      const said = FLAVOURS.map((flavour: Flavour, k) => {
        const text = twin(flavour, used);
        const { program, finding } = endedByDeadlock(`stuck-${i}-${k}.cjs`, text);
        assert.equal(finding.id, id);
        assert.equal(finding.grade, 'certain', flavour.name);
        assert.equal(finding.threads.length, threads);
        assertLines(finding, text, program, ...tags);
        return saidOf(finding);
      });
      assert.deepEqual(said[1], said[0]);
    });
  }

  for (const [i, [what, twin]] of healthy.entries()) {
    it(`healthy: ${what}`, () => {
      for (const [k, flavour] of FLAVOURS.entries()) {
        const program = runs.write(`healthy-${i}-${k}.cjs`, twin(flavour, variation));
        const { code, stderr, trace } = runs.recordToEnd(program, ['--on-deadlock', 'end']);
        assert.equal(code, 0, stderr);
        assert.doesNotMatch(stderr, /likely|certain/);
        assert.deepEqual(runs.check(trace).findings, [], flavour.name);
      }
    });
  }
});

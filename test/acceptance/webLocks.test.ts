/** Web Locks, from a program to its verdict: what is said of them is what is said of the library's locks. */
import assert from 'node:assert/strict';
import { VARIATIONS, type Variation } from './programs.js';
import {
  healthyRequests,
  invertedRequests,
  nestedRequest,
  oppositeRequests,
  racedRequests,
  requestsInCircle,
  returnedRequests,
  storedRequests,
} from './webLockPrograms.js';
import { assertLines, hasWebLocks, namesOf, PATIENCE_MS, Runs, type Finding } from './webLockRuns.js';

let runs: Runs;

/** The only finding of a program that hangs: told while it does, and with the same words from its file. */
async function toldAndChecked(program: string, grade = 'certain'): Promise<Finding> {
  const { stderr, trace } = await runs.recordUntilTold(program);
  const { findings } = runs.check(trace);
  assert.equal(findings.length, 1, JSON.stringify(findings));
  const [finding] = findings as [Finding];
  assert.equal(finding.severity, 'error');
  assert.equal(finding.grade, grade);
  assert.ok(stderr.includes(finding.message), `${stderr}\n---\n${finding.message}`);
  assert.ok(finding.objects.every(({ kind }) => kind === 'weblock'));
  return finding;
}

describe('web locks, from a program to its verdict', function () {
  this.timeout(3 * PATIENCE_MS);

  before(function () {
    if (!hasWebLocks) {
      this.test?.parent?.eachTest((test) => (test.title += ' (this Node has no Web Locks)'));
      this.skip();
    }
    runs = new Runs();
  });
  after(() => runs?.remove());

  for (const [i, variation] of VARIATIONS.entries()) {
    const { names, objects } = variation;
    it(`${names.join(' and ')}: two locks in opposite orders`, async () => {
      const text = oppositeRequests(variation);
      const program = runs.write(`opposite-${i}.cjs`, text);
      const finding = await toldAndChecked(program);
      assert.equal(finding.id, 'deadlock');
      assert.deepEqual(namesOf(finding.threads), [...names].sort());
      assert.deepEqual(namesOf(finding.objects), [...objects].sort());
      assertLines(
        finding,
        text,
        program,
        ['holds', 'holds-a'],
        ['waits', 'waits-a'],
        ['holds', 'holds-b'],
        ['waits', 'waits-b'],
      );
    });

    it(`${names.join(' and ')}: a lock-order inversion where it did not happen`, () => {
      const text = invertedRequests(variation);
      const program = runs.write(`inverted-${i}.cjs`, text);
      const { code, trace } = runs.recordToEnd(program);
      assert.equal(code, 0);
      const { findings } = runs.check(trace);
      assert.deepEqual(
        findings.map((finding) => [finding.id, finding.severity]),
        [['lock-order-inversion', 'warning']],
      );
      const at = ['first-a', 'second-a', 'first-b', 'second-b'].map((tag): [string, string] => ['acquires', tag]);
      assertLines(findings[0] as Finding, text, program, ...at);
    });
  }

  const [variation, otherVariation] = VARIATIONS as [Variation, Variation];

  it('is certain where each callback returns its next request, and ends the program when that was asked for', () => {
    const text = returnedRequests(otherVariation);
    const program = runs.write('returned.cjs', text);
    const { code, trace, stderr } = runs.recordToEnd(program, ['--on-deadlock', 'end']);
    assert.equal(code, 86);
    const { code: checkCode, findings } = runs.check(trace);
    assert.equal(checkCode, 1);
    assert.deepEqual(
      findings.map(({ id, grade }) => [id, grade]),
      [['deadlock', 'certain']],
    );
    const [finding] = findings as [Finding];
    assert.ok(stderr.includes(finding.message));
    assert.deepEqual(namesOf(finding.threads), [...otherVariation.names].sort());
    assertLines(finding, text, program, ['holds', 'both'], ['waits', 'both']);
  });

  it('three threads in a circle, in a module', async () => {
    const text = requestsInCircle(variation);
    const program = runs.write('circle.mjs', text);
    const finding = await toldAndChecked(program);
    assert.equal(finding.id, 'deadlock');
    assert.deepEqual(namesOf(finding.threads), [...variation.names, 'third'].sort());
    assertLines(finding, text, program, ['holds', 'holds'], ['waits', 'waits']);
  });

  it('a callback that asks for its own lock', async () => {
    const text = nestedRequest(otherVariation);
    const program = runs.write('nested.cjs', text);
    const finding = await toldAndChecked(program);
    assert.equal(finding.id, 'self-deadlock');
    assert.deepEqual(namesOf(finding.threads), [otherVariation.names[0]]);
    assertLines(finding, text, program, ['holds', 'holds'], ['waits', 'waits']);
  });

  it('is likely where it cannot be read what the callbacks wait for', async () => {
    const text = storedRequests(variation);
    const program = runs.write('stored.cjs', text);
    const finding = await toldAndChecked(program, 'likely');
    assert.equal(finding.id, 'deadlock');
    assertLines(finding, text, program, ['holds', 'holds'], ['waits', 'waits']);
  });

  it('is silent where the callbacks give up waiting', () => {
    const program = runs.write('raced.cjs', racedRequests(variation));
    const { code, stderr, trace } = runs.recordToEnd(program, ['--on-deadlock', 'end']);
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /likely|certain/);
    assert.deepEqual(
      runs.check(trace).findings.filter(({ severity }) => severity === 'error'),
      [],
    );
  });

  it('is silent about leaders, watchers, tries and locks that are held across messages', () => {
    const program = runs.write('healthy.cjs', healthyRequests(variation));
    const { code, stderr, trace } = runs.recordToEnd(program);
    assert.equal(code, 0);
    assert.doesNotMatch(stderr, /likely|certain/);
    assert.deepEqual(runs.check(trace).findings, []);
  });
});

import assert from 'node:assert/strict';
import type { Finding } from '../../src/analysis/finding.js';
import { accept } from '../../src/report/acceptance.js';
import { formatBaseline, parseBaseline, type Baseline } from '../../src/report/baseline.js';
import { groupedFindings, type CheckedFinding } from '../../src/report/checked.js';
import { parseSuppressions, suppresses, type Suppression } from '../../src/report/suppressions.js';
import { circle, known, noPlace, oddNames, verdictOf } from './checkedRun.js';

const found = (...findings: Finding[]): CheckedFinding[] =>
  groupedFindings([{ verdict: verdictOf('a.lanes', findings), folder: '' }]);

const baselineOf = (...findings: Finding[]): Baseline => {
  const parsed = parseBaseline(formatBaseline(found(...findings)));
  assert.ok(parsed.ok);
  return parsed.value;
};

const acceptedBy = (baseline: Baseline, finding: Finding): string | undefined =>
  accept(found(finding), { baseline, suppressions: [] }).findings[0]?.acceptance?.by;

describe('a baseline', () => {
  it('reads back what it was written from, and is the same for the same findings', () => {
    assert.deepEqual([...baselineOf(circle, known).severities.keys()].sort(), ['c1rc1e', 'kn0wn']);
    const other = { ...circle, fingerprint: 'other' };
    assert.equal(formatBaseline(found(circle, known, other)), formatBaseline(found(other, known, circle)));
    assert.equal(formatBaseline([]), '{\n  "version": 1,\n  "findings": []\n}\n');
  });

  it('knows a finding by its fingerprint, and nothing else of it', () => {
    assert.equal(acceptedBy(baselineOf(circle), { ...circle, title: 'other', message: 'other' }), 'baseline');
    assert.equal(acceptedBy(baselineOf(circle), { ...circle, fingerprint: 'other' }), undefined);
  });

  it('does not know what was less severe', () => {
    const asNote = baselineOf({ ...circle, severity: 'note' });
    assert.equal(acceptedBy(asNote, circle), undefined);
    assert.equal(acceptedBy(baselineOf(circle), { ...circle, severity: 'note' }), 'baseline');
  });

  const entry = { fingerprint: 'f', id: 'deadlock', severity: 'error', title: '' };
  const wrong: readonly (readonly [content: string, sentence: RegExp])[] = [
    ['', /^It is not JSON: /],
    ['{"version": 1, "findings": [', /^It is not JSON: /],
    ['null', /^It is not a baseline: write one/],
    ['[]', /^It is not a baseline/],
    ['{"version": 1}', /^It is not a baseline/],
    ['{"findings": []}', /^It is not a baseline/],
    ['{"version": 2, "findings": []}', /^It has version 2, and this Threadlanes reads 1: update/],
    ['{"version": 1, "findings": [null]}', /^Finding 1 has no fingerprint/],
    [JSON.stringify({ version: 1, findings: [entry, { ...entry, severity: 'fatal' }] }), /^Finding 2 .*severity/],
    [JSON.stringify({ version: 1, findings: [{ ...entry, severity: 'toString' }] }), /^Finding 1 .*severity/],
  ];
  for (const [content, sentence] of wrong) {
    it(`says in a sentence what is wrong with ${content === '' ? 'an empty file' : content}`, () => {
      const parsed = parseBaseline(content);
      assert.ok(!parsed.ok);
      assert.match(parsed.message, sentence);
    });
  }
});

const parsedEntry = (entry: unknown): ReturnType<typeof parseSuppressions> =>
  parseSuppressions(JSON.stringify({ suppressions: [entry] }));

describe('suppressions', () => {
  const entry = { id: 'contention', reason: 'Measured.' };

  const fits: readonly (readonly [fields: Partial<Suppression>, fits: boolean])[] = [
    [{ fingerprint: '0dd' }, true],
    [{ fingerprint: '0de' }, false],
    [{ object: 'a|b, 50%: {c}' }, true],
    [{ object: 'a' }, false],
    [{ file: '../lib/a b#1.ts' }, true],
    [{ file: '../lib/*' }, true],
    [{ file: '**/*.ts' }, true],
    [{ file: '../**' }, true],
    [{ file: '*' }, false],
    [{ file: '../lib' }, false],
    [{ file: '../lib/a b#?.ts' }, true],
    [{ file: '../lib/a b#1xts' }, false],
    [{ file: '../lib/*', object: 'other' }, false],
    [{ fingerprint: '0dd', id: 'deadlock' }, false],
  ];
  for (const [fields, expected] of fits) {
    it(`${JSON.stringify(fields)} ${expected ? 'fits' : 'does not fit'}`, () => {
      const parsed = parsedEntry({ ...entry, ...fields });
      assert.ok(parsed.ok);
      assert.equal(suppresses(parsed.value[0] as Suppression, oddNames), expected);
    });
  }

  it('match any location of a finding, and folders at the start of a path or none', () => {
    const at = (file: string): boolean => suppresses({ id: 'deadlock', file, reason: 'x' }, circle);
    assert.deepEqual(['src/query.ts', './src/query.ts', '**/query.ts', 'src/**/query.ts', 'query.ts'].map(at), [
      true,
      true,
      true,
      true,
      false,
    ]);
  });

  const wrong: readonly (readonly [entry: unknown, sentence: RegExp])[] = [
    [{ id: 'contention', file: 'a.ts' }, /^Suppression 1 \(contention\) has no "reason": say why/],
    [{ id: 'contention', file: 'a.ts', reason: '  ' }, /has no "reason"/],
    [{ id: 'contenton', file: 'a.ts', reason: 'x' }, /^Suppression 1 \(contenton\) needs an "id", one of deadlock, /],
    [{ file: 'a.ts', reason: 'x' }, /^Suppression 1 needs an "id", one of/],
    [{ id: 'contention', reason: 'x' }, /needs a fingerprint, file, object: say which one is meant/],
    [{ id: 'contention', file: '', reason: 'x' }, /needs a fingerprint, file, object/],
    [{ id: 'contention', fle: 'a.ts', reason: 'x' }, /has "fle": it may have id, fingerprint, file, object, reason\./],
    [{ id: 'contention', file: 5, reason: 'x' }, /has a "file" that is not a text\./],
    ['contention', /^Suppression 1 is not an object/],
    [null, /^Suppression 1 is not an object/],
    [[], /^Suppression 1 is not an object/],
  ];
  for (const [one, sentence] of wrong) {
    it(`says in a sentence what is wrong with ${JSON.stringify(one)}`, () => {
      const parsed = parsedEntry(one);
      assert.ok(!parsed.ok);
      assert.match(parsed.message, sentence);
    });
  }

  it('says in a sentence what is wrong with a file', () => {
    for (const [text, sentence] of [
      ['suppressions:', /^It is not JSON: /],
      ['{}', /^It has no list "suppressions"/],
      ['null', /^It has no list "suppressions"/],
      ['{"suppressions": {}}', /^It has no list "suppressions"/],
    ] as const) {
      const parsed = parseSuppressions(text);
      assert.ok(!parsed.ok);
      assert.match(parsed.message, sentence);
    }
  });

  it('go before the baseline, and those that nothing needs are known', () => {
    const needed = { id: 'deadlock', file: 'src/store.ts', reason: 'A test.' };
    const again = { id: 'deadlock', object: 'cache', reason: 'The same.' };
    const idle = { id: 'deadlock', file: 'src/gone.ts', reason: 'Once.' };
    const { findings, unused } = accept(found(circle, noPlace), {
      baseline: baselineOf(circle),
      suppressions: [idle, needed, again],
    });
    assert.deepEqual(
      findings.map(({ acceptance }) => acceptance),
      [{ by: 'suppression', reason: 'A test.' }, null],
    );
    assert.deepEqual(unused, [idle]);
  });
});

import assert from 'node:assert/strict';
import { CATALOGUE } from '../../src/analysis/catalogue.js';
import type { Finding } from '../../src/analysis/finding.js';
import { checkedVerdict } from '../../src/report/checked.js';
import { formatSarif, type SarifOptions } from '../../src/report/sarif.js';
import { checkedRun, circle, noPlace, oddNames, verdictOf } from './checkedRun.js';
import { sarifMistakes } from './sarifShape.js';

interface Located {
  readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region?: object };
  readonly message?: { readonly text: string };
}

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly message: { readonly text: string };
  readonly locations: readonly Located[];
  readonly relatedLocations?: readonly Located[];
  readonly codeFlows?: readonly {
    readonly threadFlows: readonly {
      readonly id: string;
      readonly locations: readonly { readonly executionOrder: number; readonly location: Located }[];
    }[];
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly baselineState?: string;
  readonly suppressions: readonly { readonly justification: string }[];
}

interface Run {
  readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
  readonly results: readonly Result[];
}

const run = (checked = checkedRun(), options: SarifOptions = {}): Run =>
  (JSON.parse(formatSarif(checked, options)) as { runs: [Run] }).runs[0];

const resultOf = (finding: Finding): Result =>
  run(checkedVerdict(verdictOf('run.lanes', [finding]))).results[0] as Result;

describe('SARIF', () => {
  it('has what the schema wants, and nothing that it does not know', () => {
    for (const options of [{}, { version: '1.2.3', hasBaseline: true }]) {
      assert.deepEqual(sarifMistakes(JSON.parse(formatSarif(checkedRun(), options))), []);
    }
    assert.deepEqual(sarifMistakes(JSON.parse(formatSarif(checkedVerdict(verdictOf('run.lanes', []))))), []);
  });

  it('has the whole catalogue as rules, and each result points to its own', () => {
    const { tool, results } = run();
    assert.deepEqual(
      tool.driver.rules.map(({ id }) => id),
      CATALOGUE.map(({ id }) => id),
    );
    for (const { ruleId, ruleIndex } of results) assert.equal(tool.driver.rules[ruleIndex]?.id, ruleId);
  });

  it('knows a result again by our fingerprint, which has no line in it', () => {
    const moved = { ...circle, locations: circle.locations.map((one) => ({ ...one, line: one.line + 7 })) };
    assert.deepEqual(resultOf(moved).partialFingerprints, resultOf(circle).partialFingerprints);
    assert.deepEqual([...new Set(Object.values(resultOf(circle).partialFingerprints))], ['c1rc1e']);
  });

  it('points at a wait, and at the other places with what happens there', () => {
    const { locations, relatedLocations = [] } = resultOf(circle);
    assert.deepEqual(
      [...locations, ...relatedLocations].map(({ message }) => message?.text),
      ['writer waits for `index`', 'writer holds `cache`', 'reader holds `index`', 'reader waits for `cache`'],
    );
    assert.deepEqual(locations[0]?.physicalLocation.region, { startLine: 48, startColumn: 9 });
  });

  it('tells the columns of the story thread by thread, in the order in which it happened', () => {
    const [flow] = resultOf(circle).codeFlows ?? [];
    assert.deepEqual(
      flow?.threadFlows.map(({ id, locations }) => [id, locations.map(({ executionOrder }) => executionOrder)]),
      [
        ['writer', [1, 3]],
        ['reader', [2, 4]],
      ],
    );
    assert.equal(resultOf(oddNames).codeFlows, undefined);
  });

  it('names files as URIs, which signs in their names do not break', () => {
    const uriOf = (finding: Finding): string | undefined =>
      resultOf(finding).locations[0]?.physicalLocation.artifactLocation.uri;
    assert.equal(uriOf(oddNames), '../lib/a%20b%231.ts');
    const address = 'https://example.org/a b.js';
    const remote = { ...oddNames, locations: oddNames.locations.map((one) => ({ ...one, file: address })) };
    assert.equal(uriOf(remote), 'https://example.org/a%20b.js');
  });

  it('says texts as they are: braces stand for arguments', () => {
    assert.match(resultOf(oddNames).message.text, /^likely: main waits for `a\|b, 50%: \{\{c\}\}`/);
  });

  it('stands at the trace where no line is known', () => {
    assert.deepEqual(
      resultOf(noPlace).locations.map(({ physicalLocation }) => physicalLocation.artifactLocation.uri),
      ['run.lanes'],
    );
    const { results } = run(checkedVerdict(verdictOf('-', [noPlace])));
    assert.deepEqual(results[0]?.locations, []);
  });

  it('has what does not count, with the reason why', () => {
    const { results } = run(checkedRun(), { hasBaseline: true });
    assert.deepEqual(
      results.map(({ baselineState, suppressions }) => [
        baselineState,
        suppressions.map(({ justification }) => justification).join(),
      ]),
      [
        ['new', ''],
        ['unchanged', 'It stands in the baseline.'],
        ['new', ''],
        ['new', 'Once a day: measured.'],
        ['new', ''],
      ],
    );
  });

  it('says of nothing that it is new where there was no baseline', () => {
    assert.ok(run().results.every(({ baselineState }) => baselineState === undefined));
  });
});

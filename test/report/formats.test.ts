import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPORT_FORMATS, type ReportFormat } from '../../src/report/formats.js';
import { checkedRun } from './checkedRun.js';

interface Sarif {
  readonly runs: [{ tool: { driver: { rules: { id: string }[] } }; results: { ruleIndex?: number }[] }];
}

/** Without what changes whenever the catalogue grows: of the rules one is enough to look at. */
function withOneRule(text: string): string {
  const log = JSON.parse(text) as Sarif;
  const [{ tool, results }] = log.runs;
  tool.driver.rules = tool.driver.rules.filter(({ id }) => id === 'lost-update');
  for (const result of results) delete result.ruleIndex;
  return JSON.stringify(log, null, 2);
}

const options = { version: '0.1.0', hasBaseline: true };

describe('the formats of check', () => {
  for (const [format, write] of Object.entries(REPORT_FORMATS)) {
    it(`${format}: as it was looked at`, () => {
      const golden = readFileSync(join(__dirname, 'golden', `${format}.txt`), 'utf8');
      const text = write(checkedRun(), options);
      assert.equal(`${format === 'sarif' ? withOneRule(text) : text}\n`, golden);
    });

    it(`${format}: the same bytes in whatever order keys were made`, () => {
      const reversed = JSON.parse(
        JSON.stringify(checkedRun(), (_, value: unknown) =>
          typeof value === 'object' && value !== null && !Array.isArray(value)
            ? Object.fromEntries(Object.entries(value).reverse())
            : value,
        ),
      ) as ReturnType<typeof checkedRun>;
      assert.equal(write(reversed, options), write(checkedRun(), options));
    });
  }

  it('says nothing where nothing was read and a trace has been told on stderr', () => {
    const nothing = {
      isList: false,
      traces: [],
      unreadable: [{ file: 'a', message: 'No.' }],
      findings: [],
      unused: [],
    };
    const silent: readonly ReportFormat[] = ['text', 'unix'];
    for (const format of silent) assert.equal(REPORT_FORMATS[format](nothing, {}), '');
  });
});

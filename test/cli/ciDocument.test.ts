/** What docs/ci.md shows can be done as it stands. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkCommand } from '../../src/cli/check/check.js';
import { EXIT } from '../../src/cli/exitCodes.js';
import { parseFailOn } from '../../src/cli/failOn.js';
import { parseBaseline } from '../../src/report/baseline.js';
import { REPORT_FORMATS } from '../../src/report/formats.js';
import { parseSuppressions } from '../../src/report/suppressions.js';

const document = readFileSync(join(__dirname, '../../docs/ci.md'), 'utf8');
const blocks = [...document.matchAll(/^```json\n([^]*?)^```$/gm)].map(([, text = '']) => text);

describe('docs/ci.md', () => {
  it('shows a baseline and suppressions that are read', () => {
    const results = [parseBaseline(blocks[0] ?? ''), parseSuppressions(blocks[1] ?? '')];
    assert.deepEqual(
      results.map((result) => (result.ok ? '' : result.message)),
      ['', ''],
    );
  });

  it('uses options that there are, with values that they take', () => {
    const known = checkCommand(() => undefined, undefined).options.map(({ long }) => long);
    const commands = [...document.matchAll(/threadlanes check (.*)$/gm)].map(([, rest = '']) => rest);
    assert.ok(commands.length > 5);
    for (const command of commands) {
      for (const [option] of command.matchAll(/--[a-z-]+/g)) assert.ok(known.includes(option), option);
      for (const [, format = ''] of command.matchAll(/--format (\w+)/g)) assert.ok(format in REPORT_FORMATS, format);
    }
    for (const [, what = ''] of document.matchAll(/--fail-on ([\w,-]+)/g)) parseFailOn(what);
  });

  it('has a row for each format, and for each exit code of check', () => {
    const rows = [...document.matchAll(/^\| (?:`(\w+)`|(\d+)) /gm)].map(([, format, code]) => format ?? code);
    const codes = [EXIT.ok, EXIT.findings, EXIT.wrongUse, EXIT.unreadable].map(String);
    assert.deepEqual(rows, [...codes, ...Object.keys(REPORT_FORMATS)]);
  });
});

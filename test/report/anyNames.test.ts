/** Names come from traces, and may hold anything: no format lets them be more than names. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Finding } from '../../src/analysis/finding.js';
import { checkedVerdict, type Checked } from '../../src/report/checked.js';
import { formatGithub } from '../../src/report/github.js';
import { formatMarkdown } from '../../src/report/markdown.js';
import { formatSarif } from '../../src/report/sarif.js';
import { formatText } from '../../src/report/text.js';
import { formatUnix } from '../../src/report/unix.js';
import { circle, verdictOf } from './checkedRun.js';
import { sarifMistakes } from './sarifShape.js';

/** Signs that mean something somewhere are more frequent than others. */
const sign = fc.oneof(
  fc.constantFrom(...'\r\n\t\x1b\u009b\ud800:,%|`<>&\\[]{}#*_/. '),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
);
const name = fc.array(sign, { minLength: 1, maxLength: 12 }).map((signs) => `a${signs.join('')}`);

const finding = fc
  .record({ title: name, file: name, thread: name, object: name, text: name })
  .map(({ title, file, thread, object, text }): Finding => ({
    ...circle,
    title,
    message: `deadlock (certain): ${text}`,
    threads: circle.threads.map((one) => ({ ...one, name: thread })),
    objects: circle.objects.map((one) => ({ ...one, name: object })),
    locations: circle.locations.map((one) => ({ ...one, file })),
  }));

const holds = (property: (checked: Checked, one: Finding) => void): void =>
  fc.assert(fc.property(finding, (one) => property(checkedVerdict(verdictOf('run.lanes', [one])), one)));

describe('whatever names hold', () => {
  it('a finding is one line in unix', () => {
    holds((checked) => assert.match(formatUnix(checked), /^[^\r\n]+ \[deadlock\]$/));
  });

  it('an annotation reads back as it was written', () => {
    holds((checked, { title, message }) => {
      const lines = formatGithub(checked).split(/\r|\n/);
      assert.equal(lines.length, 2);
      const [, properties = '', text] = /^::error ([^:]*)::(.*)$/s.exec(lines[0] as string) ?? [];
      const values = Object.fromEntries(properties.split(',').map((part) => part.split(/=(.*)/s).slice(0, 2)));
      const decoded = (value: string | undefined): string | undefined =>
        value?.replace(/%(25|0D|0A|3A|2C)/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
      assert.deepEqual([decoded(values['title']), decoded(text)], [title, message]);
    });
  });

  it('SARIF keeps its shape', () => {
    holds((checked) => assert.deepEqual(sarifMistakes(JSON.parse(formatSarif(checked))), []));
  });

  it('a page keeps its rows and its blocks', () => {
    holds((checked) => {
      const page = formatMarkdown(checked);
      const row = page.split('\n').find((line) => line.startsWith('| error |')) as string;
      assert.equal(row.match(/(?<!\\)(?:\\\\)*\|/g)?.length, 4);
      assert.match(page, /<\/details>$/);
    });
  });

  it('nothing speaks to the terminal', () => {
    holds((checked) => assert.doesNotMatch(formatText(checked), /[^\P{Cc}\n]/u));
  });
});

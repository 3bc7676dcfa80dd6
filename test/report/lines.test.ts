import assert from 'node:assert/strict';
import type { Finding } from '../../src/analysis/finding.js';
import { checkedVerdict, type Checked } from '../../src/report/checked.js';
import { formatGithub } from '../../src/report/github.js';
import { formatMarkdown } from '../../src/report/markdown.js';
import { formatUnix } from '../../src/report/unix.js';
import { circle, noPlace, oddNames, verdictOf } from './checkedRun.js';

const checked = (...findings: Finding[]): Checked => checkedVerdict(verdictOf('run.lanes', findings));

const many = (count: number, change: Partial<Finding> = {}): Finding[] =>
  Array.from({ length: count }, (_, i) => ({ ...circle, ...change, fingerprint: `f${i}` }));

describe('unix lines', () => {
  it('are what grep and editors read: file, line, column, severity, sentence, id', () => {
    for (const line of formatUnix(checked(circle, oddNames, noPlace)).split('\n')) {
      assert.match(line, /^[^:]+:\d+:\d+: (?:error|warning|note): .+ \[[a-z-]+\]$/);
    }
  });

  it('are one line each, whatever names hold', () => {
    const text = formatUnix(checked({ ...circle, message: 'deadlock (certain): "a\r\x1b[31mb\tc" waits.\nmore' }));
    assert.equal(text, 'src/store.ts:48:9: error: "a [31mb c" waits. [deadlock]');
  });

  it('stand at the trace where no line is known', () => {
    assert.match(formatUnix(checked(noPlace)), /^run\.lanes:1:1: note: /);
  });
});

describe('workflow commands', () => {
  const commands = (text: string): string[] => text.split('\n').filter((line) => line.startsWith('::'));

  it('end neither their properties nor themselves by what names hold', () => {
    const [command = ''] = commands(
      formatGithub(checked({ ...circle, title: 'a,b:c%2C\nd', message: 'e::f%0A\r\ng' })),
    );
    assert.equal(command, '::error file=src/store.ts,line=48,col=9,title=a%2Cb%3Ac%252C%0Ad::e::f%250A%0D%0Ag');
  });

  it('are at most ten, worst first; the others are lines of the log', () => {
    const text = formatGithub(
      checked(...many(3, { id: 'contention', severity: 'warning' }), circle, ...many(12, noPlace)),
    );
    assert.equal(commands(text).length, 10);
    assert.match(commands(text)[0] ?? '', /^::error /);
    assert.equal(text.split('\n').filter((line) => / \[[a-z-]+\]$/.test(line)).length, 3 + 1 + 12 - 3 - 10);
  });

  it('count unreadable traces among the ten', () => {
    const unreadable = [{ file: 'x.lanes', message: 'The file is empty.' }];
    const text = formatGithub({ ...checked(...many(12)), unreadable });
    assert.equal(commands(text).length, 10);
    assert.equal(commands(text)[0], '::error title=Unreadable trace::x.lanes: The file is empty.');
  });

  it('name no file outside of the checkout, and none where no line is known', () => {
    assert.match(formatGithub(checked(oddNames)), /^::warning title=/);
    assert.match(formatGithub(checked(noPlace)), /^::notice title=/);
  });
});

describe('the page for a job', () => {
  it('keeps names from being markup', () => {
    const page = formatMarkdown(checked(oddNames));
    assert.match(
      page,
      /^\| warning \| Likely contention: a\\\|b, 50%: \\<c\\> \\`d\\` \| `\.\.\/lib\/a b#1\.ts:3` \|$/m,
    );
    assert.match(page, /^<summary>Likely contention: a\|b, 50%: &lt;c&gt; `d`<\/summary>$/m);
    assert.match(page, /^````text\ncontention[^]*^ {2}```$[^]*^````$/m);
  });

  it('stays below what GitHub takes, with all findings in its table', () => {
    const page = formatMarkdown(checked(...many(200, { message: 'x'.repeat(10_000) })));
    assert.ok(page.length < 1 << 20);
    assert.equal(page.match(/^\| error /gm)?.length, 200);
    assert.match(page, /^The text of \d+ more is left out here\.$/m);
  });

  it('says when there is nothing', () => {
    assert.match(formatMarkdown(checked()), /^## Threadlanes\n\nNothing stuck, nothing slow: 2 threads, 12 events/);
  });
});

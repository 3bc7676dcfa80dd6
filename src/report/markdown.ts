import { countedFindings, type Checked, type CheckedFinding } from './checked.js';
import { mainLocation, placeText } from './findingPlace.js';
import { doubtsOf, messageOf, onOneLine, shareOf, summaryOf } from './sentences.js';
import { statisticsBlocks } from './statisticsText.js';

/** A job summary of GitHub has at most 1 MiB; details are left out from half of it on, so that the table stays whole. */
const DETAILS_LIMIT = 1 << 19;

/** A page for a job summary or a comment: a table of the findings, and the whole text of each below. */
export function formatMarkdown(checked: Checked): string {
  const counting = countedFindings(checked);
  const accepted = checked.findings.filter(({ acceptance }) => acceptance !== null);
  const sections: readonly string[][] = [
    ['## Threadlanes', checked.traces.length > 0 ? escaped(summaryOf(checked, counting)) : 'No trace could be read.'],
    counting.length > 0 ? [table(counting, checked), ...details(counting, checked)] : [],
    statisticsOf(checked),
    section('Accepted', accepted.map(acceptedItem)),
    section(
      'Not read',
      checked.unreadable.map(({ file, message }) => `${code(file)}: ${escaped(message)}`),
    ),
    section('What the verdict does not know', doubtsOf(checked).map(escaped)),
    section('Suppressions that nothing needs', checked.unused.map(escaped)),
  ];
  return sections.flat().join('\n\n');
}

function table(findings: readonly CheckedFinding[], checked: Checked): string {
  const isOfSeveral = checked.traces.length > 1;
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const head = ['severity', 'finding', 'where', ...(isOfSeveral ? ['traces'] : [])];
  const rows = findings.map((one) => {
    const { severity, title } = one.finding;
    return [severity, escaped(title), whereCell(one), ...(isOfSeveral ? [shareOf(one, checked)] : [])];
  });
  return [head, head.map(() => '---'), ...rows].map(row).join('\n');
}

function whereCell(one: CheckedFinding): string {
  const location = mainLocation(one);
  return location === null ? '' : code(placeText(one.folder, location));
}

function details(findings: readonly CheckedFinding[], checked: Checked): string[] {
  const parts: string[] = [];
  let length = 0;
  for (const [index, one] of findings.entries()) {
    const text = fenced(messageOf(one, checked));
    const part = `<details>\n<summary>${html(one.finding.title)}</summary>\n\n${text}\n\n</details>`;
    length += part.length;
    if (length > DETAILS_LIMIT) return [...parts, `The text of ${findings.length - index} more is left out here.`];
    parts.push(part);
  }
  return parts;
}

/** Tables of plain text, as in a terminal. */
function statisticsOf(checked: Checked): string[] {
  const blocks = statisticsBlocks(checked, true);
  return blocks.length === 0 ? [] : ['### Statistics', ...blocks.map(fenced)];
}

function acceptedItem({ finding, acceptance }: CheckedFinding): string {
  return `${escaped(finding.title)} (${code(finding.id)}): ${escaped(acceptance?.reason ?? '')}`;
}

function section(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`### ${title}`, items.map((item) => `- ${item}`).join('\n')];
}

/** Text that Markdown shows as it is, on one line. */
function escaped(text: string): string {
  return onOneLine(text).replace(/[\\`*_{}[\]<>|#~&]/g, '\\$&');
}

/** In a span of code nothing can be escaped. */
function code(text: string): string {
  const line = onOneLine(text);
  return /[`|\\]/.test(line) ? escaped(line) : `\`${line}\``;
}

function html(text: string): string {
  return onOneLine(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A block in a fence that is longer than any in it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

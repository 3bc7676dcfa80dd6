/** The page that shows all examples: made from what stands at their top and from their golden verdicts. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { NOTHING } from './recorded.js';
import { root, type Catalogue, type Chapter, type Example } from './catalogue.js';

export const galleryFile = join(root, 'docs/examples.md');

const intro = `# Examples

The programs that tutorials of threads teach with, written with Threadlanes' library. Each can be run by itself
(\`node examples/threads/oneThread.mts\`, from Node.js 22.18 and after \`npm run build\`), and

\`\`\`
npm run example -- oneThread
\`\`\`

records it, from Node.js 20, and prints what \`threadlanes check\` says of it. \`npm run example\` lists them. What stands below
as verdict is what the tests compare, with \`…\` for what differs from run to run. A picture shows one run, most of them from
where the threads have started: times differ from run to run, and so does who comes first.`;

/** The placeholders of golden files, as people would write them. */
function readable(verdict: string): string {
  return verdict
    .replace(/^(?:error|warning|note): /gm, '')
    .replaceAll('TIME', '…')
    .replaceAll('SHARE', '… %')
    .replaceAll('VALUE', '…')
    .replaceAll(/(?<![A-Za-z])N\b/g, '…');
}

/** For who cannot see the picture: which lanes it has, and what is told above them. What they show stands below it. */
function alternative(name: string, golden: string): string {
  const [, threads = ''] = /^threads: (.*)$/m.exec(golden) ?? [];
  const [, finding] = /^(?:error|warning|note): ([\w-]+) /m.exec(golden) ?? [];
  const others = readable(threads)
    .split(', ')
    .filter((thread) => thread !== 'main');
  const told = finding === undefined ? '' : `, and above them: ${finding.replaceAll('-', ' ')}`;
  const lanes = others.length === 0 ? 'the lane of main' : `the lanes of main, ${others.join(', ')}`;
  return `Timeline of ${name} with ${lanes}${told}`;
}

/** What was counted in the trace, and the findings; nothing where there is neither. */
function saidOf(golden: string): string[] {
  const [head = '', ...findings] = golden.trimEnd().split('\n\n');
  const facts = head.split('\n').filter((line) => line.startsWith('at most'));
  return [...facts, ...findings.filter((finding) => finding !== NOTHING).map(readable)];
}

function section({ name, file }: Example, { headerOf }: Catalogue, golden: string): string {
  const { summary, picture, verdict } = headerOf({ file });
  const image = `examples/${name}.png`;
  return [
    `### ${name}`,
    `[${file}](../${file})`,
    summary,
    ...(existsSync(join(root, 'docs', image)) ? [`![${alternative(name, golden)}](${image})`] : []),
    `In the timeline: ${picture}`,
    `Verdict: ${verdict}`,
    [
      '```',
      `npm run example -- ${name}`,
      ...saidOf(golden).flatMap((said, i) => (i === 0 ? ['', said] : [said])),
      '```',
    ].join('\n'),
  ].join('\n\n');
}

/** @param goldenOf the golden text of an example */
export function galleryPage(catalogue: Catalogue, goldenOf: (name: string) => string): string {
  const chapter = ({ title, examples }: Chapter): string =>
    [`## ${title}`, ...examples.map((example) => section(example, catalogue, goldenOf(example.name)))].join('\n\n');
  return `${[intro, ...catalogue.CHAPTERS.map(chapter)].join('\n\n')}\n`;
}

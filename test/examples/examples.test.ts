/**
 * Every example is recorded as `npm run example` does it. What its trace shows and what is found in it stands in
 * `golden/NAME.txt`; `UPDATE_GOLDEN=1` writes these files and the gallery anew, to be read before they are kept (its pictures
 * are made by `pictures.test.ts`). Each is also recorded with other names and further down in its file: that may change names
 * and lines, and nothing else.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { loadCatalogue, loadRecorder, root, type Example } from './catalogue.js';
import { galleryFile, galleryPage } from './gallery.js';
import { goldenText, readRun, type Story } from './recorded.js';
import { otherWord, renamed, type Renamed } from './renamed.js';

/** How many programs run at a time. */
const LANES = 2;
const LINES_ON_TOP = 23;
const PATIENCE_MS = 120_000;

const golden = join(__dirname, 'golden');
const isUpdate = process.env['UPDATE_GOLDEN'] === '1';
const posix = (path: string): string => path.split(sep).join('/');

/** From the files: mocha wants to know its tests before a module can be awaited. */
const files = readdirSync(join(root, 'examples'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.mts'))
  .map((file) => `examples/${posix(file)}`)
  .sort();
const nameOf = (file: string): string => basename(file, '.mts');
const goldenFile = (name: string): string => join(golden, `${name}.txt`);

interface Variant extends Renamed {
  readonly source: string;
}

let folder = '';
const variants = new Map<string, Variant>();
const originalRuns = new Map<string, Promise<Story>>();
const variantRuns = new Map<string, Promise<Story>>();

function writeVariant({ file, name }: Example): Variant {
  const other = renamed(readFileSync(join(root, file), 'utf8'), LINES_ON_TOP);
  const source = join(folder, `${otherWord(name)}.mts`);
  writeFileSync(source, other.text);
  return { ...other, source };
}

/** Begins all runs, few at a time; a test waits for its own. */
async function beginAll(examples: readonly Example[]): Promise<void> {
  const { bundleExamples, recordProgram } = await loadRecorder();
  for (const example of examples) variants.set(example.name, writeVariant(example));
  const originals = examples.map(({ file }) => join(root, file));
  const sources = [...originals, ...[...variants.values()].map(({ source }) => source)];
  const programOf = await bundleExamples(sources, join(folder, 'programs'));
  const lanes = Array.from({ length: LANES }, () => Promise.resolve());
  const begin = (runs: Map<string, Promise<Story>>, { name, flags }: Example, source: string): void => {
    const lane = lanes.shift() as Promise<void>;
    const story = lane.then(async () => readRun(name, await recordProgram(programOf(source), flags)));
    runs.set(name, story);
    const whenOver = (): void => undefined;
    lanes.push(story.then(whenOver, whenOver));
  };
  for (const example of examples) {
    begin(originalRuns, example, join(root, example.file));
    begin(variantRuns, example, (variants.get(example.name) as Variant).source);
  }
}

/** What a run of the variant says, as the original would have said it. */
function translated(story: Story, file: string): Story {
  const { source, names } = variants.get(nameOf(file)) as Variant;
  const line = new RegExp(`${posix(relative(root, source))}:(\\d+)(?:-(\\d+))?`, 'g');
  const translate = (text: string): string =>
    text
      .replace(line, (_, from: string, to?: string) => {
        const lines = [from, to].filter((each) => each !== undefined).map((each) => Number(each) - LINES_ON_TOP);
        return `${file}:${lines.join('-')}`;
      })
      .replace(/[a-z]+/gi, (word) => names.get(word) ?? word);
  const { code, ...texts } = story;
  return {
    code,
    threads: texts.threads.map(translate),
    objects: texts.objects.map(translate),
    facts: texts.facts.map(translate),
    findings: texts.findings.map(translate),
    incomplete: texts.incomplete.map(translate),
  };
}

describe('examples', function () {
  this.timeout(PATIENCE_MS);

  before(async () => {
    mkdirSync(join(root, '.test-output'), { recursive: true });
    folder = mkdtempSync(join(root, '.test-output/examples-'));
    const { EXAMPLES } = await loadCatalogue();
    // In the order of the tests, so that none waits for others' runs.
    await beginAll([...EXAMPLES].sort((a, b) => files.indexOf(a.file) - files.indexOf(b.file)));
  });
  after(async () => {
    await Promise.allSettled([...originalRuns.values(), ...variantRuns.values()]);
    rmSync(folder, { recursive: true, force: true });
  });

  it('are all in the catalogue, each begins with what it teaches, shows and is told, and each has its golden file', async () => {
    const { EXAMPLES, headerOf } = await loadCatalogue();
    assert.deepEqual(EXAMPLES.map(({ file }) => file).sort(), files);
    for (const example of EXAMPLES) headerOf(example);
    if (!isUpdate) assert.deepEqual(readdirSync(golden).sort(), files.map((file) => `${nameOf(file)}.txt`).sort());
  });

  for (const file of files) {
    const name = nameOf(file);
    describe(name, () => {
      it('shows and is told what it is meant to', async () => {
        const text = goldenText((await originalRuns.get(name)) as Story);
        if (isUpdate) writeFileSync(goldenFile(name), text);
        assert.equal(text, readFileSync(goldenFile(name), 'utf8'));
      });
      it('differs in names and lines only when it is renamed and moved', async () => {
        const story = translated((await variantRuns.get(name)) as Story, file);
        assert.equal(goldenText(story), readFileSync(goldenFile(name), 'utf8'));
      });
    });
  }

  describe('the gallery', () => {
    it('shows them as they are', async () => {
      const page = galleryPage(await loadCatalogue(), (name) => readFileSync(goldenFile(name), 'utf8'));
      if (isUpdate) writeFileSync(galleryFile, page);
      assert.equal(readFileSync(galleryFile, 'utf8'), page);
    });
  });
});

/**
 * The gallery's pictures can be made, and show what they should. `UPDATE_PICTURES=1` makes them all anew (some with
 * `--grep`), to be looked at before they are kept; without it some are made and thrown away: times differ from run to run,
 * so pixels are never compared.
 */
import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { findChromium, launchBrowser } from '../webview/harness.js';
import { Camera, SCALE, WIDTH } from './camera.js';
import { loadCatalogue, loadRecorder, root, type Example } from './catalogue.js';
import { frameOf } from './frames.js';
import { IndexedRun } from './indexedRun.js';
import { readRun, type Run } from './recorded.js';

const isUpdate = process.env['UPDATE_PICTURES'] === '1';
/** Of so many recordings the shortest is shown: a busy machine stretches the starts of threads. */
const RUNS = isUpdate ? 3 : 1;
const PATIENCE_MS = 120_000;
const MOST_BYTES = 110_000;
const MOST_BYTES_OF_ALL = 2_500_000;

const pictures = join(root, 'docs/examples');

interface Expected {
  readonly verdict: RegExp;
  /** Words of the legend. */
  readonly seen: readonly string[];
}

const nothing = /^Nothing stuck, nothing slow: /;

/** What is always there to be seen, however slow the machine is. */
const sample: Readonly<Record<string, Expected>> = {
  oneThread: { verdict: nothing, seen: ['running', 'waiting', 'sleeping'] },
  lostUpdate: { verdict: /^Lost update: /, seen: ['running', 'sleeping'] },
  gate: { verdict: /Contention: |^Nothing/, seen: ['blocked: wants a lock', 'lock held', 'held while others wait'] },
  deadlock: { verdict: /^Deadlock: /, seen: ['blocked: wants a lock', 'held while others wait', 'deadlocked'] },
  producerLeft: { verdict: /^Blocked for ever: /, seen: ['waiting'] },
  hiddenError: { verdict: /^Unobserved error: /, seen: ['running'] },
};

/** From the files: mocha wants to know its tests before a module can be awaited. */
const names = readdirSync(join(root, 'examples'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.mts'))
  .map((file) => basename(file, '.mts'))
  .sort();

describe('pictures of examples', function () {
  this.timeout(PATIENCE_MS);
  let browser: Browser | undefined;
  let camera: Camera | undefined;
  let folder = '';

  before(async function () {
    const path = findChromium();
    if (path === undefined) {
      console.log('    skipped: no Chromium (set CHROMIUM to the path of one)');
      this.skip();
    }
    browser = await launchBrowser(path);
    camera = await Camera.make(browser);
    mkdirSync(join(root, '.test-output'), { recursive: true });
    folder = mkdtempSync(join(root, '.test-output/pictures-'));
  });
  after(async () => {
    await browser?.close();
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
  });

  async function shortestRun({ file, flags }: Example): Promise<Run> {
    const { bundleExamples, recordProgram } = await loadRecorder();
    const source = join(root, file);
    const program = (await bundleExamples([source], folder))(source);
    let shortest: { readonly run: Run; readonly durationMs: number } | undefined;
    for (let i = 0; i < RUNS; i++) {
      const recorded = await recordProgram(program, flags);
      const trace = join(folder, `${i}-${basename(recorded.trace)}`);
      renameSync(recorded.trace, trace);
      const { opened } = await IndexedRun.open(trace, () => undefined);
      if (shortest && shortest.durationMs <= opened.durationMs) continue;
      shortest = { run: { ...recorded, trace }, durationMs: opened.durationMs };
    }
    return (shortest as NonNullable<typeof shortest>).run;
  }

  for (const name of isUpdate ? names : Object.keys(sample)) {
    it(name, async () => {
      const example = (await loadCatalogue()).EXAMPLES.find((one) => one.name === name) as Example;
      const run = await shortestRun(example);
      const { threads, findings } = await readRun(name, run);
      const picture = await (camera as Camera).take(run.trace, frameOf(name));
      assert.deepEqual([...picture.lanes].sort(), [...threads].sort());
      assert.ok(picture.pixels.running > 0 || picture.legend.length > 2, 'there is something to see');
      const hasError = findings.some((finding) => finding.startsWith('error: '));
      assert.equal(picture.pixels.error > 0, hasError, 'errors, and nothing else, are marked in red');
      for (const place of [root, homedir(), tmpdir()]) assert.ok(!picture.text.includes(place), place);
      const expected = sample[name];
      if (expected) {
        assert.match(picture.verdict, expected.verdict);
        assert.deepEqual(
          expected.seen.filter((words) => !picture.legend.includes(words)),
          [],
        );
      }
      assert.deepEqual(camera?.errors, []);
      if (isUpdate) writeFileSync(join(pictures, `${name}.png`), picture.png);
    });
  }
});

describe('the pictures of the gallery', () => {
  it('are there for each example, sharp and small', () => {
    assert.deepEqual(readdirSync(pictures).sort(), names.map((name) => `${name}.png`).sort());
    let all = 0;
    for (const name of names) {
      const file = join(pictures, `${name}.png`);
      // The first chunk of a PNG begins with the width.
      assert.equal(readFileSync(file).readUInt32BE(16), WIDTH * SCALE, name);
      const { size } = statSync(file);
      assert.ok(size <= MOST_BYTES, `${name}: ${size} bytes`);
      all += size;
    }
    assert.ok(all <= MOST_BYTES_OF_ALL, `${all} bytes`);
  });
});

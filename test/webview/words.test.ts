import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { KEYS } from '../../webview/keyboard.js';
import { findingEffect, findingMeasure } from '../../webview/panels/findings.js';
import { piecesOf } from '../../webview/panels/richText.js';
import { storyOf } from '../../webview/panels/story.js';
import { formatCount, verdictText } from '../../webview/panels/verdictText.js';
import { restoreView } from '../../webview/savedView.js';
import { panelHeight } from '../../webview/splitter.js';
import type { Trace } from '../../webview/store.js';
import { SceneHost, type SceneOptions } from './sceneA.js';

const trace = (options: SceneOptions = {}): Trace => new SceneHost(options).opened();
const text = (shown: Trace | null, failure: string | null = null) =>
  verdictText({ trace: shown, progress: null, failure });

describe('words of the page', () => {
  it('names become code and lines of the finding links; what is none of its lines stays text', () => {
    const [finding] = trace().verdict!.findings;
    const pieces = piecesOf('`a<b>` waits at store.ts:48, not at store.ts:49', finding!.locations);
    assert.deepEqual(
      pieces.map((piece) => [piece.kind, piece.text]),
      [
        ['code', 'a<b>'],
        ['text', ' waits at '],
        ['link', 'store.ts:48'],
        ['text', ', not at store.ts:49'],
      ],
    );
  });

  it('the verdict is the worst finding; what follows is secondary', () => {
    const said = text(trace());
    assert.equal(said.lead, 'Deadlock:');
    assert.match(said.sentence, /^`writer` holds .* at query\.ts:20\.$/);
    assert.equal(said.rest, 'For 12.1 s, with 3 threads stuck behind.');
    assert.equal(said.also, 'Also: Lock-order inversion: stats, log.');
    assert.equal(said.icon, 'deadlock');
  });

  it('says that a trace breaks off, that it runs, that nothing was found', () => {
    assert.match(text(trace({ end: 'truncated', durationMs: 2196 })).rest, /The trace breaks off at 2\.196\u00a0s\.$/);
    const live = text(trace({ live: true, isHealthy: true, durationMs: 2200 }));
    assert.deepEqual([live.sentence, live.rest], ['Running, nothing stuck.', 'Recording, 2.2 s.']);
    assert.equal(
      text(trace({ isHealthy: true })).sentence,
      'Nothing stuck, nothing slow: 7 threads, 4 locks, longest wait 12.0\u00a0ms.',
    );
    const idle = trace({ isHealthy: true });
    const ending = 'Ended by SIGINT; all threads were idle in their event loops.';
    const stopped = text({ ...idle, verdict: { ...idle.verdict!, ending } });
    assert.match(stopped.sentence, /^Nothing found: 7 threads,/);
    assert.equal(stopped.rest, ending);
    assert.equal(text(null, 'This is not a trace.').sentence, 'This is not a trace.');
  });

  it('only a lone thread that could wait for nothing is told so', () => {
    const shown = trace({ isHealthy: true });
    const lone = { ...shown, threads: shown.threads.slice(0, 1), objects: [] };
    assert.match(text({ ...lone, objectCount: 0 }).sentence, /^One thread, and nothing it could wait for/);
    assert.match(text({ ...lone, objectCount: 1 }).sentence, /^Nothing stuck, nothing slow: 1 thread,/);
  });

  it('a possible deadlock does not look as if it had happened', () => {
    const shown = trace();
    const findings = shown.verdict!.findings.slice(1);
    const said = text({ ...shown, verdict: { ...shown.verdict!, findings } });
    assert.equal(said.icon, 'warning');
    assert.equal(said.lead, 'Possible deadlock:');
  });

  it('counts are grouped and shortened', () => {
    assert.deepEqual([999, 48_211, 6_200_000].map(formatCount), ['999', '48\u00a0211', '6.2\u00a0M']);
  });

  it('a row of the list names lines, effect, grade, and when', () => {
    const [deadlock, inversion] = trace().verdict!.findings;
    assert.equal(findingEffect(deadlock!), 'store.ts:48, query.ts:20 · 3 stuck behind · certain');
    assert.equal(findingMeasure(deadlock!), '2.104\u00a0s');
    assert.equal(findingEffect(inversion!), 'audit.ts:33, stats.ts:9 · possible');
  });

  it('the story of a cycle is in the order of time and says who holds', () => {
    const shown = trace();
    const story = storyOf(shown.verdict!.findings[0]!);
    assert.deepEqual(
      story?.steps.map((step) => `${step.thread} ${step.kind} ${step.object} ${step.holder ?? ''}`.trim()),
      ['1 takes cache', '2 takes index', '1 waits index reader', '2 waits cache writer'],
    );
    assert.equal(storyOf(shown.verdict!.findings[2]!), null);
  });

  it('no key means two things', () => {
    const names = KEYS.flatMap((key) => key.on.map(([name]) => name));
    assert.deepEqual(names, [...new Set(names)]);
  });

  it('every colour that the page reads is contributed', () => {
    const root = resolve(__dirname, '../..');
    const styles = readdirSync(`${root}/webview/style`).map((name) => `webview/style/${name}`);
    const source = ['webview/theme.ts', ...styles].map((path) => readFileSync(`${root}/${path}`, 'utf8')).join('');
    const manifest = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as {
      contributes: { colors: { id: string; description: string }[] };
    };
    const nls = JSON.parse(readFileSync(`${root}/package.nls.json`, 'utf8')) as Record<string, string>;
    const ids = manifest.contributes.colors.map(({ id }) => id);
    const read = [...source.matchAll(/--vscode-threadlanes-(\w+)/g)].map(([, token]) => `threadlanes.${token}`);
    assert.deepEqual(
      [...new Set(read)].filter((id) => !ids.includes(id)),
      [],
    );
    for (const { description } of manifest.contributes.colors) assert.ok(nls[description.slice(1, -1)], description);
    assert.doesNotMatch(source, /#[0-9a-f]{3,8}\b|rgba?\(\d/i);
  });

  it('lanes take what they need, the panel the rest, a dragged height wins', () => {
    assert.equal(panelHeight(800, 100, 200, null), 500);
    assert.equal(panelHeight(800, 100, 2000, null), 270);
    assert.equal(panelHeight(800, 100, 200, 300), 300);
    assert.equal(panelHeight(800, 100, 200, 5000), 628);
  });

  it('a kept state that makes no sense is not restored', () => {
    for (const kept of [undefined, null, {}, { range: [3, 2] }, { range: ['a', 'b'] }, { range: [0, NaN] }]) {
      assert.equal(restoreView(kept), null);
    }
    assert.deepEqual(restoreView({ range: [1, 2], panelHeight: 'x' })?.panelHeight, null);
  });
});

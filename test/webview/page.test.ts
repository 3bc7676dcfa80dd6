/** The built page in Chromium, as a person meets it: seen, clicked, typed at. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { rgb } from 'd3';
import type { Browser, Page } from 'playwright-core';
import type { Grew, ViewToHost } from '../../src/protocol/messages.js';
import { findChromium, launchBrowser, openPage, settle, shoot, type OpenPage, type PageOptions } from './harness.js';
import { DenseHost } from './denseScene.js';
import { SceneHost } from './sceneA.js';
import { wholeRange } from '../../webview/viewRange.js';
import type { Theme } from './vscodeColors.js';

const require = createRequire(__filename);

const THEMES: readonly (readonly [Theme, deadlock: string])[] = [
  ['dark', '#fb5865'],
  ['light', '#c9203a'],
  ['highContrast', '#ff6f8c'],
  ['highContrastLight', '#b00040'],
];

const picture = '.picture-view canvas';

/** How many pixels of the lanes have a colour exactly. */
function pixelsOf(page: Page, color: string): Promise<number> {
  const { r, g, b } = rgb(color);
  return page.evaluate(
    ([selector, red, green, blue]) => {
      const canvas = document.querySelector<HTMLCanvasElement>(selector as string)!;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) {
        if (data[i] === red && data[i + 1] === green && data[i + 2] === blue) count++;
      }
      return count;
    },
    [picture, r, g, b] as const,
  );
}

const sent = <Type extends ViewToHost['type']>(host: SceneHost, type: Type): Extract<ViewToHost, { type: Type }>[] =>
  host.heard.filter((message): message is Extract<ViewToHost, { type: Type }> => message.type === type);

describe('the page', function () {
  this.timeout(60_000);
  let browser: Browser | undefined;
  let open: OpenPage | undefined;

  before(async function () {
    const path = findChromium();
    if (path === undefined) {
      console.log('    skipped: no Chromium (set CHROMIUM to the path of one)');
      this.skip();
    }
    browser = await launchBrowser(path);
  });
  after(() => browser?.close());
  afterEach(async () => {
    const errors = open?.errors ?? [];
    await open?.close();
    open = undefined;
    assert.deepEqual(errors, []);
  });

  async function show(host: { answer: SceneHost['answer'] }, options: PageOptions = {}): Promise<Page> {
    open = await openPage(browser as Browser, host, options);
    await settle(open.page);
    return open.page;
  }

  for (const [theme, deadlock] of THEMES) {
    it(`shows the deadlock at every zoom: ${theme}`, async () => {
      const page = await show(new SceneHost(), { theme });
      await shoot(page, theme);
      assert.ok((await pixelsOf(page, deadlock)) > 500);
      await page.locator(picture).focus();
      await page.keyboard.press('0');
      await settle(page);
      assert.ok((await pixelsOf(page, deadlock)) > 100, 'in the whole trace');
      for (let zoom = 0; zoom < 12; zoom++) {
        await page.keyboard.press(zoom % 2 ? 'W' : 'w');
        await page.waitForTimeout(40);
        assert.ok((await pixelsOf(page, deadlock)) > 20, `after ${zoom + 1} steps closer`);
      }
    });
  }

  it('is there in half an editor', async () => {
    const page = await show(new SceneHost(), { width: 680, height: 760 });
    await shoot(page, 'half');
    assert.ok((await pixelsOf(page, '#fb5865')) > 500);
    await page.getByRole('tab', { name: /Findings/ }).click();
    await page.getByRole('option', { name: /Lock-order inversion/ }).click();
    await page.getByRole('tabpanel').getByText('audit.ts:33').first().waitFor();
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.equal(overflow, 0);
  });

  /** Where the middle of a row of the deadlock's blocked bar is. */
  async function blockedBar(page: Page): Promise<{ x: number; y: number }> {
    const box = (await page.locator(picture).boundingBox())!;
    const label = (await page.locator('.label', { hasText: 'writer' }).first().boundingBox())!;
    return { x: box.x + box.width * 0.6, y: label.y + label.height / 2 };
  }

  it('a click on the blocked bar opens its line, Alt-click the line of the other end', async () => {
    const host = new SceneHost();
    const page = await show(host);
    const { x, y } = await blockedBar(page);
    await page.mouse.click(x, y);
    await settle(page);
    const [opened] = sent(host, 'openSource');
    assert.deepEqual([opened?.file, opened?.line, opened?.beside], ['src/store.ts', 48, true]);
    await page.keyboard.down('Alt');
    await page.mouse.click(x, y);
    await page.keyboard.up('Alt');
    await settle(page);
    assert.deepEqual([sent(host, 'openSource')[1]?.file, sent(host, 'openSource')[1]?.line], ['src/query.ts', 12]);
    await shoot(page, 'selected');
  });

  it('the keyboard alone reaches the source line, and what is focused is spoken', async () => {
    const host = new SceneHost();
    const page = await show(host);
    for (let i = 0; i < 40; i++) {
      if (await page.evaluate((selector) => document.activeElement?.matches(selector), picture)) break;
      await page.keyboard.press('Tab');
    }
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight']) {
      await page.keyboard.press(key);
      await settle(page);
    }
    assert.match(await page.locator('[aria-live]').innerText(), /^writer is in state 3/);
    await page.keyboard.press('Enter');
    await settle(page);
    assert.deepEqual(
      sent(host, 'openSource').map(({ file, line }) => `${file}:${line}`),
      ['src/store.ts:48'],
    );
  });

  it('hovering says what it is, after a moment', async () => {
    const page = await show(new SceneHost());
    const { x, y } = await blockedBar(page);
    await page.mouse.move(x, y);
    assert.equal(await page.locator('.tooltip').isVisible(), false);
    await page.locator('.tooltip').waitFor();
    assert.match(await page.locator('.tooltip').innerText(), /writer is in state 3.*\nwants it at store\.ts:48/);
    await shoot(page, 'hover');
  });

  it('the lines of the verdict and of the details open the source', async () => {
    const host = new SceneHost();
    const page = await show(host);
    await page.getByRole('status').getByRole('button', { name: 'query.ts:20' }).click();
    await page.getByRole('tabpanel').getByRole('button', { name: 'store.ts:41' }).click();
    await settle(page);
    assert.deepEqual(
      sent(host, 'openSource').map(({ line }) => line),
      [20, 41],
    );
    assert.match(await page.locator('.story').innerText(), /const page = cache\.with\(read\);/);
  });

  it('a zoom step asks once, panning inside what is cached asks nothing', async () => {
    const host = new SceneHost();
    const page = await show(host);
    const box = (await page.locator(picture).boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + 40);
    const before = sent(host, 'tiles').length;
    await page.mouse.wheel(0, -300);
    await settle(page);
    assert.ok(sent(host, 'tiles').length - before <= 1);
    const cached = sent(host, 'tiles').length;
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2 + 30, box.y + 40, { steps: 5 });
    await page.mouse.move(box.x + box.width / 2, box.y + 40, { steps: 5 });
    await page.mouse.up();
    await settle(page);
    assert.ok(sent(host, 'tiles').length - cached <= 1);
    const again = sent(host, 'tiles').length;
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2 + 30, box.y + 40, { steps: 5 });
    await page.mouse.up();
    await settle(page);
    assert.equal(sent(host, 'tiles').length, again);
    assert.equal(sent(host, 'openSource').length, 0);
  });

  for (const [theme] of THEMES) {
    it(`has no barriers that axe knows: ${theme}`, async () => {
      const page = await show(new SceneHost(), { theme });
      await page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
      const violations = await page.evaluate(async () => {
        const { axe } = window as unknown as {
          axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
        };
        const found = await axe.run();
        return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      });
      assert.deepEqual(violations, []);
    });
  }

  it('a growing trace is followed until the hand moves it; a deadlock is marked at once', async () => {
    const host = new SceneHost({ live: true, isHealthy: true, durationMs: 2080, end: 'open' });
    const page = await show(host);
    assert.match(await page.getByRole('status').innerText(), /^Running, nothing stuck\. Recording, 2\.1\ss\.$/);
    assert.equal(await pixelsOf(page, '#fb5865'), 0);
    await open!.say(host.grow({ durationMs: 2300, isHealthy: false }));
    await settle(page);
    await shoot(page, 'live');
    assert.match(await page.getByRole('status').innerText(), /^Deadlock: .* Recording, 2\.3\ss\./);
    assert.ok((await pixelsOf(page, '#fb5865')) > 500);
    const follow = page.getByRole('button', { name: 'Follow the end' });
    assert.equal(await follow.getAttribute('aria-pressed'), 'true');
    await page.locator(picture).focus();
    await page.keyboard.press('a');
    assert.equal(await follow.getAttribute('aria-pressed'), 'false');
    const range = (): Promise<unknown> =>
      page.evaluate(() => (window as unknown as { keptNow: { range: unknown } }).keptNow.range);
    await settle(page);
    const paused = await range();
    await open!.say(host.grow({ durationMs: 2400 }));
    await settle(page);
    assert.deepEqual(await range(), paused);
    await page.getByRole('button', { name: 'Stop the program' }).click();
    await settle(page);
    assert.equal(sent(host, 'stop').length, 1);
    await open!.say(host.grow({ durationMs: 2400, live: false, end: 'killed' }));
    await settle(page);
    assert.equal(await follow.count(), 0);
  });

  for (const hasMotion of [true, false]) {
    it(`a jump ${hasMotion ? 'glides' : 'is immediate where motion is reduced'}`, async () => {
      const page = await show(new SceneHost(), { hasMotion });
      const axis = (): Promise<string> =>
        page.evaluate(() => document.querySelector<HTMLCanvasElement>('.axis-canvas canvas')?.toDataURL() ?? '');
      await page.clock.install();
      await page.clock.pauseAt(Date.now() + 60_000);
      await page.locator(picture).focus();
      const before = await axis();
      await page.keyboard.press('0');
      await page.clock.runFor(60);
      const between = await axis();
      await page.clock.runFor(150);
      const after = await axis();
      assert.notEqual(after, before);
      assert.equal(between !== after && between !== before, hasMotion);
      await page.clock.runFor(150);
      assert.equal(await axis(), after, 'it stands');
      await page.clock.resume();
    });
  }

  it('source lines stay filled while a trace grows, and are asked for once', async () => {
    const host = new SceneHost({ live: true, durationMs: 2300, end: 'open' });
    const page = await show(host);
    const lines = await page.locator('.source:not(:empty)').count();
    assert.ok(lines > 0 && lines === (await page.locator('.source').count()));
    const asked = sent(host, 'lines').length;
    await page.evaluate(() => {
      const state = window as unknown as { isEmptied: boolean };
      state.isEmptied = false;
      const panel = document.getElementById('details') as HTMLElement;
      new MutationObserver(() => (state.isEmptied ||= panel.querySelector('.source:empty') !== null)).observe(panel, {
        childList: true,
      });
    });
    for (const durationMs of [2400, 2500, 2600]) await open!.say(host.grow({ durationMs }));
    await settle(page);
    assert.equal(await page.evaluate(() => (window as unknown as { isEmptied: boolean }).isEmptied), false);
    assert.equal(sent(host, 'lines').length, asked);
  });

  it('a finding is revealed, stepped to by keys and chosen in the list', async () => {
    const page = await show(new SceneHost());
    const chosen = page.locator('.finding[aria-selected=true] .title');
    assert.equal(await chosen.innerText(), 'Deadlock: writer ⇄ reader');
    await page.keyboard.press('n');
    assert.equal(await chosen.innerText(), 'Lock-order inversion: stats, log');
    await page.keyboard.press('Shift+N');
    await open!.say({ type: 'reveal', index: 2 });
    await settle(page);
    assert.equal(await chosen.innerText(), '312 events of pool-3 were dropped');
    await page.getByRole('listbox').focus();
    await page.keyboard.press('Home');
    assert.equal(await chosen.innerText(), 'Deadlock: writer ⇄ reader');
  });

  it('a possible deadlock has a warning mark at both places, joined by a dashed line when it is shown', async () => {
    const page = await show(new SceneHost());
    await page.getByRole('option', { name: /Lock-order inversion/ }).click();
    await settle(page);
    await shoot(page, 'possible');
    assert.ok((await pixelsOf(page, '#cca700')) > 40, 'marks');
    assert.ok((await pixelsOf(page, '#b8b8b8')) > 10, 'the dashed line');
  });

  it('every finding has a mark, in the whole trace and closer, and the legend names it', async () => {
    const page = await show(new SceneHost());
    const colors = { warning: '#cca700', note: '#59a4f9' };
    await page.keyboard.press('0');
    await settle(page);
    for (const [severity, color] of Object.entries(colors)) {
      assert.ok((await pixelsOf(page, color)) > 10, severity);
      assert.ok((await page.locator('.legend .entry').allInnerTexts()).includes(severity), severity);
    }
    for (const [title, color] of [
      [/Lock-order inversion/, colors.warning],
      [/events of pool-3 were dropped/, colors.note],
    ] as const) {
      await page.getByRole('option', { name: title }).click();
      await settle(page);
      assert.ok((await pixelsOf(page, color)) > 10, String(title));
    }
  });

  it('a wait that is looked at has an arrow from what ended it', async () => {
    const kept = { range: [2.0e9, 2.05e9], isFollowing: false, finding: 0, opened: [], tab: 'details' };
    const page = await show(new SceneHost(), { kept });
    const arrow = (): Promise<number> => pixelsOf(page, '#b8b8b8');
    assert.ok((await arrow()) < 5, 'starts are drawn fainter');
    const box = (await page.locator(picture).boundingBox())!;
    const label = (await page.locator('.label', { hasText: 'writer' }).first().boundingBox())!;
    // writer waits for tasks from 21 to 28 ms of these 50.
    await page.mouse.move(box.x + (box.width * 25) / 50, label.y + label.height / 2);
    await page.locator('.tooltip').waitFor();
    await settle(page);
    assert.ok((await arrow()) > 10, 'hovered');
    await shoot(page, 'arrow');
    await page.mouse.down();
    await page.mouse.up();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height - 4);
    await settle(page);
    assert.ok((await arrow()) < 5);
    await shoot(page, 'arrow-selected');
    const selected = await pixelsOf(page, '#cccccc');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await settle(page);
    assert.ok(selected > (await pixelsOf(page, '#cccccc')) + 20, 'selected');
  });

  it('says of each lock of a deadlock who waits for it', async () => {
    const page = await show(new SceneHost());
    assert.deepEqual(await page.locator('.label.lock .measure').allInnerTexts(), ['reader waits', 'writer waits']);
  });

  it('a press is a click, also when the trace grows before the release', async () => {
    const host = new SceneHost({ live: true, durationMs: 2300, end: 'open' });
    const page = await show(host);
    const middleOf = async (name: string): Promise<[number, number]> => {
      const box = (await page.getByRole('tabpanel').getByRole('button', { name }).first().boundingBox())!;
      return [box.x + box.width / 2, box.y + box.height / 2];
    };
    await page.mouse.move(...(await middleOf('store.ts:41')));
    await page.mouse.down();
    await open!.say({ ...(host.grow({ durationMs: 2400 }) as Grew), standing: [] });
    await settle(page);
    assert.equal(await page.getByRole('tabpanel').getByText('join(writer)').count(), 1, 'not yet drawn anew');
    await page.mouse.up();
    await settle(page);
    assert.deepEqual(
      sent(host, 'openSource').map(({ line }) => line),
      [41],
    );
    assert.equal(await page.getByRole('tabpanel').getByText('join(writer)').count(), 0, 'drawn anew');
    assert.match(await page.getByRole('status').innerText(), /Recording, 2\.4\ss\./);
  });

  it('says of who is stuck behind for what they wait, and where', async () => {
    const host = new SceneHost();
    const page = await show(host);
    await page.getByRole('tabpanel').getByText('join(writer)').waitFor();
    await page.getByRole('tabpanel').getByRole('button', { name: 'app.ts:63' }).click();
    await settle(page);
    assert.deepEqual(
      sent(host, 'openSource').map(({ file, line }) => [file, line]),
      [['src/app.ts', 63]],
    );
  });

  it('the sheet of keys opens, lists and closes', async () => {
    const page = await show(new SceneHost());
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await shoot(page, 'keys');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor({ state: 'hidden' });
  });

  it('names of a trace are text, whatever they contain', async () => {
    const scene = new SceneHost();
    const evil = '<img src=x onerror="document.title=1">';
    const page = await show({
      answer(message) {
        const answer = scene.answer(message);
        if (answer?.type !== 'opened') return answer;
        const verdict = answer.verdict!;
        const findings = verdict.findings.map((finding) => ({
          ...finding,
          title: evil,
          verdict: `\`${evil}\` waits.`,
        }));
        const threads = answer.threads.map((thread) => ({ ...thread, name: evil }));
        return { ...answer, threads, verdict: { ...verdict, findings } };
      },
    });
    assert.equal(await page.locator('img').count(), 0);
    assert.equal(await page.locator('.label .name').first().innerText(), evil);
  });

  it('a truncated trace has a torn edge and says so', async () => {
    const page = await show(new SceneHost({ durationMs: 2196, end: 'truncated' }), { theme: 'light' });
    assert.match(await page.getByRole('status').innerText(), /The trace breaks off at 2\.196\s?s\./);
    await page.keyboard.press('s');
    await settle(page);
    await shoot(page, 'truncated');
    assert.ok((await pixelsOf(page, '#a87400')) > 20);
  });

  it('reading, failure and a lonely thread are told in a sentence', async () => {
    const page = await show({ answer: () => null });
    assert.equal(await page.getByRole('status').innerText(), 'Reading the trace.');
    await open!.say({ type: 'progress', readEvents: 6_200_000, expectedEvents: 10_000_000 });
    assert.match(await page.getByRole('status').innerText(), /^Reading 6\.2\sM of about 10\.0\sM events\./);
    await open!.say({ type: 'failed', sentence: 'This is not a trace: it starts with `PK`.' });
    assert.equal(await page.getByRole('status').innerText(), 'This is not a trace: it starts with PK.');
    const opened = new SceneHost({ isHealthy: true }).opened();
    await open!.close();
    const asked: ViewToHost[] = [];
    const lonely = { ...opened, threads: opened.threads.slice(0, 1), objectCount: 0, lanes: opened.lanes.slice(0, 1) };
    const empty = await show({
      answer(message) {
        asked.push(message);
        return message.type === 'ready' ? lonely : null;
      },
    });
    await empty.getByText('This program never started a second thread.').waitFor();
    await shoot(empty, 'empty');
    await empty.getByRole('button', { name: 'What is recorded' }).click();
    await empty.getByText(/^Threads of one process/).waitFor();
    await empty.getByRole('button', { name: 'Trace another program' }).click();
    await settle(empty);
    assert.ok(asked.some((message) => message.type === 'traceProgram'));
  });

  it('a short wait of an error stays visible among a million intervals', async () => {
    const host = new DenseHost();
    const page = await show(host, { height: 800 });
    await shoot(page, 'dense');
    assert.match(
      await page.locator('.legend').innerText(),
      /running, from the floor\s+waiting\s+parked|blocked, from the ceiling/,
    );
    assert.ok((await pixelsOf(page, '#fb5865')) >= 4, 'in the whole trace');
    assert.ok(host.bytes < 512 * 1024, `${host.bytes} bytes of tiles`);
    const box = (await page.locator(picture).boundingBox())!;
    const label = (await page.locator('.label', { hasText: 'http-5' }).boundingBox())!;
    const whole = wholeRange({ trace: host.opened() });
    for (let zoom = 0; zoom < 8; zoom++) {
      // The flagged wait stays under the pointer.
      await page.mouse.move(box.x + box.width * (12_345.5e6 / whole.end), label.y + 8);
      await page.mouse.wheel(0, -300);
      await page.waitForTimeout(150);
      assert.ok((await pixelsOf(page, '#fb5865')) >= 4, `after ${zoom + 1} steps closer`);
    }
    await shoot(page, 'dense-closer');
  });

  it('comes back as it was left', async () => {
    const kept = {
      range: [2.0e9, 2.05e9],
      isFollowing: false,
      finding: 1,
      opened: [[3, true]],
      tab: 'details',
      panelHeight: 200,
    };
    const page = await show(new SceneHost(), { kept });
    assert.equal(
      await page.locator('.finding[aria-selected=true] .title').innerText(),
      'Lock-order inversion: stats, log',
    );
    assert.equal(await page.locator('.panel').evaluate((panel) => panel.clientHeight), 200);
    assert.equal(await page.getByRole('button', { name: 'Locks of pool-1' }).getAttribute('aria-expanded'), 'true');
  });
});

/** The built page in front of the built index, on a trace as a recorder writes it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { ViewToHost } from '../../src/protocol/messages.js';
import { deadlock, definitions, definitionsOf, killedAt, silenceUntil, traceOf } from '../indexer/deadlockTrace.js';
import { findChromium, launchBrowser, openPage, settle, shoot, type OpenPage, type PageOptions } from './harness.js';
import { IndexHost } from './indexHost.js';

const picture = '.picture-view canvas';

describe('the page with the real index', function () {
  this.timeout(60_000);
  let browser: Browser | undefined;
  let folder = '';
  let host: IndexHost | undefined;
  let open: OpenPage | undefined;

  before(async function () {
    const path = findChromium();
    if (path === undefined) this.skip();
    browser = await launchBrowser(path);
    folder = mkdtempSync(join(tmpdir(), 'threadlanes-page-'));
  });
  after(async () => {
    await browser?.close();
    if (folder !== '') rmSync(folder, { recursive: true });
  });
  afterEach(async () => {
    const errors = open?.errors ?? [];
    await open?.close();
    await host?.close();
    open = undefined;
    assert.deepEqual(errors, []);
  });

  async function show(bytes: Uint8Array, options: PageOptions = {}): Promise<Page> {
    const file = join(folder, 'store.lanes');
    writeFileSync(file, bytes);
    host = new IndexHost({ file });
    open = await openPage(browser as Browser, host, options);
    return open.page;
  }

  const whole = (): Uint8Array => Buffer.concat(traceOf('lanes', [definitions, deadlock, killedAt(2000)]));

  async function showDeadlock(options: PageOptions = {}): Promise<Page> {
    const page = await show(whole(), options);
    await page
      .getByRole('status')
      .filter({ hasText: /^Deadlock: / })
      .waitFor();
    await settle(page);
    return page;
  }

  const opened = (): string[] =>
    (host as IndexHost).heard
      .filter((message): message is Extract<ViewToHost, { type: 'openSource' }> => message.type === 'openSource')
      .map(({ file, line }) => `${file}:${line}`);

  /** Asks again until it holds: a loaded machine takes its time. */
  async function until(holds: () => boolean | Promise<boolean>, page: Page): Promise<void> {
    while (!(await holds())) await page.waitForTimeout(20);
  }

  async function blockedBar(page: Page, name: string): Promise<{ x: number; y: number }> {
    const box = (await page.locator(picture).boundingBox())!;
    const label = (await page.locator('.label:not(.lock)', { hasText: name }).first().boundingBox())!;
    return { x: box.x + box.width * 0.95, y: label.y + label.height / 2 };
  }

  it('a click on the blocked bar opens where it waits, Alt-click where the other took the lock', async () => {
    const page = await showDeadlock();
    const { x, y } = await blockedBar(page, 'writer');
    await page.mouse.click(x, y);
    await until(() => opened().length === 1, page);
    await page.keyboard.down('Alt');
    await page.mouse.click(x, y);
    await page.keyboard.up('Alt');
    await until(() => opened().length === 2, page);
    assert.deepEqual(opened(), ['store.js:10', 'store.js:6']);
    assert.match(await page.getByRole('tabpanel').innerText(), /writer is blocked on index/);
  });

  it('by keys alone: to the finding, to the lane, to the source; and each step is spoken', async () => {
    const page = await showDeadlock();
    const spoken = page.locator('[aria-live]');
    await page.keyboard.press('n');
    await settle(page);
    await page.keyboard.press('ArrowDown');
    await spoken.filter({ hasText: /^main / }).waitFor({ state: 'attached' });
    await page.keyboard.press('ArrowDown');
    await spoken.filter({ hasText: /^writer / }).waitFor({ state: 'attached' });
    for (let steps = 0; steps < 6 && !(await spoken.innerText()).includes('is blocked on index'); steps++) {
      const before = await spoken.innerText();
      await page.keyboard.press('ArrowRight');
      await settle(page);
      if ((await spoken.innerText()) === before) break;
    }
    assert.match(await spoken.innerText(), /^writer is blocked on index, .*reader holds it/);
    await page.keyboard.press('Enter');
    await until(() => opened().length === 1, page);
    assert.deepEqual(opened(), ['store.js:10']);
  });

  it('[ walks to who holds what is waited for, ] back again', async () => {
    const page = await showDeadlock();
    const { x, y } = await blockedBar(page, 'writer');
    await page.mouse.click(x, y);
    const spoken = page.locator('[aria-live]');
    await spoken.filter({ hasText: /^writer is blocked/ }).waitFor({ state: 'attached' });
    await page.keyboard.press('[');
    await spoken.filter({ hasText: /^reader is blocked on cache/ }).waitFor({ state: 'attached' });
    await page.keyboard.press(']');
    await spoken.filter({ hasText: /^writer is blocked on index/ }).waitFor({ state: 'attached' });
  });

  it('a trace that grows is followed, its deadlock marked, its durations told anew; a drag ends that', async () => {
    const parts = [definitions, deadlock, silenceUntil(2000), silenceUntil(3000), silenceUntil(4000)];
    const bytes = traceOf('lanes', [...parts, killedAt(4500)]);
    let at = 1;
    const page = await show(Buffer.concat(bytes.slice(0, at)));
    const grow = (steps = 1): void => {
      while (steps-- > 0) appendFileSync(join(folder, 'store.lanes'), bytes[at++] as Uint8Array);
    };
    const status = (text: RegExp): Promise<void> => page.getByRole('status').filter({ hasText: text }).waitFor();
    const range = async (): Promise<readonly number[]> => {
      await settle(page);
      await page.waitForFunction(() => (window as { keptNow?: unknown }).keptNow !== undefined);
      return page.evaluate(() => (window as unknown as { keptNow: { range: number[] } }).keptNow.range);
    };
    await status(/^Running, nothing stuck\. Recording/);
    grow(2);
    await status(/^Deadlock: .*Recording, /);
    assert.equal(await page.getByRole('button', { name: 'Follow the end' }).getAttribute('aria-pressed'), 'true');
    assert.equal(await page.locator('.label.is-dead').count(), 4, 'two threads and their locks');

    const { x, y } = await blockedBar(page, 'reader');
    await page.mouse.move(x - 200, y);
    await page
      .locator('.tooltip')
      .filter({ hasText: /^reader is blocked on cache, 1\.99\ss/ })
      .waitFor();
    await page.mouse.click(x - 200, y);
    const details = page.getByRole('tabpanel');
    await details.getByText(/^from 0\.011\ss on, 1\.99\ss so far$/).waitFor();
    grow();
    await details.getByText(/^from 0\.011\ss on, 2\.99\ss so far$/).waitFor();
    await details.getByText(/is blocked on cache, 2\.99\ss$/).waitFor();
    await page
      .locator('.tooltip')
      .filter({ hasText: /^reader is blocked on cache, 2\.99\ss/ })
      .waitFor();
    const endInView = async (): Promise<number> => (await range())[1] as number;
    // The view is kept a moment after it was drawn.
    for (let tries = 0; tries < 100 && (await endInView()) <= 3000e6; tries++) await page.waitForTimeout(50);
    assert.ok((await endInView()) > 3000e6, 'the end is in view');

    await page.mouse.down();
    await page.mouse.move(x - 300, y, { steps: 4 });
    await page.mouse.up();
    await page.getByRole('button', { name: 'Follow the end', pressed: false }).waitFor();
    await settle(page);
    await page.waitForTimeout(300);
    const dragged = await range();
    grow();

    await details.getByText(/, 3\.99\ss so far$/).waitFor();
    assert.deepEqual(await range(), dragged);
    grow();
    await details.getByText(/^from 0\.011\ss to the end of the trace, 4\.49\ss$/).waitFor();
    await shoot(page, 'grown');
  });

  it('a trace that breaks off says where', async () => {
    const bytes = Buffer.concat(traceOf('lanes', [definitions, deadlock, silenceUntil(1500)]));
    // Written long ago: nobody is about to write more.
    const file = join(folder, 'store.lanes');
    writeFileSync(file, bytes);
    utimesSync(file, 1, 1);
    host = new IndexHost({ file });
    open = await openPage(browser as Browser, host);
    await open.page
      .getByRole('status')
      .filter({ hasText: /The trace breaks off at 1\.500/ })
      .waitFor();
  });

  it('a trace whose program is gone breaks off, though it was written a moment ago', async () => {
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    const file = join(folder, 'store.lanes');
    const fiveSecondsAgo = Date.now() / 1000 - 5;
    for (const [pid, said] of [
      [process.pid, /^Running, nothing stuck\./],
      [gone, /The trace breaks off at /],
    ] as const) {
      writeFileSync(file, Buffer.concat(traceOf('lanes', [definitionsOf(pid), silenceUntil(1500)])));
      utimesSync(file, fiveSecondsAgo, fiveSecondsAgo);
      host = new IndexHost({ file });
      open = await openPage(browser as Browser, host);
      await open.page.getByRole('status').filter({ hasText: said }).waitFor();
      await open.close();
      await host.close();
    }
  });

  it('what is no trace is said in a sentence', async () => {
    const page = await show(Buffer.from('PK\u0003\u0004 this is an archive, and no trace at all'));
    await page
      .getByRole('status')
      .filter({ hasText: /not a Threadlanes trace/ })
      .waitFor();
  });

  it('has no barriers that axe knows, with an interval selected', async () => {
    const page = await showDeadlock({ width: 600, height: 500 });
    const { x, y } = await blockedBar(page, 'writer');
    await page.mouse.click(x, y);
    await page.getByRole('tabpanel').getByText('is blocked on').waitFor();
    await page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
    const violations = await page.evaluate(async () => {
      const { axe } = window as unknown as { axe: { run(): Promise<{ violations: { id: string }[] }> } };
      return (await axe.run()).violations.map(({ id }) => id);
    });
    assert.deepEqual(violations, []);
  });
});

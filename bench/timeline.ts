/**
 * Opens a trace of a million events in the built page, through the built index worker: what crosses to the page, and
 * what 200 wheel and drag inputs cost its main thread.
 */
import { mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium, launchBrowser, openPage, settle, type OpenPage } from '../test/webview/harness.js';
import { IndexHost } from '../test/webview/indexHost.js';
import { row, section } from './print.js';
import { writeSyntheticTrace } from './syntheticTrace.js';

const EVENTS = 1_000_000;
const INPUTS = 200;
const LONG_TASK_MS = 50;

const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(0)} kB`;

/** Tasks over 50 ms that the page's main thread had so far, in ms. */
function longTasks(view: OpenPage): Promise<number[]> {
  return view.page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks);
}

async function watchLongTasks(view: OpenPage): Promise<void> {
  await view.page.evaluate(() => {
    const found: number[] = [];
    (window as unknown as { longTasks: number[] }).longTasks = found;
    new PerformanceObserver((list) => found.push(...list.getEntries().map((entry) => entry.duration))).observe({
      type: 'longtask',
    });
  });
}

export async function benchTimeline(): Promise<void> {
  section(`timeline: ${EVENTS / 1e6} M events, 8 threads, Chromium`);
  const chromium = findChromium();
  if (chromium === undefined) return row('skipped', 'no Chromium on this machine');
  const folder = mkdtempSync(join(tmpdir(), 'threadlanes-bench-'));
  const file = join(folder, 'bench.lanes');
  const descriptor = openSync(file, 'w');
  writeSyntheticTrace((bytes) => writeSync(descriptor, bytes), { events: EVENTS });
  row('file', `${kilobytes(statSync(file).size)}, ${(statSync(file).size / EVENTS).toFixed(2)} bytes an event`);

  const host = new IndexHost({ file });
  const browser = await launchBrowser(chromium);
  try {
    const view = await openPage(browser, host, { width: 1352, height: 740 });
    while (Number.isNaN(host.openedAfterMs)) await settle(view.page);
    await settle(view.page);
    row('opened', `after ${(host.openedAfterMs / 1000).toFixed(2)} s`);
    row('sent until the picture stands', kilobytes(host.taken()));

    await watchLongTasks(view);
    const canvas = await view.page.locator('.picture-view canvas').boundingBox();
    if (canvas === null) throw new Error('the page has no picture');
    const [x, y] = [canvas.x + canvas.width * 0.6, canvas.y + canvas.height * 0.4];
    await view.page.mouse.move(x, y);
    let largest = 0;
    for (let input = 0; input < INPUTS; input++) {
      const phase = Math.floor(input / 20) % 4;
      if (phase === 0) await view.page.mouse.wheel(0, -240);
      else if (phase === 2) await view.page.mouse.wheel(0, 240);
      else {
        await view.page.mouse.down();
        await view.page.mouse.move(x + (input % 2 === 0 ? 120 : -120), y, { steps: 2 });
        await view.page.mouse.up();
        await view.page.mouse.move(x, y);
      }
      await view.page.waitForTimeout(60);
      largest = Math.max(largest, host.taken());
    }
    const tasks = await longTasks(view);
    row('largest answer to one input', kilobytes(largest));
    row(
      `tasks over ${LONG_TASK_MS} ms in ${INPUTS} inputs`,
      `${tasks.length}${tasks.length > 0 ? ` (${tasks.map((ms) => ms.toFixed(0)).join(', ')} ms)` : ''}`,
    );
    if (view.errors.length > 0) row('errors of the page', view.errors.join('; '));
  } finally {
    await browser.close();
    await host.close();
    rmSync(folder, { recursive: true });
  }
}

// What a person does in the workbench page, and where the timeline is in it.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Runs a command by its title, as a person does. An open palette does not refresh: it is asked anew. */
export async function runFromPalette(page, title) {
  const row = page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
  for (let attempt = 0; ; attempt++) {
    await page.keyboard.press('F1');
    try {
      // A page that takes the focus just now closes the palette again.
      await page.locator('.quick-input-widget input').fill(`>${title}`, { timeout: 1000 });
      return await row.click({ timeout: 1000 });
    } catch (error) {
      if (attempt > 40) throw error;
      await page.keyboard.press('Escape');
    }
  }
}

/** Opens a file of the folder from the explorer. */
export async function openFromExplorer(page, name) {
  await page.locator('.explorer-folders-view .monaco-list-row', { hasText: name }).first().dblclick();
  await page.locator('.tab', { hasText: name }).first().waitFor();
}

/** The page of the trace editor: the inner of two frames. */
export function timelineFrame(page) {
  return page
    .locator('iframe.webview.ready[src*="extensionId=threadlanes.threadlanes"]')
    .contentFrame()
    .locator('iframe#active-frame')
    .contentFrame();
}

/** Where the bar of a thread is on the page, at a share of the picture's width. */
export async function pointOnLane(page, thread, share) {
  const frame = timelineFrame(page);
  const label = await frame.locator('.labels').getByText(thread, { exact: true }).first().boundingBox();
  const canvas = await frame.locator('canvas[role="application"]').boundingBox();
  return { x: canvas.x + canvas.width * share, y: label.y + label.height / 2 };
}

/** Keeps a picture of the page for a person to look at. */
export async function shoot(page, name) {
  const folder = '.test-output/screenshots';
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

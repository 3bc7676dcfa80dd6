// Makes timeline.png, the picture of the README: examples/pages traced in a real VS Code, its deadlock on the screen.
//   npm run picture
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installHost } from '../test/host/installHost.mjs';
import { packageExtension } from '../test/host/packageExtension.mjs';
import { openFromExplorer, pointOnLane, runFromPalette, timelineFrame } from '../test/host/ui/workbench.mjs';
import { openWorkbench } from '../test/host/vscodeHost.mjs';
import { makeWorkspace } from '../test/host/workspace.mjs';

const NEWEST = '4.139.1';
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);

const pages = join(root, 'examples/pages');
const files = Object.fromEntries(readdirSync(pages).map((name) => [name, readFileSync(join(pages, name), 'utf8')]));
const { folder, remove } = makeWorkspace(root, files);
const workbench = await openWorkbench(installHost(NEWEST), {
  folder,
  vsix: packageExtension(root),
  testFlags: false,
  settings: {
    'editor.minimap.enabled': false,
    'workbench.colorTheme': 'Default Dark Modern',
    'explorer.autoReveal': false,
  },
});
try {
  const { page } = workbench;
  await page.setViewportSize({ width: 1600, height: 900 });
  await openFromExplorer(page, 'app.mjs');
  await page.keyboard.press('Control+B');
  await runFromPalette(page, 'Threadlanes: Trace Current Program');
  const toast = page.locator('.notification-toast', { hasText: 'Deadlock' });
  await toast.waitFor({ timeout: 60_000 });
  await toast.getByRole('button', { name: 'Show' }).click();
  // The source of the wait beside the timeline, as after a click; the terminal is in the way of the picture.
  await page.keyboard.press('Control+J');
  await timelineFrame(page).locator('canvas[role="application"]').waitFor();
  const { x, y } = await pointOnLane(page, 'reader', 0.85);
  await page.mouse.click(x, y);
  await page.locator('.tab', { hasText: 'query.mjs' }).first().waitFor();
  await timelineFrame(page).locator('body').press('Escape');
  await page.mouse.move(10, 500);
  await page.waitForTimeout(1500);
  await page.screenshot({ path: 'media/timeline.png' });
} finally {
  await workbench.close();
  remove();
}

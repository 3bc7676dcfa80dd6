// From the palette to the line, with mouse and keyboard in the workbench page; the truth is asked of the `vscode` API.
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { connectBridge } from '../bridge.mjs';
import { freePort, openWorkbench } from '../vscodeHost.mjs';
import { openFromExplorer, pointOnLane, runFromPalette, shoot, timelineFrame } from './workbench.mjs';

/** @param what `host`, `version`, `folder`, `extension`, the path of the `bridge`, the `programs` */
export function timelineTests({ host, version, folder, extension, bridge, programs }) {
  describe(`the timeline in VS Code ${version}`, () => {
    let workbench;
    let ask;
    before(async () => {
      const port = await freePort();
      const env = { THREADLANES_BRIDGE_PORT: String(port) };
      workbench = await openWorkbench(host, { folder, extension, tests: bridge, env });
      ask = await connectBridge(port);
    });
    after(() => workbench?.close());
    afterEach(async function () {
      if (this.currentTest?.state === 'failed') await shoot(workbench.page, `failed-${version}`);
    });

    it('is opened beside the code by Trace Current Program, with the deadlock in its verdict', async () => {
      const { page } = workbench;
      await openFromExplorer(page, 'hang.js');
      await runFromPalette(page, 'Threadlanes: Trace Current Program');
      const frame = timelineFrame(page);
      await frame.locator('canvas[role="application"]').waitFor();
      await frame.getByRole('status').filter({ hasText: 'Deadlock' }).waitFor();
      await page.locator('.statusbar-item', { hasText: 'Tracing hang.js' }).waitFor();
      await page.locator('.tab', { hasText: 'hang.js' }).first().waitFor();
      await shoot(page, `live-${version}`);
    });

    for (const [index, thread] of programs.NAMES.threads.entries()) {
      it(`moves the editor to the line where ${thread} waits when its blocked wait is clicked`, async () => {
        const { page } = workbench;
        const line = [programs.WAITING_LINE, programs.OTHER_WAITING_LINE][index];
        const { x, y } = await pointOnLane(page, thread, 0.7);
        await page.mouse.click(x, y);
        const shown = async () =>
          ask(`return vscode.window.visibleTextEditors
            .filter(({ document }) => document.uri.path.endsWith('/hang.js'))
            .map(({ selection }) => selection.active.line + 1)`);
        for (let attempt = 0; attempt < 100 && !(await shown()).includes(line); attempt++) await delay(100);
        assert.deepEqual(await shown(), [line]);
        assert.equal(await ask('return vscode.window.tabGroups.all.length'), 2);
        await timelineFrame(page).locator('canvas[role="application"]').waitFor();
        await shoot(page, `jump-${index}-${version}`);
      });
    }

    it('stops the program from the status bar, and keeps the picture', async () => {
      const { page } = workbench;
      const item = page.locator('.statusbar-item', { hasText: 'Tracing hang.js' });
      await item.click();
      await item.waitFor({ state: 'hidden' });
      await timelineFrame(page).getByRole('status').filter({ hasText: 'Deadlock' }).waitFor();
      await shoot(page, `stopped-${version}`);
    });
  });
}

// The packaged extension, installed as a user would and without any test flag: only so notifications are shown.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { entriesOf, LARGEST_PACKAGE_BYTES, PACKAGED } from '../packageExtension.mjs';
import { openWorkbench } from '../vscodeHost.mjs';
import { openFromExplorer, runFromPalette, shoot, timelineFrame } from './workbench.mjs';

/** @param what `host`, `version`, `folder`, the path of the `vsix`, the `programs` */
export function installedTests({ host, version, folder, vsix, programs }) {
  describe(`the packaged extension in VS Code ${version}`, () => {
    let workbench;
    before(async () => (workbench = await openWorkbench(host, { folder, vsix, testFlags: false })));
    after(() => workbench?.close());
    afterEach(async function () {
      if (this.currentTest?.state === 'failed') await shoot(workbench.page, `failed-installed-${version}`);
    });

    it('is small and holds what it needs', () => {
      const zip = readFileSync(vsix);
      const names = entriesOf(zip)
        .filter((name) => name.startsWith('extension/'))
        .map((name) =>
          name
            .slice('extension/'.length)
            .replace(/^(readme|changelog)\.md$/, (name) => `${name.slice(0, -3).toUpperCase()}.md`),
        );
      assert.deepEqual(names.sort(), [...PACKAGED].sort());
      assert.ok(zip.length < LARGEST_PACKAGE_BYTES, `${zip.length} bytes`);
    });

    it('tells of the deadlock while the program hangs, and Show opens the timeline at the cycle', async () => {
      const { page } = workbench;
      await openFromExplorer(page, 'hang.js');
      await runFromPalette(page, 'Threadlanes: Trace Current Program');
      const toast = page.locator('.notification-toast', { hasText: 'Deadlock' });
      // Installed just now, the extension is started and its program recorded: on a busy machine that takes its time.
      await toast.waitFor({ timeout: 80_000 });
      const text = await toast.innerText();
      for (const name of [...programs.NAMES.threads, ...programs.NAMES.locks, `hang.js:${programs.WAITING_LINE}`]) {
        assert.ok(text.includes(name), `${text}: ${name}`);
      }
      await shoot(page, `toast-${version}`);
      // The person has closed the timeline: Show has to open it again.
      const tab = page.locator('.tab', { hasText: '.lanes' });
      await tab.hover();
      await tab.locator('.tab-actions .action-label').first().click();
      await tab.waitFor({ state: 'detached' });
      await toast.getByRole('button', { name: 'Show' }).click();
      const frame = timelineFrame(page);
      // In half a window's width the list is behind the details.
      const finding = frame.getByRole('option', { selected: true, includeHidden: true });
      await finding.filter({ hasText: 'Deadlock' }).waitFor({ state: 'attached' });
      await frame.getByRole('button', { name: 'Pause', pressed: true }).waitFor();
      await shoot(page, `shown-${version}`);
    });
  });
}

// The extension in a real VS Code, the oldest supported version and the newest.
//   node test/host/run.mjs [--suite | --ui] [version of code-server…]
// The last line is `N passed, N failed`.
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium } from '../chromium.mjs';
import { buildSuite } from './buildSuite.mjs';
import { HOSTS } from './hosts.mjs';
import { installHost, reasonToSkip } from './installHost.mjs';
import { packageExtension } from './packageExtension.mjs';
import { runSuite } from './runSuite.mjs';
import { runUi } from './runUi.mjs';
import { installedTests } from './ui/installed.mjs';
import { timelineTests } from './ui/timeline.mjs';
import { makeWorkspace } from './workspace.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const require = createRequire(import.meta.url);

/**
 * @param parts which tests: `suite` in the extension host, `ui` in the workbench page
 * @returns how many passed, failed and were skipped
 */
export async function runHosts(versions = Object.keys(HOSTS), parts = ['suite', 'ui']) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  const reason = reasonToSkip() ?? (findChromium() === undefined ? 'there is no Chromium' : undefined);
  if (reason) {
    console.log(`The tests in VS Code are skipped: ${reason}.`);
    return { ...total, skipped: versions.length };
  }
  const { suite, bridge, programs: programsPath } = await buildSuite();
  const programs = require(programsPath);
  const vsix = parts.includes('ui') ? packageExtension(root) : undefined;
  async function count(run) {
    // A folder of its own for each, so that none sees what another wrote.
    const { folder, remove } = makeWorkspace(root, programs.FILES);
    try {
      const counts = await run(folder);
      for (const key of Object.keys(total)) total[key] += counts[key];
    } finally {
      remove();
    }
  }
  for (const version of versions) {
    console.log(`VS Code ${HOSTS[version].vscode}`);
    const host = installHost(version);
    const common = { host, version: HOSTS[version].vscode, programs };
    if (parts.includes('suite')) await count((folder) => runSuite(host, { folder, extension: root, suite }));
    if (!parts.includes('ui')) continue;
    await count((folder) => runUi(() => timelineTests({ ...common, folder, extension: root, bridge })));
    await count((folder) => runUi(() => installedTests({ ...common, folder, vsix })));
  }
  return total;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.chdir(root);
  const words = process.argv.slice(2);
  const parts = ['suite', 'ui'].filter((part) => words.includes(`--${part}`));
  const versions = words.filter((word) => word in HOSTS);
  const { passed, failed, skipped } = await runHosts(
    versions.length > 0 ? versions : undefined,
    parts.length > 0 ? parts : undefined,
  );
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exitCode = failed > 0 ? 1 : 0;
}

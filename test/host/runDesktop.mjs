// The same suite in a desktop VS Code, which @vscode/test-electron downloads. On Linux it needs a display (xvfb-run -a).
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTests } from '@vscode/test-electron';
import { buildSuite } from './buildSuite.mjs';
import { makeWorkspace } from './workspace.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const require = createRequire(import.meta.url);

/** @returns how many tests passed, failed and were skipped */
export async function runDesktop() {
  const { suite, programs } = await buildSuite();
  const { folder, remove } = makeWorkspace(root, require(programs).FILES);
  const temporary = mkdtempSync(join(tmpdir(), 'threadlanes-desktop-'));
  const output = join(temporary, 'output');
  try {
    await runTests({
      version: process.env.VSCODE_VERSION ?? 'stable',
      extensionDevelopmentPath: root,
      extensionTestsPath: suite,
      extensionTestsEnv: { THREADLANES_SUITE_OUTPUT: output },
      launchArgs: [folder, '--disable-extensions', '--disable-workspace-trust'],
    }).catch((error) => console.error(String(error)));
    console.log(readFileSync(output, 'utf8'));
    const { passes, failures, pending } = JSON.parse(readFileSync(`${output}.json`, 'utf8'));
    return { passed: passes, failed: failures, skipped: pending };
  } catch (error) {
    console.error(String(error));
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    remove();
    rmSync(temporary, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.chdir(root);
  const { passed, failed, skipped } = await runDesktop();
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exitCode = failed > 0 ? 1 : 0;
}

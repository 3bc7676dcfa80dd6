// Runs the suite inside the extension host of one version of VS Code, and says how many of its tests passed.
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openWorkbench } from './vscodeHost.mjs';

const PATIENCE_MS = 300_000;

/** Shows what a file gains. */
function follow(path) {
  const descriptor = openSync(path, 'r');
  const buffer = Buffer.alloc(65_536);
  const show = () => {
    for (let size; (size = readSync(descriptor, buffer)) > 0;) process.stdout.write(buffer.subarray(0, size));
  };
  const timer = setInterval(show, 100);
  return () => {
    clearInterval(timer);
    show();
    closeSync(descriptor);
  };
}

/** @returns the counts of the suite; a host that ends without telling them counts as one failure */
export async function runSuite(host, { folder, extension, suite, env = {} }) {
  const temporary = mkdtempSync(join(tmpdir(), 'threadlanes-suite-'));
  const output = join(temporary, 'output');
  writeFileSync(output, '');
  const stopFollowing = follow(output);
  let workbench;
  try {
    workbench = await openWorkbench(host, {
      folder,
      extension,
      tests: suite,
      env: { ...env, THREADLANES_SUITE_OUTPUT: output },
    });
    const code = await Promise.race([workbench.exit, delay(PATIENCE_MS, 'late', { ref: false })]);
    if (code === 'late') {
      const shot = resolve('.test-output', 'suite-without-end.png');
      mkdirSync('.test-output', { recursive: true });
      await workbench.page.screenshot({ path: shot });
      console.error(`The suite did not end in ${PATIENCE_MS / 1000} s: see ${shot}`);
    }
    await delay(200);
    const { passes, failures, pending } = JSON.parse(readFileSync(`${output}.json`, 'utf8'));
    return { passed: passes, failed: failures, skipped: pending };
  } catch (error) {
    console.error(String(error));
    console.error(
      (workbench?.lines ?? [])
        .filter((line) => !/spdlog|watchdog|^\s+at /.test(line))
        .slice(-30)
        .join(''),
    );
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    await workbench?.close();
    stopFollowing();
    rmSync(temporary, { recursive: true, force: true });
  }
}

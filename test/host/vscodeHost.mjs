// A real VS Code without a desktop: the VS Code server of npm's code-server, its workbench in headless Chromium.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { findChromium } from '../chromium.mjs';

/** No welcome page, no chat, no tips: what is on the page is what the test put there. */
const quietSettings = {
  'chat.commandCenter.enabled': false,
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'npm.fetchOnlinePackageInfo': false,
  'telemetry.telemetryLevel': 'off',
  'window.restoreWindows': 'none',
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/** A port of this machine that nobody uses. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * Starts a server with folders of its own.
 * @param host as `installHost` gives it
 * @param options `env`, `settings` of the user, `vsix` to install, `testFlags`: let the page run an extension under
 *   development; silences notifications
 */
async function startServer(host, { env = {}, settings = {}, vsix, testFlags = true, log }) {
  const folder = mkdtempSync(join(tmpdir(), 'threadlanes-host-'));
  const port = await freePort();
  mkdirSync(join(folder, 'user/User'), { recursive: true });
  writeFileSync(join(folder, 'user/User/settings.json'), JSON.stringify({ ...quietSettings, ...settings }));
  const common = [
    join(host.server, 'out/server-main.js'),
    '--accept-server-license-terms',
    ...['--server-data-dir', join(folder, 'server')],
    ...['--user-data-dir', join(folder, 'user')],
    ...['--extensions-dir', join(folder, 'extensions')],
  ];
  // Without a gallery it asks one in the internet; sockets in TMPDIR pile up when it is shared.
  const environment = { ...process.env, EXTENSIONS_GALLERY: '{"serviceUrl":""}', TMPDIR: folder, ...env };
  if (vsix) {
    execFileSync(host.node, [...common, '--install-extension', vsix, '--force'], { env: environment, stdio: 'pipe' });
  }
  const flags = [
    ...['--host', '127.0.0.1', '--port', String(port), '--without-connection-token'],
    ...['--disable-telemetry', '--telemetry-level', 'off', '--disable-workspace-trust'],
    ...(testFlags ? ['--enable-smoke-test-driver'] : []),
  ];
  const child = spawn(host.node, [...common, ...flags], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment,
  });
  let hasExited = false;
  const exited = new Promise((resolve) => child.once('exit', resolve)).then(() => (hasExited = true));
  child.stdout.on('data', (data) => log(String(data)));
  child.stderr.on('data', (data) => log(String(data)));

  const signal = (name) => {
    try {
      process.kill(-child.pid, name); // its own process group: extension host, terminals, file watcher
    } catch {
      // All of them are gone.
    }
  };
  async function stop() {
    signal('SIGTERM');
    await Promise.race([exited, delay(3000, undefined, { ref: false })]);
    signal('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  const url = `http://127.0.0.1:${port}/`;
  for (let attempt = 0; ; attempt++) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return { url, authority: `127.0.0.1:${port}`, stop };
    if (hasExited || attempt > 300) {
      await stop();
      throw new Error('the VS Code server did not come up');
    }
    await delay(100);
  }
}

/** Nothing but this machine can be reached: the pages of webviews come through a service worker all the same. */
const browserFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

function workbenchUrl(server, { folder, extension, tests }) {
  const remote = (path) => `vscode-remote://${server.authority}${path}`;
  const payload = [];
  if (extension) payload.push(['extensionDevelopmentPath', remote(extension)]);
  if (tests) payload.push(['extensionTestsPath', remote(tests)]);
  const what = folder === undefined ? { ew: 'true' } : { folder };
  return `${server.url}?${new URLSearchParams({ ...what, payload: JSON.stringify(payload) })}`;
}

/**
 * Opens a workbench.
 * @param options those of the server, `folder` (none: an empty window), `extension` under development, `tests`: the module whose `run` the
 *   extension host calls
 * @returns the page, `exit`: resolves to the exit code of `tests`, `lines` that server and page logged, `close`
 */
export async function openWorkbench(host, options) {
  const lines = [];
  const log = (text) => {
    lines.push(text.slice(0, 2000));
    if (process.env.VERBOSE) process.stderr.write(text);
  };
  const server = await startServer(host, { ...options, log });
  let browser;
  const close = async () => {
    await browser?.close();
    await server.stop();
  };
  try {
    browser = await chromium.launch({ executablePath: findChromium(), headless: true, args: browserFlags });
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    // Both are called by the workbench itself when it runs tests.
    const exit = new Promise((resolve) => page.exposeFunction('codeAutomationExit', resolve));
    await page.exposeFunction('codeAutomationLog', (type, args) => log(`[${type}] ${args.join(' ')}\n`));
    page.on('crash', () => log('the page crashed\n'));
    await page.goto(workbenchUrl(server, options));
    await page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
    return { page, exit, lines, close };
  } catch (error) {
    await close();
    throw error;
  }
}

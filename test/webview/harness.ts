/** Opens the built page in Chromium with a host of ours behind `acquireVsCodeApi`. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { HostToView, ViewToHost } from '../../src/protocol/messages.js';
import { VSCODE_COLORS, type Theme } from './vscodeColors.js';

const root = resolve(__dirname, '../..');
const output = join(root, '.test-output');

const places = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The path of a Chromium, or undefined when there is none. */
export function findChromium(): string | undefined {
  return [...places, chromium.executablePath()].find((path) => path !== undefined && existsSync(path));
}

/** Nothing but this page: no network, no profile, no GPU. */
export function launchBrowser(executablePath: string): Promise<Browser> {
  const quiet = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-sync'];
  return chromium.launch({
    executablePath,
    headless: true,
    args: [...quiet, '--disable-background-networking', '--disable-component-update'],
  });
}

const CLASSES: Readonly<Record<Theme, string>> = {
  dark: 'vscode-dark',
  light: 'vscode-light',
  highContrast: 'vscode-high-contrast',
  highContrastLight: 'vscode-high-contrast vscode-high-contrast-light',
};

/** VS Code's variables and ours, as `contributes.colors` gives them. */
export function themeVariables(theme: Theme): string {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    contributes: { colors: { id: string; defaults: Record<Theme, string> }[] };
  };
  const own = manifest.contributes.colors.map(({ id, defaults }) => [id.replaceAll('.', '-'), defaults[theme]]);
  const all = [...Object.entries(VSCODE_COLORS[theme]), ...own];
  return [
    ...all.map(([name, value]) => `--vscode-${name}: ${value};`),
    '--vscode-font-family: system-ui, Ubuntu, "Droid Sans", sans-serif;',
    '--vscode-font-size: 13px;',
    '--vscode-editor-font-family: "DejaVu Sans Mono", monospace;',
  ].join(' ');
}

function pageOf(theme: Theme): string {
  const nonce = 'test';
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>trace</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; script-src 'nonce-${nonce}'">
<link rel="stylesheet" href="theme.css"><link rel="stylesheet" href="webview.css"></head><body class="${CLASSES[theme]}"><div id="app"></div>
<script nonce="${nonce}">
  let kept;
  window.acquireVsCodeApi = () => ({
    postMessage: (message) => window.hostHears(message),
    getState: () => kept ?? window.keptState,
    setState: (state) => { kept = state; window.keptNow = state; },
  });
</script><script nonce="${nonce}" src="webview.js"></script></body></html>`;
}

export interface OpenPage {
  readonly page: Page;
  /** What the page logged as errors, and what it threw. */
  readonly errors: readonly string[];
  say(message: HostToView): Promise<void>;
  close(): Promise<void>;
}

export interface PageOptions {
  readonly theme?: Theme;
  readonly width?: number;
  readonly height?: number;
  readonly kept?: unknown;
}

/** Buffers cross as base64: a page's functions take JSON. */
function packed(message: HostToView): unknown {
  return message.type === 'tile' ? { ...message, buffer: Buffer.from(message.buffer).toString('base64') } : message;
}

export async function openPage(
  browser: Browser,
  host: { answer(message: ViewToHost): HostToView | null },
  options: PageOptions = {},
): Promise<OpenPage> {
  const viewport = { width: options.width ?? 1352, height: options.height ?? 740 };
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(error.message));
  await page.route('http://page.test/**', (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    if (name === '') return route.fulfill({ contentType: 'text/html', body: pageOf(options.theme ?? 'dark') });
    if (name === 'theme.css') {
      return route.fulfill({ contentType: 'text/css', body: `:root { ${themeVariables(options.theme ?? 'dark')} }` });
    }
    return route.fulfill({ path: join(root, 'dist', name) });
  });
  await page.addInitScript((kept) => {
    (window as { keptState?: unknown }).keptState = kept;
    (window as { deliver?: unknown }).deliver = (message: { type: string; buffer?: unknown }) => {
      if (message.type === 'tile') {
        const bytes = Uint8Array.from(atob(message.buffer as string), (c) => c.charCodeAt(0));
        message.buffer = bytes.buffer;
      }
      window.postMessage(message, '*');
    };
  }, options.kept);
  const say = (message: HostToView): Promise<void> =>
    page.evaluate((packedMessage) => {
      (window as unknown as { deliver: (m: unknown) => void }).deliver(packedMessage);
    }, packed(message));
  await page.exposeFunction('hostHears', async (message: ViewToHost) => {
    const answer = host.answer(message);
    if (answer) await say(answer).catch(() => undefined);
  });
  await page.goto('http://page.test/');
  return { page, errors, say, close: () => context.close() };
}

/** Waits until the page has nothing more to draw. */
export async function settle(page: Page): Promise<void> {
  await page.waitForTimeout(350);
}

export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(output, { recursive: true });
  await page.screenshot({ path: join(output, `webview-${name}.png`) });
}

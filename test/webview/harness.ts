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
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; script-src 'nonce-${nonce}'; connect-src 'self'">
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

/** What stands behind the page: answers at once, or takes `say` and answers whenever it likes. */
export interface PageHost {
  answer(message: ViewToHost): HostToView | null;
  attach?(say: (message: HostToView) => void): void;
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
  /** Pixels of a screenshot for each of the page. */
  readonly scale?: number;
  readonly kept?: unknown;
  /** Jumps glide; else they are immediate, so that a test need not wait for them. */
  readonly hasMotion?: boolean;
}

/** Messages of each page, both ways, so far: when they cease, it has settled. */
const traffic = new WeakMap<Page, { messages: number; onTheirWay: number }>();

export async function openPage(browser: Browser, host: PageHost, options: PageOptions = {}): Promise<OpenPage> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1352, height: options.height ?? 740 },
    deviceScaleFactor: options.scale ?? 1,
    reducedMotion: options.hasMotion === true ? 'no-preference' : 'reduce',
  });
  const page = await context.newPage();
  const counts = { messages: 0, onTheirWay: 0 };
  traffic.set(page, counts);
  const errors: string[] = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(error.message));
  const buffers = new Map<string, ArrayBuffer>();
  await page.route('http://page.test/**', (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    const buffer = buffers.get(name);
    if (buffer) {
      buffers.delete(name);
      return route.fulfill({ contentType: 'application/octet-stream', body: Buffer.from(buffer) });
    }
    if (name === '') return route.fulfill({ contentType: 'text/html', body: pageOf(options.theme ?? 'dark') });
    if (name === 'theme.css') {
      return route.fulfill({ contentType: 'text/css', body: `:root { ${themeVariables(options.theme ?? 'dark')} }` });
    }
    return route.fulfill({ path: join(root, 'dist', name) });
  });
  await page.addInitScript((kept) => {
    (window as { keptState?: unknown }).keptState = kept;
    let last = Promise.resolve();
    // Buffers are fetched, which costs the page no work; messages stay in their order.
    (window as { deliver?: unknown }).deliver = (message: { type: string; buffer?: unknown }) =>
      (last = last.then(async () => {
        if (message.type === 'tile') message.buffer = await (await fetch(message.buffer as string)).arrayBuffer();
        window.postMessage(message, '*');
      }));
  }, options.kept);
  const say = async (message: HostToView): Promise<void> => {
    counts.messages++;
    counts.onTheirWay++;
    const name = `tile-${counts.messages}`;
    if (message.type === 'tile') buffers.set(name, message.buffer);
    const sent = message.type === 'tile' ? { ...message, buffer: name } : message;
    try {
      await page.evaluate(
        (one) => (window as unknown as { deliver: (m: unknown) => Promise<void> }).deliver(one),
        sent,
      );
    } finally {
      counts.onTheirWay--;
    }
  };
  host.attach?.((message) => void say(message).catch(() => undefined));
  await page.exposeFunction('hostHears', async (message: ViewToHost) => {
    counts.messages++;
    const answer = host.answer(message);
    if (answer) await say(answer).catch(() => undefined);
  });
  await page.goto('http://page.test/');
  return { page, errors, say, close: () => context.close() };
}

/** So long a page without news is quiet: longer than its debounces that lead to a message, and than an answer takes. */
const QUIET_MS = 120;

/** Waits until nothing comes and goes any more, and all of it is drawn. */
export async function settle(page: Page): Promise<void> {
  const counts = traffic.get(page);
  let before: number;
  do {
    before = counts?.messages ?? 0;
    await page.waitForTimeout(QUIET_MS);
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  } while (counts && (counts.messages !== before || counts.onTheirWay > 0));
}

export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(output, { recursive: true });
  await page.screenshot({ path: join(output, `webview-${name}.png`) });
}

// Finds a Chromium for the tests, or brings one: by the system's package manager when we may, else through Playwright.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);

const usualPlaces = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The path of a Chromium that can be started, or undefined. */
export function findChromium() {
  return [process.env.CHROMIUM, ...usualPlaces, chromium.executablePath()].find((path) => path && existsSync(path));
}

function installWithApt() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return;
  if (spawnSync('apt-get', ['--version']).status !== 0) return;
  spawnSync('apt-get', ['update', '-qq'], { stdio: ['ignore', 'ignore', 'inherit'] });
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}

function installWithPlaywright() {
  try {
    execFileSync(process.execPath, [require.resolve('playwright-core/cli.js'), 'install', 'chromium'], {
      stdio: 'inherit',
    });
  } catch {
    // Said by the caller: without a browser its tests are skipped.
  }
}

/** Installs what is missing; the path, or undefined when neither way worked. */
export function bringChromium() {
  if (findChromium() === undefined) installWithApt();
  if (findChromium() === undefined) installWithPlaywright();
  return findChromium();
}

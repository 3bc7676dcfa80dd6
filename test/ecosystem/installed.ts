/** Brings the libraries that `package.json` names, once, into a folder that git ignores. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const wanted = join(__dirname, 'package.json');
const folder = resolve(__dirname, '../../.test-output/ecosystem');

/** The folder `node_modules` with all of them, or why they could not be brought. */
export function bringLibraries(): { readonly modules: string } | { readonly reason: string } {
  const modules = join(folder, 'node_modules');
  const done = join(modules, 'brought.json');
  if (existsSync(done) && readFileSync(done, 'utf8') === readFileSync(wanted, 'utf8')) return { modules };
  mkdirSync(folder, { recursive: true });
  copyFileSync(wanted, join(folder, 'package.json'));
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  try {
    execFileSync('npm', ['install', '--ignore-scripts', '--no-package-lock', ...quiet], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      shell: process.platform === 'win32',
    });
  } catch (error) {
    return { reason: String((error as { stderr?: unknown }).stderr ?? error).split('\n')[0] ?? '' };
  }
  copyFileSync(wanted, done);
  return { modules };
}

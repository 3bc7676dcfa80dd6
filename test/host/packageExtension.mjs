// Packages the extension as it is published.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

const require = createRequire(import.meta.url);

/** What a package holds, and nothing else. */
export const PACKAGED = [
  'CHANGELOG.md',
  'LICENSE.txt',
  'README.md',
  'package.json',
  'package.nls.json',
  'dist/cli.cjs',
  'dist/collector.cjs',
  'dist/extension.js',
  'dist/indexWorker.js',
  'dist/recorder.cjs',
  'dist/register.cjs',
  'dist/sites.cjs',
  'dist/webview.css',
  'dist/webview.js',
  'media/icon.png',
];

export const LARGEST_PACKAGE_BYTES = 1_000_000;

/** @returns the path of the package */
export function packageExtension(root) {
  const out = resolve('.test-output', 'threadlanes.vsix');
  mkdirSync(dirname(out), { recursive: true });
  const vsce = join(dirname(require.resolve('@vscode/vsce/package.json')), 'vsce');
  execFileSync(process.execPath, [vsce, 'package', '--no-dependencies', '--out', out], { cwd: root, stdio: 'pipe' });
  return out;
}

/** The names of a zip file's entries, from its central directory. */
export function entriesOf(zip) {
  const names = [];
  for (let at = zip.indexOf('PK\x01\x02'); at >= 0; at = zip.indexOf('PK\x01\x02', at + 46)) {
    names.push(zip.toString('utf8', at + 46, at + 46 + zip.readUInt16LE(at + 28)));
  }
  return names;
}

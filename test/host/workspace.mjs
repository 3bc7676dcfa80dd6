// A folder with programs, made anew for each run: the tests write into it.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * @param root of Threadlanes: programs get it as their package `threadlanes`
 * @param files their text by path
 */
export function makeWorkspace(root, files) {
  const anHourAgo = Date.now() / 1000 - 3600;
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'threadlanes-workspace-')));
  for (const [path, text] of Object.entries({ 'package.json': '{"name":"app","private":true}\n', ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
    // A trace that was written just now may still grow: of an old one it is said at once what is wrong with it.
    utimesSync(join(folder, path), anHourAgo, anHourAgo);
  }
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/threadlanes'), 'junction');
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }) };
}

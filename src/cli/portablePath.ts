import { textHash } from '../base/textHash.js';

const absolute = /^(?:file:\/\/|\/|[A-Za-z]:[\\/]|\\\\)/;

/**
 * What a path in a trace is called in reports: the same on every machine. Within the root they are relative already; what
 * lies outside is named from its package, or relative to the root.
 * @param root of the trace, absolute, with `/`
 */
export function portablePath(path: string, root: string): string {
  // The address is the whole program: what is left of it tells one from another.
  if (path.startsWith('data:')) return `data-url-${textHash(path).slice(0, 8)}`;
  if (!absolute.test(path)) return path;
  const names = path.replace(/^file:\/\/\/?(?=[A-Za-z]:|\/)/, '').split(/[\\/]+/);
  const packages = names.lastIndexOf('node_modules');
  if (packages >= 0) return names.slice(packages).join('/');
  const folders = root.split('/').filter((name, index) => name !== '' || index === 0);
  const length = Math.min(folders.length, names.length - 1);
  let shared = 0;
  while (shared < length && folders[shared] === names[shared]) shared++;
  // The root of a file system or a drive alone is nothing in common.
  if (shared < 2) return names.at(-1) as string;
  return [...folders.slice(shared).map(() => '..'), ...names.slice(shared)].join('/');
}

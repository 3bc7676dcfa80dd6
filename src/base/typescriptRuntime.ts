/** What it takes to run a TypeScript program with Node: the command and the extension decide it alike. */

/** `[22, 18]` of `v22.18.0`. */
export type NodeVersion = readonly [major: number, minor: number];

/** Reads a version as `node --version` or `process.versions.node` gives it. */
export function parseNodeVersion(text: string): NodeVersion | null {
  const match = /^v?(\d+)\.(\d+)\.\d/.exec(text.trim());
  return match ? [Number(match[1]), Number(match[2])] : null;
}

/** The options with which Node strips types by itself; null when it cannot. */
export function typeStripping([major, minor]: NodeVersion): readonly string[] | null {
  if (major > 23 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18)) return [];
  return major === 23 || (major === 22 && minor >= 6) ? ['--experimental-strip-types'] : null;
}

/**
 * tsx's loader in the nearest `node_modules` above a program.
 * @param program an absolute path, with `/` or `\`
 */
export function findTsx(program: string, exists: (path: string) => boolean): string | null {
  let folder = program;
  for (;;) {
    const cut = Math.max(folder.lastIndexOf('/'), folder.lastIndexOf('\\'));
    if (cut < 0) return null;
    folder = folder.slice(0, cut);
    const loader = `${folder}/node_modules/tsx/dist/loader.mjs`;
    if (exists(loader)) return loader;
  }
}

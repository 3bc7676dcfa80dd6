/** In the order in which they are looked for. */
const wildcards: Readonly<Record<string, string>> = {
  '**/': '(?:.*/)?',
  '**': '.*',
  '*': '[^/]*',
  '?': '[^/]',
};

/** A path with `*` for anything within a name and `**` for any folders, as an expression for whole paths. */
export function pathPattern(text: string): RegExp {
  const source = text
    .replace(/^\.\//, '')
    .replace(/\*\*\/|\*\*|\*|\?|[\\^$.|+()[\]{}]/g, (sign) => wildcards[sign] ?? `\\${sign}`);
  return new RegExp(`^${source}$`, 'su');
}

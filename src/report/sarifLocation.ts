import type { FindingFrame, FindingLocation, LocationRole } from '../analysis/finding.js';
import type { CheckedFinding } from './checked.js';
import { isAddress, reportPath } from './findingPlace.js';

/** What paths are relative to: whoever reads the file knows where that is. */
export const SOURCE_ROOT = '%SRCROOT%';

/** What a thread does at a location; `o` is the object, where there is one. */
const deeds: Readonly<Record<LocationRole, (o: string) => string>> = {
  waits: (o) => (o === '' ? 'waits' : `waits for ${o}`),
  holds: (o) => `holds ${o}`,
  acquires: (o) => `acquires ${o}`,
  releases: (o) => `releases ${o}`,
  provides: (o) => `provides ${o}`,
  creates: (o) => `creates ${o}`,
  starts: () => 'starts a thread',
  ends: () => 'ends',
  posts: (o) => `posts ${o}`,
  listens: (o) => `listens to ${o}`,
  reads: (o) => `reads ${o}`,
  writes: (o) => `writes ${o}`,
  submits: (o) => `submits ${o}`,
  fails: () => 'fails',
};

/** A location of a finding, with what its thread does there. */
export function sarifLocation(one: CheckedFinding, location: FindingLocation): object {
  return { ...frameLocation(one.folder, location), message: sarifMessage(deedAt(one, location)) };
}

/** A place in the source and the function around it. */
export function frameLocation(folder: string, frame: FindingFrame): object {
  return {
    physicalLocation: {
      artifactLocation: artifactLocation(folder, frame.file),
      ...(frame.line > 0 && {
        region: { startLine: frame.line, ...(frame.column > 0 && { startColumn: frame.column }) },
      }),
    },
    ...(frame.function !== null && { logicalLocations: [{ name: frame.function, kind: 'function' }] }),
  };
}

/** A text as it is: in SARIF braces stand for arguments. */
export function sarifMessage(text: string): object {
  return { text: text.replace(/[{}]/g, '$&$&') };
}

/** A path as a relative URI: no name in it is taken for a scheme, a query or a fragment. */
export function artifactLocation(folder: string, name: string): object {
  // Half a pair of surrogates has no code in a URI.
  const file = name.replace(/\p{Cs}/gu, '\ufffd');
  if (isAddress(file)) return { uri: encodeURI(file) };
  const uri = reportPath(folder, file).split('/').map(encodeURIComponent).join('/');
  return { uri, uriBaseId: SOURCE_ROOT };
}

/** `writer holds `cache``. */
function deedAt(
  { finding: { threads, objects } }: CheckedFinding,
  { role, thread, object, sampled }: FindingLocation,
): string {
  const who = threads.find(({ id }) => id === thread)?.name ?? (thread === 0 ? 'main' : `thread ${thread}`);
  const what = objects.find(({ id }) => id === object)?.name;
  const deed = deeds[role](what === undefined ? '' : `\`${what}\``).trimEnd();
  return `${who} ${deed}${sampled === true ? ' (last seen here)' : ''}`;
}

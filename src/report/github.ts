import type { Severity } from '../analysis/finding.js';
import { countedFindings, type Checked, type CheckedFinding } from './checked.js';
import { isAddress, mainLocation, reportPath } from './findingPlace.js';
import { doubtsOf, messageOf, onOneLine, summaryOf } from './sentences.js';
import { unixLine } from './unix.js';

/** GitHub shows ten annotations of a kind for a step, and drops the others without a word. */
const MAX_ANNOTATIONS = 10;

const commandOf: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', note: 'notice' };

/**
 * Workflow commands: GitHub makes an annotation at the line of each. The worst come first; what is too many follows as
 * plain lines of the log, and all of it stands in the job summary.
 */
export function formatGithub(checked: Checked): string {
  const counting = countedFindings(checked);
  const broken = checked.unreadable.map(({ file, message }) =>
    command('error', { title: 'Unreadable trace' }, `${file}: ${message}`),
  );
  const room = Math.max(0, MAX_ANNOTATIONS - broken.length);
  return [
    ...broken,
    ...counting.slice(0, room).map((one) => annotation(one, checked)),
    ...counting.slice(room).map((one) => unixLine(one, checked)),
    ...doubtsOf(checked).map((reason) => onOneLine(`note: ${reason}`)),
    ...(checked.traces.length > 0 ? [summaryOf(checked, counting)] : []),
  ].join('\n');
}

function annotation(one: CheckedFinding, checked: Checked): string {
  const { finding, folder } = one;
  const location = mainLocation(one);
  const file = location && reportPath(folder, location.file);
  // GitHub knows only files of the checkout.
  const place =
    location && file && !file.startsWith('../') && !isAddress(file)
      ? { file, line: location.line, col: location.column }
      : {};
  return command(commandOf[finding.severity], { ...place, title: finding.title }, messageOf(one, checked));
}

function command(name: string, properties: Readonly<Record<string, string | number>>, message: string): string {
  const parts = Object.entries(properties).map(([key, value]) => `${key}=${escapedProperty(String(value))}`);
  return `::${name} ${parts.join(',')}::${escapedData(message)}`;
}

const escapedData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const escapedProperty = (text: string): string => escapedData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

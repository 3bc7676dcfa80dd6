import type { Checked } from './checked.js';
import { formatGithub } from './github.js';
import { formatCheckedJson } from './json.js';
import { formatMarkdown } from './markdown.js';
import { formatSarif, type SarifOptions } from './sarif.js';
import { formatText, type Colors } from './text.js';
import { formatUnix } from './unix.js';

export interface ReportOptions extends SarifOptions {
  readonly color?: Colors;
}

export type ReportFormat = 'text' | 'unix' | 'json' | 'sarif' | 'github' | 'markdown';

/** All formats of `check --format`. No line feed at the end of any; empty: there is nothing to tell. */
export const REPORT_FORMATS: Readonly<Record<ReportFormat, (checked: Checked, options: ReportOptions) => string>> = {
  text: formatText,
  unix: formatUnix,
  json: formatCheckedJson,
  sarif: formatSarif,
  github: formatGithub,
  markdown: formatMarkdown,
};

import { CATALOGUE, type CatalogueEntry } from '../analysis/catalogue.js';

/** The catalogue as rules: all of it, so that a rule has the same index in every file. */
export function sarifRules(homepage: string): object[] {
  return CATALOGUE.map((entry) => ruleOf(entry, `${homepage}/blob/main/docs/findings.md#catalogue`));
}

function ruleOf({ id, severity, lead, meaning }: CatalogueEntry, helpUri: string): object {
  return {
    id,
    name: id.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: `${lead}.` },
    fullDescription: { text: meaning },
    help: {
      text: `${meaning} What each finding means, and when there is none: ${helpUri}`,
      markdown: `${meaning}\n\n[What each finding means, and when there is none](${helpUri}).`,
    },
    helpUri,
    defaultConfiguration: { level: severity },
    properties: {
      tags: ['concurrency', 'worker_threads'],
      'problem.severity': severity === 'note' ? 'recommendation' : severity,
    },
  };
}

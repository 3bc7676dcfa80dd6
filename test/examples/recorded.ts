/** An example's run, as text that is the same for every run: without times, ids and what chance decides. */
import { readFileSync } from 'node:fs';
import { Analysis } from '../../src/analysis/analysis.js';
import type { Naming } from '../../src/analysis/naming.js';
import { sourceReader } from '../../src/cli/sourceReader.js';
import { SourceNaming } from '../../src/sources/sourceNaming.js';
import { readTrace } from '../fixtures/readTrace.js';
import { Facts } from './facts.js';

/** What a picture shows beside threads. Messages and words have no names of their own. */
const named: ReadonlySet<string> = new Set([
  'lock',
  'rlock',
  'rwlock',
  'semaphore',
  'condition',
  'event',
  'barrier',
  'queue',
]);

/** A busy machine makes any lock a contended one: told only where an example is about it. */
const aboutContention: ReadonlySet<string> = new Set(['gate']);

export interface Run {
  readonly trace: string;
  readonly code: number | string;
  readonly stderr: string;
}

/** What happened to whom, and what was found. */
export interface Story {
  readonly code: number | string;
  readonly threads: readonly string[];
  readonly objects: readonly string[];
  readonly facts: readonly string[];
  /** The messages of the findings. */
  readonly findings: readonly string[];
  readonly incomplete: readonly string[];
}

export async function readRun(example: string, { trace, code }: Run): Promise<Story> {
  let naming: Naming | undefined;
  const analysis: Analysis = new Analysis({
    naming: (dictionary) =>
      (naming = new SourceNaming(
        dictionary,
        sourceReader(() => dictionary.traceHeader?.root ?? ''),
      )),
  });
  const names = naming as unknown as Naming;
  const { dictionary } = analysis;
  const facts = new Facts(example, dictionary, names);
  const { visitor } = analysis;
  const { torn } = await readTrace(readFileSync(trace), {
    ...visitor,
    events(batch) {
      visitor.events?.(batch);
      facts.events(batch);
    },
  });
  const { findings, incomplete } = analysis.verdict(trace, torn);
  return {
    code,
    threads: [...dictionary.threads.keys()].map((id) => names.thread(id)),
    objects: [...dictionary.objects.values()]
      .filter(({ kind }) => named.has(kind))
      .map(({ kind, id }) => `${kind} ${names.object(id)}`),
    facts: facts.found(),
    findings: findings
      .filter(({ id }) => id !== 'contention' || aboutContention.has(example))
      .map(({ severity, message }) => `${severity}: ${message}`),
    incomplete,
  };
}

/** What differs from run to run, and what stands for it. */
const byChance: readonly (readonly [what: RegExp, instead: string])[] = [
  [/\b\d+(?:\.\d+)?\s(?:µs|ms|s|min)\b/g, 'TIME'],
  [/\b\d+\s%/g, 'SHARE'],
  [/\b\d+ times\b/g, 'N times'],
  [/\b(read|wrote) \d+\b/g, '$1 VALUE'],
  [/\bbuffer \d+\b/g, 'buffer N'],
  // `worker 2` and `worker 3` do the same: which of them it is that waits, is chance.
  [
    /\b(worker|getter|runner|counter|update|consumer|saver|downloader|daemon|Thread|adder|cook|square)([ _-])\d+\b/g,
    '$1$2N',
  ],
];

const steady = (line: string): string =>
  byChance.reduce((text, [what, instead]) => text.replaceAll(what, instead), line);
const once = (lines: readonly string[]): string => [...new Set(lines.map(steady))].sort().join(', ');

/** In a golden file, instead of findings. */
export const NOTHING = 'nothing to report';

/** What stands in a golden file. */
export function goldenText({ code, threads, objects, facts, findings, incomplete }: Story): string {
  const lines = [
    `exit code ${code}`,
    `threads: ${once(threads)}`,
    ...(objects.length > 0 ? [`objects: ${once(objects)}`] : []),
    ...facts,
    ...incomplete.map((sentence) => `incomplete: ${steady(sentence)}`),
    '',
    ...(findings.length > 0 ? findings.map(steady) : [NOTHING]),
  ];
  return `${lines.join('\n')}\n`;
}

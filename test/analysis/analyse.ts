import { Analysis } from '../../src/analysis/analysis.js';
import type { Finding, Verdict } from '../../src/analysis/finding.js';
import { SourceNaming } from '../../src/sources/sourceNaming.js';
import { readTrace } from '../fixtures/readTrace.js';

/** What the analysis says of a trace that is written as text. */
export async function analyse(text: string): Promise<Verdict> {
  const analysis = new Analysis({ naming: (dictionary) => new SourceNaming(dictionary, () => null) });
  const { torn } = await readTrace(text, analysis.visitor);
  return analysis.verdict('trace.lanes', torn);
}

/** `deadlock certain` and so on, worst first. */
export const said = ({ findings }: Verdict): string[] => findings.map(({ id, grade }) => `${id} ${grade}`);

export const roles = ({ locations }: Finding): string[] =>
  locations.map(({ role, file, line }) => `${role} ${file}:${line}`);

/** Threads of a program, each begun at 1 ms. */
export function threads(...names: readonly string[]): string {
  return ['main', ...names]
    .map((name, id) => {
      const record = { thread: id, name: id === 0 ? null : name, parent: id === 0 ? null : 0, t: 1 };
      return `${JSON.stringify(record)}\n${JSON.stringify({ t: 1, th: id, op: 'thread.begin', o: id })}`;
    })
    .join('\n');
}

export function object(id: number, kind: string, name: string, more: object = {}): string {
  return JSON.stringify({ object: id, kind, name, ...more });
}

/** An event: `at` is its line in `app.js`. */
export function event(t: number, th: number, op: string, o: number, at: number, more: object = {}): string {
  return JSON.stringify({
    t,
    th,
    op,
    ...(o === 0 && !op.startsWith('thread.') ? {} : { o }),
    ...more,
    at: `app.js:${at}:1`,
  });
}

export const complete = (t: number): string => JSON.stringify({ t, complete: true });
export const end = (t: number, kind: string): string =>
  JSON.stringify({ t, end: kind, code: kind === 'clean' ? 0 : null });

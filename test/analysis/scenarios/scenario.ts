import type { Verdict } from '../../../src/analysis/finding.js';
import type { ObjectKind } from '../../../src/trace/objectKinds.js';
import { analyse } from '../analyse.js';

/** A program as others have found it worth a test, told again as what its threads did. */
export interface Scenario {
  readonly name: string;
  /**
   * A step a line: `1 takes a @11`, thread, deed, object, and its line in the program. Deeds are those of `deeds` below, and
   * operations of the trace by their names, with what they need more as JSON: `1 queue.putDone jobs @12 {"arg":0}`.
   */
  readonly steps: string;
  /** Kinds of objects that the operations do not tell; the rest are locks. */
  readonly kinds?: Readonly<Record<string, ObjectKind | Readonly<Record<string, unknown>>>>;
  /** `id grade, lines` of each finding: those of its locations, ascending. None: the program is healthy. */
  readonly expected: readonly string[];
  /** What is said in its place as yet: true, but it explains less. */
  readonly asYet?: readonly string[];
  /** The program ended; else nothing moves for ten seconds after its last step. */
  readonly isOver?: boolean;
}

const deeds: Readonly<Record<string, readonly [op: string, more: Readonly<Record<string, unknown>>]>> = {
  takes: ['lock.acquired', {}],
  reads: ['lock.acquired', { mode: 'shared' }],
  tries: ['lock.acquired', { mode: 'bounded' }],
  fails: ['lock.refused', { arg: 'busy' }],
  asks: ['lock.acquire', {}],
  asksToRead: ['lock.acquire', { arg: 'shared' }],
  asksInTime: ['lock.acquire', { timeout: 60_000 }],
  gives: ['lock.release', { arg: 0 }],
  starts: ['thread.start', {}],
  ends: ['thread.end', { arg: 0 }],
  joins: ['thread.join', {}],
  joined: ['thread.joined', {}],
};
/** Said of threads by their numbers. */
const isOfThreads = (op: string): boolean => op.startsWith('thread.');

/** The scenario as a trace in text. */
export function traceOf({ steps, kinds = {}, isOver = false }: Scenario): string {
  const lines = Object.entries(kinds).map(([object, kind]) =>
    JSON.stringify({ object, name: object, ...(typeof kind === 'string' ? { kind } : kind) }),
  );
  let t = 0;
  const threads = new Set<number>();
  const events = steps
    .trim()
    .split(/\s*\n\s*/)
    .map((step) => {
      const [, thread, deed = '', object, line, rest] =
        /^(\d+) ([\w.]+)(?: ([\w]+))?(?: @(\d+))?(?: (\{.*\}))?$/.exec(step) ?? [];
      if (deed === '') throw new Error(`not a step: ${step}`);
      const [op, more] = deeds[deed] ?? [deed, {}];
      threads.add(Number(thread));
      const o = object === undefined ? {} : { o: isOfThreads(op) ? Number(object) : object };
      const at = line === undefined ? {} : { at: `program.c:${line}:1` };
      return JSON.stringify({
        t: (t += 1),
        th: Number(thread),
        op,
        ...o,
        ...more,
        ...(rest === undefined ? {} : (JSON.parse(rest) as object)),
        ...at,
      });
    });
  for (const id of threads) {
    lines.push(JSON.stringify({ thread: id, name: id === 0 ? null : `t${id}`, parent: id === 0 ? null : 0, t: 0 }));
    lines.push(JSON.stringify({ t: 0, th: id, op: 'thread.begin', o: id }));
  }
  if (isOver) events.push(JSON.stringify({ t: t + 1, end: 'clean', code: 0 }));
  else events.push(JSON.stringify({ t: t + 10_000, complete: true }));
  return [...lines, ...events].join('\n');
}

export async function verdictOf(scenario: Scenario): Promise<Verdict> {
  return analyse(traceOf(scenario));
}

/** As `expected` says it. */
export function summary({ findings }: Verdict): string[] {
  return findings.map(({ id, grade, locations }) => {
    const lines = [...new Set(locations.map(({ line }) => line))].sort((a, b) => a - b);
    return `${id} ${grade}, ${lines.join(' ')}`;
  });
}

/** `AB`: a thread takes A, then B, and gives both back; each pair in a thread of its own, at lines 11 and 12, 21 and 22, … */
export function inTurn(pairs: string, take: readonly [string, string] = ['takes', 'takes']): string {
  return pairs
    .split(' ')
    .map(([first, second], index) => {
      const thread = index + 1;
      const line = thread * 10;
      return `
        ${thread} ${take[0]} ${first} @${line + 1}
        ${thread} ${take[1]} ${second} @${line + 2}
        ${thread} gives ${second}
        ${thread} gives ${first}`;
    })
    .join('');
}

/** Locks that were taken and given back by their takers before, as in a program that has run for a while. */
export function usedBefore(...locks: readonly string[]): string {
  return locks.map((lock) => `\n0 takes ${lock}\n0 gives ${lock}`).join('');
}

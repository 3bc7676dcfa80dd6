import type { Wait } from '../model/intervals.js';
import type { DeadEdge } from './deadEdges.js';
import type { FindingLocation, Grade } from './finding.js';
import { LEVELS, type DeadThread } from './liveness.js';
import { latest, type StuckCase } from './stuckFinding.js';
import { listed, type Wording } from './wording.js';

/** One thread of a circle. */
interface Member {
  readonly dead: DeadThread;
  /** What it waits for. */
  readonly edge: DeadEdge;
  /** What the thread before it in the circle waits for. */
  readonly before: DeadEdge;
}

/** Threads that wait for each other: `circle` are the edges in order. */
export function deadlockCase(
  wording: Wording,
  dead: ReadonlyMap<number, DeadThread>,
  circle: readonly DeadEdge[],
): StuckCase {
  const members = circle.map((edge, i): Member => {
    const before = circle[(i + circle.length - 1) % circle.length] as DeadEdge;
    return { dead: dead.get(edge.from) as DeadThread, edge, before };
  });
  const ids = members.map(({ edge }) => edge.from);
  const names = ids.map((id) => wording.naming.thread(id));
  const labels = ids.map((id) => wording.thread(id));
  const isPair = members.length === 2;
  return {
    id: 'deadlock',
    grade: gradeOf(members),
    title: isPair ? names.join(' ⇄ ') : [...names, names[0]].join(' → '),
    sentence: `${listed(labels)} wait for each other${isPair ? '' : ' in a circle'}.`,
    story: members.map((member) => storyOf(wording, member)),
    verdict: isPair ? pairVerdict(wording, members) : circleVerdict(wording, members),
    threads: ids,
    objects: [...new Set(members.flatMap(({ edge }) => objectsOf(edge)))],
    locations: members.flatMap((member) => locationsOf(wording, member)),
    advice: adviceOf(wording, members),
    howSure: howSure(members),
    since: latest(members.map(({ dead: { since } }) => since)),
    waitsSince: members.flatMap(({ dead: { wait } }) => (wait === null ? [] : [wait.since])),
  };
}

/** As sure as the least sure member. */
function gradeOf(members: readonly Member[]): Grade {
  const grades = members.map(({ dead }) => dead.grade);
  if (members.some(({ edge }) => edge.kind === 'may')) grades.push('likely');
  return LEVELS.filter((level) => grades.includes(level)).at(-1) ?? 'likely';
}

/** A port is not an object that a person has named: the message is said instead. */
function objectsOf({ kind, object }: DeadEdge): number[] {
  return kind === 'join' || kind === 'message' ? [] : [object];
}

function storyOf(wording: Wording, { dead, edge, before }: Member): string {
  const name = wording.naming.thread(edge.from);
  const parts: string[] = [];
  if (before.hold !== null)
    parts.push(`holds ${wording.object(before.object)}${wording.inBrackets(before.hold.stack)}`);
  if (edge.message !== null) {
    const receiver = wording.naming.thread(edge.to);
    parts.push(
      `posted a message${wording.inBrackets(edge.message.posted.stack)} that the event loop of ${receiver} has not taken`,
    );
  }
  parts.push(waitPart(wording, dead.wait));
  const { message } = before;
  const listens = message?.port.listener
    ? `, so that it does not take messages${wording.inBrackets(message.port.listener.stack)}`
    : '';
  return `${name} ${listed(parts)}${listens}`;
}

function waitPart(wording: Wording, wait: Wait | null): string {
  if (wait === null) return 'waits in its event loop';
  return `${wording.waiting(wait)}${wording.inBrackets(wait.stack)}`;
}

function pairVerdict(wording: Wording, members: readonly Member[]): string {
  const halves = members.map(({ dead: { wait }, edge, before }) => {
    const name = `\`${wording.naming.thread(edge.from)}\``;
    const holds = before.hold === null ? '' : ` holds ${wording.object(before.object)} and`;
    if (edge.message !== null) {
      const asked = `${name}${holds} waits for the event loop of \`${wording.naming.thread(edge.to)}\``;
      return `${asked}, to which it posted${wording.shortAt(edge.message.posted.stack)}`;
    }
    return wait === null
      ? `${name} waits in its event loop`
      : `${name}${holds} ${wording.waitingShort(wait)}${wording.shortAt(wait.stack)}`;
  });
  return `${halves.join('; ')}.`;
}

function circleVerdict(wording: Wording, members: readonly Member[]): string {
  const names = members.map(({ edge }) => `\`${wording.naming.thread(edge.from)}\``);
  const places = members.flatMap(({ dead: { wait } }) =>
    wait === null ? [] : [wording.shortAt(wait.stack).replace(' at ', '')],
  );
  const known = places.filter((place) => place !== '');
  return `${listed(names)} wait for each other in a circle${known.length > 0 ? `, at ${listed(known)}` : ''}.`;
}

/** In the order in which each thread did it: what it holds, what it posted, where it waits. */
function locationsOf(wording: Wording, { dead: { wait }, edge, before }: Member): FindingLocation[] {
  const { hold } = before;
  const posted = edge.message?.posted;
  const listener = before.message?.port.listener;
  return [
    ...(listener ? wording.locations('listens', edge.from, before.object, listener.stack, listener.t) : []),
    ...(hold ? wording.locations('holds', edge.from, before.object, hold.stack, hold.since) : []),
    ...(posted ? wording.locations('posts', edge.from, edge.object, posted.stack, posted.t) : []),
    ...(wait
      ? wording.locations('waits', edge.from, wait.family === 'thread' ? null : wait.object, wait.stack, wait.since)
      : []),
  ];
}

function adviceOf(wording: Wording, members: readonly Member[]): string {
  if (members.every(({ edge }) => edge.kind === 'own')) return lockAdvice(wording, members);
  const asker = members.find(({ edge }) => edge.message !== null);
  if (asker !== undefined) {
    const blocked = members.find(({ edge }) => edge.from === asker.edge.to) as Member;
    const at = blocked.dead.wait === null ? null : wording.place(blocked.dead.wait.stack);
    const name = wording.naming.thread(asker.edge.to);
    return `Do not block ${name} while ${wording.naming.thread(asker.edge.from)} needs its event loop: wait asynchronously${at === null ? '' : ` at ${at}`}.`;
  }
  const holder = members.find(({ before }) => before.hold !== null);
  if (holder?.before.hold) {
    const place = holder.dead.wait === null ? null : wording.place(holder.dead.wait.stack);
    return `Give ${wording.object(holder.before.object)} back before ${wording.naming.thread(holder.edge.from)} waits${place === null ? '' : ` at ${place}`}.`;
  }
  const [first] = members as [Member];
  const place = first.dead.wait === null ? null : wording.place(first.dead.wait.stack);
  return `Break the circle at one of these waits${place === null ? '' : `, such as ${place}`}: provide before waiting, or wait with a timeout.`;
}

/** The order of the first member is as good as any, as long as all keep it. */
function lockAdvice(wording: Wording, members: readonly Member[]): string {
  if (members.length > 2) {
    const locks = members.map(({ before }) => wording.object(before.object));
    return `Take ${listed(locks)} in one order everywhere.`;
  }
  const [first, second] = members as [Member, Member];
  const order = `Take ${wording.object(first.before.object)} before ${wording.object(first.edge.object)}`;
  const there = span(wording, second);
  const here = span(wording, first);
  return `${order}${there === null ? ' everywhere' : ` in ${there}`}${there === null || here === null ? '' : `, as ${here} does`}.`;
}

/** `src/query.ts:12-20`: from where it took its lock to where it waits. */
function span(wording: Wording, { before, dead: { wait } }: Member): string | null {
  const from = wording.naming.frames(before.hold?.stack ?? -1)[0];
  const to = wording.naming.frames(wait?.stack ?? -1)[0];
  if (from === undefined || to === undefined) return null;
  if (from.file !== to.file) return `${from.file}:${from.line} and ${to.file}:${to.line}`;
  return from.line === to.line
    ? `${from.file}:${from.line}`
    : `${from.file}:${Math.min(from.line, to.line)}-${Math.max(from.line, to.line)}`;
}

function howSure(members: readonly Member[]): string {
  const grade = gradeOf(members);
  if (grade === 'possible')
    return 'A lock was never seen to be given back by its owner: it could be meant as a signal.';
  const hasLoop = members.some(({ dead: { wait } }) => wait === null);
  if (hasLoop) return 'A thread waits in its event loop: not everything that can wake it can be seen.';
  if (grade === 'likely') return 'Nobody else was seen to provide what these threads wait for.';
  return members.every(({ edge }) => edge.kind === 'own' || edge.kind === 'join')
    ? 'Each thread waits, without a timeout, for what the next one holds.'
    : 'No thread of the process can run: all wait without a timeout.';
}

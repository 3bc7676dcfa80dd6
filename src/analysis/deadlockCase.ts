import type { Wait } from '../model/intervals.js';
import type { Use } from '../model/objectModel.js';
import type { DeadEdge } from './deadEdges.js';
import type { FindingLocation, Grade } from './finding.js';
import { DEEDS } from './deeds.js';
import { LEVELS, usesNeeded, type DeadThread } from './liveness.js';
import { OP } from '../trace/ops.js';
import { lockAdvice, type LockPlaces, type LockTaking } from './lockAdvice.js';
import { latest, type StuckCase } from './stuckFinding.js';
import { circleAdvice } from './waitAdvice.js';
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
  places: LockPlaces | null,
): StuckCase {
  const members = circle.map((edge, i): Member => {
    const before = circle[(i + circle.length - 1) % circle.length] as DeadEdge;
    return { dead: dead.get(edge.from) as DeadThread, edge, before };
  });
  const ids = members.map(({ dead: { thread } }) => thread.id);
  const isOneThread = new Set(ids).size === 1;
  const names = ids.map((id) => wording.naming.thread(id));
  const labels = ids.map((id) => wording.thread(id));
  const isPair = members.length === 2;
  return {
    id: 'deadlock',
    grade: gradeOf(members),
    title: isPair ? names.join(' ⇄ ') : [...names, names[0]].join(' → '),
    sentence: `${isOneThread ? `${members.length} tasks of ${labels[0] as string}` : listed(labels)} wait for each other${isPair ? '' : ' in a circle'}.`,
    story: members.map((member) => storyOf(wording, member)),
    verdict: isPair ? pairVerdict(wording, members) : circleVerdict(wording, members),
    threads: [...new Set(ids)],
    objects: [...new Set(members.flatMap(({ edge }) => objectsOf(edge)))],
    locations: members.flatMap((member) => locationsOf(wording, member)),
    advice: adviceOf(wording, members, places),
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
  const name = wording.naming.thread(dead.thread.id);
  const parts: string[] = [];
  if (before.hold !== null) parts.push(`holds ${wording.object(before.object)}${wording.inBrackets(before.hold)}`);
  const does = before.kind === 'role' ? roleOf(wording, dead.thread.id, before) : null;
  if (does !== null) parts.push(does);
  if (edge.message !== null) {
    const receiver = wording.naming.thread(edge.to);
    parts.push(
      `posted a message${wording.inBrackets(edge.message.posted)} that the event loop of ${receiver} has not taken`,
    );
  }
  parts.push(waitPart(wording, dead.wait));
  const { message } = before;
  const listens = message?.port.listener
    ? `, so that it does not take messages${wording.inBrackets(message.port.listener)}`
    : '';
  return `${name} ${parts.join(edge.message === null ? ' and ' : ', and ')}${listens}`;
}

/** `took from `jobs` last (src/work.ts:12)`: why the one before in the circle waits for it. */
function roleOf(wording: Wording, thread: number, before: DeadEdge): string | null {
  const { op, object } = before;
  const deed = DEEDS[op];
  const use = useOf(wording, thread, before);
  if (deed === undefined || use === null) return null;
  return `${deed.did} ${wording.object(object)} last${wording.inBrackets(use)}`;
}

function useOf(wording: Wording, thread: number, { kind, op, object }: DeadEdge): Use | null {
  const known = kind === 'role' ? wording.model.objects.get(object) : undefined;
  const use = known && usesNeeded({ op }, known)?.get(thread);
  return use === undefined || use === null || use.count === 0 ? null : use;
}

function providesLocations(wording: Wording, thread: number, before: DeadEdge): FindingLocation[] {
  const use = useOf(wording, thread, before);
  return use === null ? [] : wording.locations('provides', thread, before.object, use, use.last);
}

function waitPart(wording: Wording, wait: Wait | null): string {
  if (wait === null) return 'waits in its event loop';
  return `${wording.waiting(wait)}${wording.inBrackets(wait)}`;
}

function pairVerdict(wording: Wording, members: readonly Member[]): string {
  const halves = members.map(({ dead: { thread, wait }, edge, before }) => {
    const name = `\`${wording.naming.thread(thread.id)}\``;
    const holds = before.hold === null ? '' : ` holds ${wording.object(before.object)} and`;
    if (edge.message !== null) {
      const asked = `${name}${holds} waits for the event loop of \`${wording.naming.thread(edge.to)}\``;
      return `${asked}, to which it posted${wording.shortAt(edge.message.posted)}`;
    }
    return wait === null
      ? `${name} waits in its event loop`
      : `${name}${holds} ${wording.waitingShort(wait)}${wording.shortAt(wait)}`;
  });
  return `${halves.join('; ')}.`;
}

function circleVerdict(wording: Wording, members: readonly Member[]): string {
  const names = members.map(({ dead: { thread } }) => `\`${wording.naming.thread(thread.id)}\``);
  const places = members.flatMap(({ dead: { wait } }) =>
    wait === null ? [] : [wording.shortAt(wait).replace(' at ', '')],
  );
  const known = places.filter((place) => place !== '');
  return `${listed(names)} wait for each other in a circle${known.length > 0 ? `, at ${listed(known)}` : ''}.`;
}

/** In the order in which each thread did it: what it holds, what it posted, where it waits. */
function locationsOf(wording: Wording, { dead, edge, before }: Member): FindingLocation[] {
  const { wait } = dead;
  const { id } = dead.thread;
  const { hold } = before;
  const posted = edge.message?.posted;
  const listener = before.message?.port.listener;
  return [
    ...(listener ? wording.locations('listens', id, before.object, listener, listener.t) : []),
    ...(hold ? wording.locations('holds', id, before.object, hold, hold.since) : []),
    ...providesLocations(wording, id, before),
    ...(posted ? wording.locations('posts', id, edge.object, posted, posted.t) : []),
    ...(wait ? wording.locations('waits', id, wait.family === 'thread' ? null : wait.object, wait, wait.since) : []),
  ];
}

function adviceOf(wording: Wording, members: readonly Member[], places: LockPlaces | null): string {
  if (members.every(({ edge }) => edge.kind === 'own')) return lockAdvice(wording, members.map(takingOf), places);
  const asker = members.find(({ edge }) => edge.message !== null);
  if (asker !== undefined) {
    const blocked = members.find(({ edge }) => edge.from === asker.edge.to) as Member;
    const at = blocked.dead.wait === null ? null : wording.place(blocked.dead.wait);
    const name = wording.naming.thread(asker.edge.to);
    return `Do not block ${name} while ${wording.naming.thread(asker.dead.thread.id)} needs its event loop: wait asynchronously${at === null ? '' : ` at ${at}`}.`;
  }
  const holder = members.find(({ before }) => before.hold !== null);
  if (holder?.before.hold) {
    const place = holder.dead.wait === null ? null : wording.place(holder.dead.wait);
    return `Give ${wording.object(holder.before.object)} back before ${wording.naming.thread(holder.dead.thread.id)} waits${place === null ? '' : ` at ${place}`}.`;
  }
  const roles = members.filter(({ edge }) => edge.kind === 'role').map(({ edge }) => edge);
  return circleAdvice(wording, roles) ?? roleAdvice(wording, members);
}

/** Whoever is waited for does its part before it waits itself. */
function roleAdvice(wording: Wording, members: readonly Member[]): string {
  const does = ({ before }: Member): boolean => before.kind === 'role' && DEEDS[before.op] !== undefined;
  const isForRoom = ({ before }: Member): boolean => before.op === OP['queue.put'];
  const provider = members.find((one) => does(one) && !isForRoom(one)) ?? members.find(does) ?? members[0];
  const { dead, before } = provider as Member;
  const place = dead.wait === null ? null : wording.place(dead.wait);
  const deed = does(provider as Member) ? DEEDS[before.op] : undefined;
  if (deed === undefined) return `Wait with a timeout${place === null ? '' : ` at ${place}`}, to break the circle.`;
  const name = wording.naming.thread(dead.thread.id);
  const object = wording.object(before.object);
  if (place !== null && before.op === OP['queue.put'] && dead.wait?.op === before.op) {
    return `Leave one of the queues unbounded, or put with a timeout at ${place} and let ${name} take from ${object} in between. To stop such threads, call close({ immediate: true }) on the queues.`;
  }
  const what = before.op === OP['queue.get'] ? `${object} what is still awaited, or call close() on it,` : object;
  return `Let ${name} ${deed.does} ${what} before it waits${place === null ? '' : ` at ${place}`}, or wait there with a timeout.`;
}

const takingOf = ({ edge, before, dead: { wait } }: Member): LockTaking => {
  return { first: before.object, firstAt: before.hold, second: edge.object, secondAt: wait };
};

function howSure(members: readonly Member[]): string {
  const grade = gradeOf(members);
  if (grade !== 'certain' && members.some(({ dead: { wait } }) => wait?.request !== undefined))
    return requestDoubt(grade);
  if (grade === 'possible')
    return 'A lock was never seen to be given back by its owner: it could be meant as a signal.';
  const hasLoop = members.some(({ dead: { wait } }) => wait === null);
  if (hasLoop) return 'A thread waits in its event loop: not everything that can wake it can be seen.';
  if (grade === 'likely') return 'Nobody else was seen to provide what these threads wait for.';
  if (members.every(({ dead: { wait } }) => wait?.request !== undefined))
    return 'Each callback awaits or returns its request for the next lock: it holds its own until it gets that one.';
  return members.every(({ edge }) => edge.kind === 'own' || edge.kind === 'join')
    ? 'Each thread waits, without a timeout, for what the next one holds.'
    : 'No thread of the process can run: all wait without a timeout.';
}

/** What is not known of requests for Web Locks. */
export function requestDoubt(grade: Grade): string {
  return grade === 'likely'
    ? 'Each lock was asked for inside the callback that holds another, and nothing is seen to wake these threads.'
    : 'Each lock was asked for inside the callback that holds another; whether it is awaited there cannot be seen.';
}

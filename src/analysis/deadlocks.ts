/**
 * What is stuck, and why: one finding for each cause, in the order in which a person would look: circles, a thread that
 * waits for itself, locks of ended owners, and waits that nobody alive can end. Threads that only wait behind these are
 * listed with them.
 */
import { millisFromNanos, type Nanos } from '../base/brand.js';
import type { Hold, Wait } from '../model/intervals.js';
import type { Model } from '../model/model.js';
import type { LockState } from '../model/objectModel.js';
import type { ThreadModel } from '../model/threadModel.js';
import { blockedForeverCase, hasEndedDoers } from './blockedForeverCase.js';
import { severityOf } from './catalogue.js';
import { circleIn } from './circle.js';
import { deadEdges, type DeadEdge } from './deadEdges.js';
import { deadlockCase } from './deadlockCase.js';
import type { CircleMember, Finding } from './finding.js';
import { findDead, type DeadThread, type LivenessOptions } from './liveness.js';
import type { LockPlaces } from './lockAdvice.js';
import { abandonedLockCase, missedBy, selfDeadlockCase } from './lockCases.js';
import type { Naming } from './naming.js';
import { findOpen, isInTheMiddle, OPEN_DOUBT, whoCouldHelp } from './openWaits.js';
import { stronglyConnected } from './stronglyConnected.js';
import { stuckFinding, type StuckCase } from './stuckFinding.js';
import { isNeverBegun } from './waitReasons.js';
import { Wording } from './wording.js';

export interface StuckOptions extends LivenessOptions {
  /** At which lines of the whole run a lock was taken while another was held: which order is the usual one. */
  readonly placesOf?: (wording: Wording, first: number, second: number) => ReadonlySet<string>;
}

/** Why threads are stuck. */
interface Cause {
  readonly key: string;
  readonly members: Set<number>;
  readonly behind: Set<number>;
  readonly circle: readonly DeadEdge[] | null;
  /** Nothing was seen that explains it: another cause may be the reason. */
  readonly isUnexplained: boolean;
  /** A task is awaited that lies in the queue of its executor, behind those that its threads are at. */
  readonly isForTask: boolean;
  readonly describe: () => StuckCase;
}

/**
 * The stuck threads of a trace up to `now`. A trace whose program ended by itself is told only what no ending explains:
 * circles of locks, and locks that their owners left behind.
 */
export function stuckFindings(model: Model, naming: Naming, now: Nanos, options: StuckOptions = {}): Finding[] {
  const wording = new Wording(model, naming);
  const dead = findDead(model, now, options);
  const hasEndedItself = model.end?.end === 'clean' || model.end?.end === 'exit';
  const causes = mergeUnexplained(causesOf(wording, dead, options)).filter(
    (cause) => !hasEndedItself || outlivesEnd(cause, dead),
  );
  const findings = causes
    .map((cause) => ({ cause, one: cause.describe() }))
    .filter(({ one }) => one.id !== 'blocked-forever' || one.grade !== 'possible')
    .map(({ cause, one }) => findingOf(wording, dead, now, cause, one));
  const isOpen = findings.length === 0 && !hasEndedItself && options.onlyCertain !== true;
  const open = isOpen ? openFindings(wording, now, options) : [];
  return [...findings, ...open, ...leftBehind(wording, dead, now, hasEndedItself)];
}

function findingOf(
  wording: Wording,
  dead: ReadonlyMap<number, DeadThread>,
  now: Nanos,
  cause: Cause,
  one: StuckCase,
): Finding {
  const waiting = [...cause.behind].flatMap((id) => (dead.get(id)?.wait ? (dead.get(id)?.thread.id ?? []) : []));
  const behind = [...new Set(waiting)].filter((id) => !one.threads.includes(id)).sort((a, b) => a - b);
  const circle = cause.circle === null ? [] : membersOf(dead, cause.circle);
  return { ...stuckFinding(wording, now, one, behind), circle };
}

/** Notes of what only an event loop can end, as if none did. */
function openFindings(wording: Wording, now: Nanos, options: StuckOptions): Finding[] {
  const open = findOpen(wording.model, now);
  const isLockWaiter = (id: number): boolean => open.get(id)?.wait?.family === 'lock';
  const isWorthANote = ({ circle, members, behind }: Cause): boolean =>
    circle !== null ||
    [...behind].some(isLockWaiter) ||
    deadOf(members, open).some(({ wait }) => wait !== null && isInTheMiddle(wording.model, wait));
  return causesOf(wording, open, options)
    .filter(isWorthANote)
    .map((cause) => {
      const one = cause.describe();
      const story = [...one.story, whoCouldHelp(wording)];
      return findingOf(wording, open, now, cause, { ...one, story, howSure: OPEN_DOUBT });
    });
}

function outlivesEnd({ key, circle }: Cause, dead: ReadonlyMap<number, DeadThread>): boolean {
  if (key.startsWith('abandoned')) return true;
  // A request that waits keeps no thread: one that needs the lock no longer may leave it.
  const isBound = ({ from }: DeadEdge): boolean =>
    dead.get(from)?.wait?.request === undefined || dead.get(from)?.grade === 'certain';
  return circle !== null && circle.length > 1 && circle.every((edge) => edge.kind === 'own' && isBound(edge));
}

/** Parts of the graph come what they lead to first: a part either is a cause or waits behind one. */
function causesOf(wording: Wording, dead: ReadonlyMap<number, DeadThread>, { placesOf }: StuckOptions): Cause[] {
  const places: LockPlaces | null = placesOf === undefined ? null : (first, second) => placesOf(wording, first, second);
  const edges = deadEdges(wording.model, dead);
  const ids = [...dead.keys()].sort((a, b) => a - b);
  const position = new Map(ids.map((id, i) => [id, i]));
  const outOf = ids.map((id) => edges.filter(({ from }) => from === id));
  const graph = outOf.map((out) => out.flatMap(({ to }) => position.get(to) ?? []));
  const causes: Cause[] = [];
  const causeOf = new Map<number, Cause>();
  const isWord = (object: number): boolean => wording.model.objects.get(object)?.kind === 'word';

  for (const part of stronglyConnected(graph)) {
    const threads = part.map((i) => ids[i] as number).sort((a, b) => a - b);
    const out = threads.flatMap((id) => outOf[position.get(id) as number] ?? []);
    const cause =
      circleCause(wording, dead, circleIn(threads, out, isWord), places) ??
      selfCause(wording, dead, out) ??
      abandonedCause(wording, dead, out, causes) ??
      out.map(({ to }) => causeOf.get(to)).find((known) => known !== undefined) ??
      blockedCause(wording, dead, threads, causes);
    if (cause === undefined) continue;
    if (!causes.includes(cause)) causes.push(cause);
    for (const id of threads) {
      causeOf.set(id, cause);
      if (!cause.members.has(id)) cause.behind.add(id);
    }
  }
  return causes;
}

function circleCause(
  wording: Wording,
  dead: ReadonlyMap<number, DeadThread>,
  circle: DeadEdge[] | null,
  places: LockPlaces | null,
): Cause | undefined {
  if (circle === null) return undefined;
  return {
    key: 'circle',
    members: new Set(circle.map(({ from }) => from)),
    behind: new Set(),
    circle,
    isUnexplained: false,
    isForTask: false,
    describe: () => deadlockCase(wording, dead, circle, places),
  };
}

function selfCause(
  wording: Wording,
  dead: ReadonlyMap<number, DeadThread>,
  out: readonly DeadEdge[],
): Cause | undefined {
  const edge = out.find(({ kind, from, to }) => kind === 'own' && from === to);
  if (edge === undefined) return undefined;
  return {
    key: 'self',
    members: new Set([edge.from]),
    behind: new Set(),
    circle: [edge],
    isUnexplained: false,
    isForTask: false,
    describe: () => selfDeadlockCase(wording, dead.get(edge.from) as DeadThread, edge),
  };
}

function abandonedCause(
  wording: Wording,
  dead: ReadonlyMap<number, DeadThread>,
  out: readonly DeadEdge[],
  causes: readonly Cause[],
): Cause | undefined {
  const edge = out.find(({ kind, to }) => kind === 'own' && wording.model.threads.get(to)?.isEnded === true);
  const owner = edge && wording.model.threads.get(edge.to);
  const hold = edge?.hold;
  if (!edge || !hold || !owner) return undefined;
  const cause = groupOf(`abandoned ${edge.object}`, causes, (members) => ({
    isUnexplained: false,
    isForTask: false,
    describe: () => abandonedLockCase(wording, hold, owner, deadOf(members, dead)),
  }));
  cause.members.add(edge.from);
  return cause;
}

/** Those that wait for the same thing are one cause. Idle event loops are none. */
function blockedCause(
  wording: Wording,
  dead: ReadonlyMap<number, DeadThread>,
  threads: readonly number[],
  causes: readonly Cause[],
): Cause | undefined {
  const waiters = threads.filter((id) => dead.get(id)?.wait);
  const wait = dead.get(waiters[0] ?? -1)?.wait;
  // A request may wait for as long as another thread leads.
  if (!wait || wait.request !== undefined) return undefined;
  // A thread of an executor that waits for a task is idle, too.
  if (wording.model.objects.get(wait.object)?.kind === 'pool') return undefined;
  const cause = groupOf(`blocked ${wait.op} ${wait.object}`, causes, (members) => ({
    isUnexplained: !hasEndedDoers(wording, wait),
    isForTask: isNeverBegun(wording.model, wait),
    describe: () => blockedForeverCase(wording, deadOf(members, dead).filter(hasWait)),
  }));
  for (const id of waiters) {
    const own = dead.get(id)?.wait;
    if (own?.op === wait.op && own.object === wait.object) cause.members.add(id);
  }
  return cause;
}

const hasWait = (one: DeadThread): one is DeadThread & { readonly wait: Wait } => one.wait !== null;

const deadOf = (members: ReadonlySet<number>, dead: ReadonlyMap<number, DeadThread>): DeadThread[] =>
  [...members].sort((a, b) => a - b).map((id) => dead.get(id) as DeadThread);

function groupOf(
  key: string,
  causes: readonly Cause[],
  make: (members: Set<number>) => Pick<Cause, 'isUnexplained' | 'isForTask' | 'describe'>,
): Cause {
  const known = causes.find((cause) => cause.key === key);
  if (known !== undefined) return known;
  const members = new Set<number>();
  return { key, members, behind: new Set(), circle: null, ...make(members) };
}

/** A wait that nothing explains, beside one that something does: its provider is most likely one of those stuck there. */
function mergeUnexplained(causes: readonly Cause[]): Cause[] {
  const first = causes.find(({ isUnexplained }) => !isUnexplained) ?? causes.find(({ isForTask }) => isForTask);
  if (first === undefined) return [...causes];
  for (const cause of causes) {
    if (cause.isUnexplained && cause !== first)
      for (const id of [...cause.members, ...cause.behind]) first.behind.add(id);
  }
  return causes.filter((cause) => !cause.isUnexplained || cause === first);
}

/** Locks of ended owners that nobody waits for. */
function leftBehind(
  wording: Wording,
  dead: ReadonlyMap<number, DeadThread>,
  now: Nanos,
  hasEndedItself: boolean,
): Finding[] {
  const waited = new Set([...dead.values()].map(({ wait }) => (wait?.family === 'lock' ? wait.object : 0)));
  const findings: Finding[] = [];
  for (const { id, lock } of wording.model.objects.values()) {
    const hold = lock?.hold;
    const owner = hold ? wording.model.threads.get(hold.thread) : undefined;
    if (!hold || owner?.isEnded !== true || lock?.foreignRelease !== null || waited.has(id)) continue;
    if (hasEndedItself && isMeantToStay(wording.model, lock, hold, owner)) continue;
    const finding = stuckFinding(wording, now, abandonedLockCase(wording, hold, owner, []), []);
    findings.push({ ...finding, severity: severityOf('abandoned-lock', 'possible') });
  }
  return findings;
}

/** It was taken once and for all, or its owner was stopped together with the program: nobody missed it. */
function isMeantToStay(
  { threads }: Model,
  { timedOut }: LockState,
  hold: Hold,
  { ended, terminated }: ThreadModel,
): boolean {
  if (missedBy(timedOut, hold) !== null) return false;
  return hold.bounded || terminated !== null || (ended?.t ?? 0) >= (threads.get(0)?.ended?.t ?? Infinity);
}

function membersOf(dead: ReadonlyMap<number, DeadThread>, circle: readonly DeadEdge[]): CircleMember[] {
  return circle.map((edge, i) => {
    const before = circle[(i + circle.length - 1) % circle.length] as DeadEdge;
    return {
      thread: dead.get(edge.from)?.thread.id ?? edge.from,
      waitsFor: edge.kind === 'join' ? 0 : (dead.get(edge.from)?.wait?.object ?? 0),
      waitStartMs: millisFromNanos(dead.get(edge.from)?.since ?? 0),
      holds: before.hold === null ? 0 : before.object,
      holdStartMs: millisFromNanos(before.hold?.since ?? 0),
      waitsForThread: dead.get(edge.to)?.thread.id ?? edge.to,
    };
  });
}

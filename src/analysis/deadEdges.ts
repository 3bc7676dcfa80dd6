/** Whom a dead thread waits for, as far as that thread is dead or has ended. */
import type { Hold } from '../model/intervals.js';
import type { LockRequest } from '../model/lockRequests.js';
import type { Model } from '../model/model.js';
import type { Parcel, PortState } from '../model/objectModel.js';
import { holdersFor, neededBy } from './deadRequests.js';
import { hasQuestions, holdsOf, providersOf, type DeadThread } from './liveness.js';
import { ownedLock } from './inferredLocks.js';
import { mayHaveOtherNames } from './wordNames.js';

/**
 * - own: the owner of a lock
 * - join: the thread that is joined
 * - role: a thread that provided before
 * - message: the thread whose blocked event loop has not taken a message
 * - may: nobody was seen to provide; that thread, which waits for an answer, could
 */
export type EdgeKind = 'own' | 'join' | 'role' | 'message' | 'may';

export interface DeadEdge {
  /** Both are numbers of {@link DeadThread}s, or ids of threads that have ended. */
  readonly from: number;
  readonly to: number;
  readonly kind: EdgeKind;
  /** What `from` waits for; of a message its port. 0 for a join. */
  readonly object: number;
  /** The attempt's op code; 0 for a message. */
  readonly op: number;
  readonly hold: Hold | null;
  readonly message: UntakenMessage | null;
}

/** The oldest message that a thread in a synchronous wait has not taken. */
export interface UntakenMessage {
  readonly posted: Parcel;
  readonly port: PortState;
  readonly portId: number;
}

export function deadEdges(model: Model, dead: ReadonlyMap<number, DeadThread>): DeadEdge[] {
  const messages = untakenMessages(model, dead);
  const requests = new Map<LockRequest, number>();
  for (const { node, wait } of dead.values()) if (wait?.request !== undefined) requests.set(wait.request, node);
  return [...dead.values()].flatMap((one) => {
    if (one.wait?.request !== undefined) return requestEdges(model, dead, one, one.wait.request, requests);
    const edges = waitEdges(model, dead, one, messages).flatMap((edge) => {
      // Where a thread only waits in its loop, its requests say what for.
      if (dead.get(edge.to)?.wait !== null) return edge;
      const own = [...requests].filter(([{ thread }]) => thread === edge.to);
      return [edge, ...own.map(([, to]) => ({ ...edge, to }))];
    });
    return [...edges, ...(messages.get(one) ?? [])];
  });
}

/** From a request for a Web Lock to what its holders need. */
function requestEdges(
  model: Model,
  dead: ReadonlyMap<number, DeadThread>,
  { node: from, grade, wait }: DeadThread,
  request: LockRequest,
  nodes: ReadonlyMap<LockRequest, number>,
): DeadEdge[] {
  return holdersFor(model, request).flatMap((holder) => {
    const { hold, thread } = holder;
    const isBlocked = (dead.get(thread)?.wait ?? null) !== null;
    const needed = isBlocked ? [] : neededBy(model, holder, dead, grade).flatMap((one) => nodes.get(one) ?? []);
    return (isBlocked ? [thread] : needed).map((to): DeadEdge => {
      return { from, to, kind: 'own', object: request.lock, op: wait?.op ?? 0, hold, message: null };
    });
  });
}

function waitEdges(
  model: Model,
  dead: ReadonlyMap<number, DeadThread>,
  { thread, wait }: DeadThread,
  messages: ReadonlyMap<DeadThread, readonly DeadEdge[]>,
): DeadEdge[] {
  if (wait === null) return [];
  const edge = (kind: EdgeKind, to: number, hold: Hold | null = null): DeadEdge => {
    const subject = wait.family === 'thread' ? 0 : wait.object;
    return { from: thread.id, to, kind, object: subject, op: wait.op, hold, message: null };
  };
  if (wait.family === 'thread') return [edge('join', wait.object)];
  const object = model.objects.get(wait.object);
  if (object === undefined) return [];
  if (wait.family === 'lock') {
    const { lock } = object;
    if (lock === null || lock.foreignRelease !== null) return [];
    return holdsOf(lock).map((hold) => edge('own', hold.thread, hold));
  }
  const inferred = ownedLock(model, wait);
  if (inferred !== null) return [edge('own', inferred.hold.thread, inferred.hold)];
  const providers = mayHaveOtherNames(model, wait) ? [] : providersOf(wait, object);
  if (providers.length > 0)
    return providers.filter((id) => isOther(dead.get(id), wait.object, wait.op)).map((id) => edge('role', id));
  const askers = [...messages.values()].flat().filter(({ to }) => to === thread.id);
  return askers.map(({ from }) => edge('may', from));
}

/** Threads that wait for the same thing do not wait for each other. */
function isOther(provider: DeadThread | undefined, object: number, op: number): boolean {
  return provider !== undefined && !(provider.wait?.object === object && provider.wait.op === op);
}

/** Of each dead thread: the messages that it posted to another dead thread, which sits in a synchronous wait. */
function untakenMessages(model: Model, dead: ReadonlyMap<number, DeadThread>): Map<DeadThread, DeadEdge[]> {
  const edges = new Map<DeadThread, DeadEdge[]>();
  for (const { id, port } of model.objects.values()) {
    if (port === null || port.isClosed || (port.listener !== null && !port.isListened)) continue;
    const receiver = dead.get(port.to);
    if (receiver === undefined || receiver.wait === null || !hasQuestions(model, port)) continue;
    for (const posted of port.undelivered.values()) {
      const sender = dead.get(posted.thread);
      if (sender === undefined || sender === receiver) continue;
      const known = edges.get(sender) ?? [];
      edges.set(sender, known);
      if (known.some(({ to }) => to === port.to)) continue;
      const message = { posted, port, portId: id };
      known.push({ from: posted.thread, to: port.to, kind: 'message', object: id, op: 0, hold: null, message });
    }
  }
  return edges;
}

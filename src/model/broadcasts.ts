/** Broadcast channels by name: who sends, who receives, and who has received what. */
import { millisFromNanos, type Nanos } from '../base/brand.js';
import type { ObjectRecord } from '../trace/records.js';
import type { Sent, Taken } from './broadcastMatch.js';
import { Sender, matchReceived, totalOf } from './broadcastMatch.js';

/** Between the time of a post and the post itself stands nothing but an interrupted thread. */
const MAX_POSTING_MS = 20;
const MAX_STARTS = 16;

interface Receiver {
  readonly thread: number;
  /** The sender that is the same instance: its own messages do not come back. */
  readonly own: number;
  /** Null: not known until everything that was sent has been received. */
  possibilities: readonly Taken[] | null;
  /** How many were sent to it and how many came, since it was made. */
  sent: number;
  received: number;
  /** Whether `sent` can be relied on. */
  isCounted: boolean;
}

interface Group {
  readonly senders: Map<number, Sender>;
  readonly receivers: Map<number, Receiver>;
}

/** Which side of a broadcast channel an object is: only these have a name, and one side only. */
export function broadcastSide(record: ObjectRecord | null): 'sender' | 'receiver' | null {
  if (record?.kind !== 'port' || record.name === null) return null;
  if (record.from !== undefined && record.to === undefined) return 'sender';
  return record.from === undefined && record.to !== undefined ? 'receiver' : null;
}

export class Broadcasts {
  private readonly groups = new Map<string, Group>();

  private groupOf(name: string): Group {
    let group = this.groups.get(name);
    if (group === undefined) this.groups.set(name, (group = { senders: new Map(), receivers: new Map() }));
    return group;
  }

  /**
   * An instance takes messages from now on.
   * @param own the object that it posts into; NaN where that is not known
   * @param madeAt before this moment it was not there
   * @param lastTimeOf when a thread last did something
   */
  open(
    name: string,
    id: number,
    { thread, own, madeAt }: { readonly thread: number; readonly own: number; readonly madeAt: Nanos },
    lastTimeOf: (thread: number) => Nanos,
  ): void {
    const { senders, receivers } = this.groupOf(name);
    if (receivers.has(id) || Number.isNaN(own)) return;
    let starts: Map<number, number>[] = [new Map<number, number>()];
    for (const sender of senders.values()) {
      const first = sender.thread === thread ? sender.count : firstMaybe(sender, madeAt, lastTimeOf(sender.thread));
      const counts = Array.from({ length: sender.count - first + 1 }, (_, i) => first + i);
      starts = starts.flatMap((start) => counts.map((count) => new Map(start).set(sender.id, count)));
      if (starts.length > MAX_STARTS) break;
    }
    const isKnown = starts.length === 1;
    const possibilities = starts.length > MAX_STARTS ? null : starts;
    receivers.set(id, { thread, own, possibilities, sent: 0, received: 0, isCounted: isKnown });
  }

  /** Tells the receivers that a message is on its way to. */
  post(name: string, id: number, sent: Sent, hasEnded: (thread: number) => boolean): readonly number[] {
    const { senders, receivers } = this.groupOf(name);
    for (const [receiver, { thread }] of receivers) if (hasEnded(thread)) receivers.delete(receiver);
    let sender = senders.get(id);
    if (sender === undefined) senders.set(id, (sender = new Sender(id, sent.thread)));
    const others = [...receivers].filter(([, { own }]) => own !== id);
    for (const [, receiver] of others) {
      if (receiver.isCounted && receiver.sent === receiver.received) {
        receiver.possibilities = [new Map([...senders.values()].map((one) => [one.id, one.count]))];
      }
      receiver.sent += 1;
    }
    sender.add(sent);
    return others.map(([receiver]) => receiver);
  }

  /** The last post of a sender failed. Tells the receivers that it does not come to. */
  takeBack(name: string, id: number, sequence: number): readonly number[] {
    const { senders, receivers } = this.groupOf(name);
    if (senders.get(id)?.takeBack(sequence) !== true) return [];
    const others = [...receivers].filter(([, { own }]) => own !== id);
    for (const [, receiver] of others) receiver.sent -= 1;
    return others.map(([receiver]) => receiver);
  }

  /** Who sent what a receiver got; null where that cannot be told. */
  receive(
    name: string,
    id: number,
    signature: number,
    t: Nanos,
  ): { readonly sender: number; readonly sent: Sent } | null {
    const { senders, receivers } = this.groupOf(name);
    const receiver = receivers.get(id);
    if (receiver === undefined) return null;
    receiver.received += 1;
    if (receiver.possibilities === null) return null;
    const others = [...senders.values()].filter((sender) => sender.id !== receiver.own);
    const match = matchReceived(receiver.possibilities, others, signature, t);
    if (match.kind === 'none') receiver.isCounted = false;
    receiver.possibilities = 'next' in match ? match.next : null;
    if (!receiver.isCounted && receiver.possibilities !== null) recount(receiver, senders);
    return match.kind === 'one' ? { sender: match.sender.id, sent: match.sent } : null;
  }

  /** The object that a receiver posts into; NaN: it does not receive. */
  ownOf(name: string, id: number): number {
    return this.groups.get(name)?.receivers.get(id)?.own ?? NaN;
  }

  close(name: string, id: number): void {
    this.groups.get(name)?.receivers.delete(id);
  }
}

/** The first message of a sender that may have come to an instance in the making. */
function firstMaybe(sender: Sender, madeAt: Nanos, lastTime: Nanos): number {
  let first = sender.count;
  for (let sent = sender.at(first - 1); sent && sent.t >= madeAt; sent = sender.at(first - 1)) first -= 1;
  const before = sender.at(first - 1);
  if (before === undefined || millisFromNanos(madeAt - before.t) > MAX_POSTING_MS) return first;
  const hasPosted = lastTime > before.t && lastTime < madeAt;
  return hasPosted ? first : first - 1;
}

/** All possibilities have come to the same number: what was sent and has not come is known from here on. */
function recount(receiver: Receiver, senders: ReadonlyMap<number, Sender>): void {
  const taken = totalOf(receiver.possibilities ?? []);
  if (taken === null) return;
  let sent = 0;
  for (const sender of senders.values()) if (sender.id !== receiver.own) sent += sender.count;
  receiver.isCounted = true;
  receiver.sent = receiver.received + sent - taken;
}

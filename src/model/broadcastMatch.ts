/**
 * Whose message was it? A broadcast goes to all others of its name; each receiver gets those of one sender in order, and
 * those of several mixed in an order of its own. So a received message is the next of one of them, and looks like it
 * (the signature). Where more than one fits, all possibilities are followed, and nobody is named until they agree.
 */
import type { Nanos } from '../base/brand.js';

/** Above this, it is given up until everything that was sent has been received. */
const MAX_POSSIBILITIES = 64;
/** Messages that are kept for receivers that lag behind. */
const MAX_KEPT = 20_000;

export interface Sent {
  readonly sequence: number;
  /** 0: it may look like anything. */
  readonly signature: number;
  readonly thread: number;
  readonly stack: number;
  readonly t: Nanos;
}

export class Sender {
  private sent: Sent[] = [];
  private forgotten = 0;

  constructor(
    readonly id: number,
    readonly thread: number,
  ) {}

  /** How many it has sent. */
  get count(): number {
    return this.forgotten + this.sent.length;
  }

  isForgotten(index: number): boolean {
    return index < this.forgotten;
  }

  at(index: number): Sent | undefined {
    return this.sent[index - this.forgotten];
  }

  add(sent: Sent): void {
    if (this.sent.length >= MAX_KEPT) {
      this.sent = this.sent.slice(MAX_KEPT / 2);
      this.forgotten += MAX_KEPT / 2;
    }
    this.sent.push(sent);
  }

  /** The last one could not be posted. */
  takeBack(sequence: number): boolean {
    if (this.sent.at(-1)?.sequence !== sequence) return false;
    this.sent.pop();
    return true;
  }
}

/** How many of each sender's messages were received: one possibility. None: 0. */
export type Taken = ReadonlyMap<number, number>;

export type Match =
  | { readonly kind: 'one'; readonly sender: Sender; readonly sent: Sent; readonly next: readonly Taken[] }
  | { readonly kind: 'several'; readonly next: readonly Taken[] }
  | { readonly kind: 'tooMany' }
  /** The trace cannot be whole. */
  | { readonly kind: 'none' };

const fits = (one: number, other: number): boolean => one === other || one === 0 || other === 0;

/** @param senders those that the message can come from */
export function matchReceived(
  possibilities: readonly Taken[],
  senders: readonly Sender[],
  signature: number,
  t: Nanos,
): Match {
  const found = new Map<Sent, Sender>();
  const next = new Map<string, Taken>();
  for (const taken of possibilities) {
    for (const sender of senders) {
      const index = taken.get(sender.id) ?? 0;
      if (sender.isForgotten(index)) return { kind: 'tooMany' };
      const sent = sender.at(index);
      if (sent === undefined || sent.t > t || !fits(sent.signature, signature)) continue;
      found.set(sent, sender);
      const after = new Map(taken).set(sender.id, index + 1);
      next.set(keyOf(after), after);
    }
    if (next.size > MAX_POSSIBILITIES) return { kind: 'tooMany' };
  }
  if (next.size === 0) return { kind: 'none' };
  const [[sent, sender] = []] = found;
  if (found.size === 1 && sent && sender) return { kind: 'one', sender, sent, next: [...next.values()] };
  return { kind: 'several', next: [...next.values()] };
}

function keyOf(taken: Taken): string {
  return [...taken].sort(([one], [other]) => one - other).join(' ');
}

/** How many messages were received in all, where every possibility says the same. */
export function totalOf(possibilities: readonly Taken[]): number | null {
  const totals = new Set(possibilities.map((taken) => [...taken.values()].reduce((sum, count) => sum + count, 0)));
  const [total] = totals;
  return totals.size === 1 ? (total as number) : null;
}

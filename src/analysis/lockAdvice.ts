import type { Model } from '../model/model.js';
import { listed, type Place, type Wording } from './wording.js';

/** A thread takes a lock while it has another. */
export interface LockTaking {
  readonly first: number;
  /** Where; null: unknown. */
  readonly firstAt: Place | null;
  readonly second: number;
  readonly secondAt: Place | null;
}

/** At which lines one lock is taken while another is held, in the whole run. */
export type LockPlaces = (first: number, second: number) => ReadonlySet<string>;

/** What breaks a circle of locks: each taking asks for the lock that the next one has. */
export function lockAdvice(wording: Wording, circle: readonly LockTaking[], places: LockPlaces | null): string {
  const spans = circle.map((taking) => spanOf(wording, taking));
  const upgraded = circle.find(({ first, second }) => first === second);
  if (upgraded !== undefined) return upgradeAdvice(wording, upgraded);
  const isOwn = spans.map((span, i) => span !== null && !spans.some((other, j) => other === span && i !== j));
  if (!isOwn.includes(true) || areAlike(wording.model, circle)) {
    const where = listed([...new Set(spans.filter((span) => span !== null))]);
    if (where !== '') return `Number these locks, and take the one with the smaller number first in ${where}.`;
    return `Take ${listed(circle.map(({ first }) => wording.object(first)))} in one order everywhere.`;
  }
  const counts = circle.map(({ first, second }, i) => {
    const known = new Set(places?.(first, second));
    return known.add(spans[i] ?? '').size;
  });
  // The one to change: on a tie the last, so that the text begins with the order that the finding shows first.
  let changed = isOwn.lastIndexOf(true);
  for (const i of circle.keys())
    if (isOwn[i] === true && (counts[i] as number) < (counts[changed] as number)) changed = i;
  return orderAdvice(wording, circle, spans, counts, changed);
}

/** Who reads waits for all readers, itself included. */
function upgradeAdvice(wording: Wording, { first, firstAt, secondAt }: LockTaking): string {
  const [reads, writes] = [firstAt, secondAt].map((at) => wording.place(at));
  const [read, write] = [reads, writes].map((place) => (place === null ? '' : ` at ${place}`));
  return `Give ${wording.object(first)} back before it is taken for writing${write}, or take it for writing${read} already.`;
}

function orderAdvice(
  wording: Wording,
  circle: readonly LockTaking[],
  spans: readonly (string | null)[],
  counts: readonly number[],
  changed: number,
): string {
  const order = circle.map((_, i) => wording.object((circle[(changed + 1 + i) % circle.length] as LockTaking).first));
  const [first, ...rest] = order as [string, ...string[]];
  const last = rest.at(-1) ?? first;
  const there = spans[changed] ?? '';
  if (circle.length > 2) return `Take ${listed(order)} in this order everywhere: in ${there}, ${first} before ${last}.`;
  const keeps = spans[1 - changed] ?? null;
  const count = counts[1 - changed] ?? 0;
  const as = count > 1 ? `, as the other ${count} places do` : keeps === null ? '' : `, as ${keeps} does`;
  return `Take ${first} before ${last} in ${there}${as}.`;
}

/** Locks that one line makes: which of them is the first differs from call to call. */
function areAlike({ objects }: Model, circle: readonly LockTaking[]): boolean {
  const makers = circle.map(({ first }) => objects.get(first)?.record?.stack ?? -1).filter((stack) => stack >= 0);
  return new Set(makers).size < makers.length;
}

/** `src/query.ts:12-20`: from where it took its lock to where it asks for the next; null when that is not known for certain. */
export function spanOf(wording: Wording, { firstAt, secondAt }: LockTaking): string | null {
  const [from, to] = [wording.exactFrame(firstAt), wording.exactFrame(secondAt)];
  if (from === undefined || to === undefined) return null;
  if (from.file !== to.file) return `${from.file}:${from.line} and ${to.file}:${to.line}`;
  return from.line === to.line
    ? `${from.file}:${from.line}`
    : `${from.file}:${Math.min(from.line, to.line)}-${Math.max(from.line, to.line)}`;
}

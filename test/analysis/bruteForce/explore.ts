/** Who can ever run again, found by trying everything that any thread could legally do, step by step. */
import type { Grade } from '../../../src/analysis/finding.js';
import type { StuckObject, StuckState, StuckThread, StuckWait } from './stuckState.js';

/** What stands after some steps. */
interface Now {
  /** Threads that wait or sleep still, in the order of the state. */
  readonly stuck: readonly boolean[];
  readonly ended: readonly boolean[];
  /** By place of the object. */
  readonly owner: readonly number[];
  readonly sharers: readonly (readonly number[])[];
  readonly level: readonly number[];
}

const MAX_LEVEL = 2;

/** The ids of those that can run at some time, given what is believed at a level. */
export function canEverRun(state: StuckState, grade: Grade): Set<number> {
  const rules = new Rules(state, grade);
  const start: Now = {
    stuck: state.threads.map(({ wait, sleeps }) => wait !== null || (sleeps && grade !== 'certain')),
    ended: state.threads.map(({ hasEnded }) => hasEnded),
    owner: state.objects.map(({ owner }) => owner),
    sharers: state.objects.map(({ sharers }) => [...sharers]),
    level: state.objects.map(({ level }) => level),
  };
  const runners = new Set<number>();
  const seen = new Set([keyOf(start)]);
  const all = state.threads.filter(({ hasEnded }) => !hasEnded).length;
  const queue = [start];
  for (let now = queue.pop(); now !== undefined && runners.size < all; now = queue.pop()) {
    for (const { id } of state.threads) if (now.stuck[id] !== true && now.ended[id] !== true) runners.add(id);
    for (const after of rules.steps(now)) {
      const key = keyOf(after);
      if (!seen.has(key)) queue.push(after);
      seen.add(key);
    }
  }
  return runners;
}

function keyOf({ stuck, ended, owner, sharers, level }: Now): string {
  let flags = 1;
  for (const flag of stuck) flags = flags * 2 + Number(flag);
  for (const flag of ended) flags = flags * 2 + Number(flag);
  return `${flags} ${owner.join()} ${sharers.join(';')} ${level.join()}`;
}

class Rules {
  /** By place of the object: its waits, and who is believed to be able to end them. */
  private readonly providers: readonly ReadonlySet<number>[];
  private readonly takers: readonly ReadonlySet<number>[];
  private readonly isMutex: readonly boolean[];

  constructor(
    private readonly state: StuckState,
    private readonly grade: Grade,
  ) {
    const { objects } = state;
    this.providers = objects.map((object) =>
      this.helpers(object, object.providers, (op) => op !== 'queue.put' && op !== 'queue.join'),
    );
    this.takers = objects.map((object) => this.helpers(object, object.getters, (op) => op === 'queue.put'));
    this.isMutex = objects.map((object) => this.isUsedAsMutex(object));
  }

  /** Every state that one step of one thread leads to. */
  *steps(now: Now): Generator<Now> {
    for (const thread of this.state.threads) {
      if (now.ended[thread.id] === true) continue;
      if (now.stuck[thread.id] === true) yield* this.wakeUps(now, thread);
      else yield* this.deeds(now, thread);
    }
  }

  private *deeds(now: Now, { id }: StuckThread): Generator<Now> {
    // What nobody waits for changes nothing for anybody.
    const isWanted = (object: number, isJoin: boolean): boolean =>
      this.state.threads.some(
        (other) =>
          now.stuck[other.id] === true && other.wait?.object === object && (other.wait.op === 'thread.join') === isJoin,
      );
    if (isWanted(id, true)) yield { ...now, ended: put(now.ended, id, true) };
    for (const { id: other, wait } of this.state.threads) {
      if (wait === null && now.stuck[other] === true) yield { ...now, stuck: put(now.stuck, other, false) };
    }
    for (const [place, { id: object, kind }] of this.state.objects.entries()) {
      if (!isWanted(object, false)) continue;
      const owner = now.owner[place] as number;
      const sharers = now.sharers[place] as readonly number[];
      const level = now.level[place] as number;
      if (owner >= 0 && (owner === id || this.isMutex[place] !== true)) {
        yield { ...now, owner: put(now.owner, place, -1) };
      }
      for (const sharer of sharers) {
        if (sharer !== id && this.isMutex[place] === true) continue;
        yield {
          ...now,
          sharers: put(
            now.sharers,
            place,
            sharers.filter((one) => one !== sharer),
          ),
        };
      }
      if (this.providers[place]?.has(id) === true && level < MAX_LEVEL && kind !== 'queue') {
        yield { ...now, level: put(now.level, place, level + 1) };
      }
      if (kind !== 'queue') continue;
      const { capacity } = this.state.objects[place] as StuckObject;
      if (this.providers[place]?.has(id) === true && level < capacity)
        yield { ...now, level: put(now.level, place, level + 1) };
      if (this.takers[place]?.has(id) === true && level > 0) yield { ...now, level: put(now.level, place, level - 1) };
    }
  }

  /** A thread that waits goes on when what it waits for is there, and takes it. */
  private *wakeUps(now: Now, { id, wait }: StuckThread): Generator<Now> {
    if (wait === null) return;
    const on: Now = { ...now, stuck: put(now.stuck, id, false) };
    if (wait.isTimed) yield on;
    if (wait.op === 'thread.join') {
      if (now.ended[wait.object] === true) yield on;
      return;
    }
    const place = wait.object - 1;
    const { capacity } = this.state.objects[place] as StuckObject;
    const level = now.level[place] as number;
    switch (wait.op) {
      case 'lock.acquire':
        if ((now.owner[place] as number) >= 0) return;
        if (wait.isShared && !this.isBehindWriter(now, wait)) {
          yield { ...on, sharers: put(now.sharers, place, [...(now.sharers[place] as readonly number[]), id]) };
        } else if (!wait.isShared && now.sharers[place]?.length === 0)
          yield { ...on, owner: put(now.owner, place, id) };
        return;
      case 'event.wait':
        if (level > 0) yield on;
        return;
      case 'queue.put':
        if (level < capacity) yield { ...on, level: put(now.level, place, level + 1) };
        return;
      // Whoever may say that a task is done says so.
      case 'queue.join':
        if (this.state.threads.some(({ id: one }) => now.stuck[one] !== true && now.ended[one] !== true)) yield on;
        return;
      default:
        if (level > 0) yield { ...on, level: put(now.level, place, level - 1) };
    }
  }

  private isBehindWriter(now: Now, { object, since }: StuckWait): boolean {
    return this.state.threads.some(
      ({ id, wait }) =>
        now.stuck[id] === true &&
        wait?.op === 'lock.acquire' &&
        wait.object === object &&
        !wait.isShared &&
        wait.since < since,
    );
  }

  /** Who may do what waiters for this object need: those who did it before, where that is known and they are not gone in peace. */
  private helpers(object: StuckObject, doers: StuckObject['providers'], isMeant: (op: string) => boolean): Set<number> {
    const { threads } = this.state;
    const everybody = threads.map(({ id }) => id);
    const waiters = threads.filter(
      ({ wait }) => wait !== null && wait.op !== 'thread.join' && wait.object === object.id && isMeant(wait.op),
    );
    if (this.grade === 'certain') return new Set(everybody);
    const helpers = new Set<number>();
    for (const { id: waiter } of waiters) {
      const others = [...doers].filter(([id]) => id !== waiter);
      const isKnown = others.some(([, count]) => count > 0) && !others.every(([id]) => this.leftInPeace(id));
      for (const id of isKnown ? others.map(([one]) => one) : everybody) if (id !== waiter) helpers.add(id);
    }
    return helpers;
  }

  private leftInPeace(id: number): boolean {
    const thread = this.state.threads[id];
    return thread?.hasEnded === true && !thread.hasFailed;
  }

  /** Only its owner gives it back. One that nobody was seen to use so could be a signal. */
  private isUsedAsMutex({ id, kind, owner, sharers, wasGivenBackByOther, wasGivenBackByOwner }: StuckObject): boolean {
    if (wasGivenBackByOther) return false;
    if (this.grade === 'possible' || kind === 'rlock' || wasGivenBackByOwner) return true;
    return (owner >= 0 ? [owner] : [...sharers]).every((one) => {
      const { hasEnded, wait } = this.state.threads[one] as StuckThread;
      if (hasEnded) return this.grade !== 'certain';
      return wait?.op === 'lock.acquire' && wait.object !== id;
    });
  }
}

function put<T>(list: readonly T[], at: number, value: T): T[] {
  const changed = [...list];
  changed[at] = value;
  return changed;
}

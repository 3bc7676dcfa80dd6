/**
 * A model of the threads at a queue: its two locks, the counts of its ring, a bell for items and one for room. Each step
 * touches once what others may touch at the same time; what a lock guards, and giving back a lock, is part of the step
 * before. All orders of the steps of a few threads are tried. Here no wait looks again by itself: whoever is not woken
 * sleeps for ever.
 */

/** What a thread does, one after the other. `InTime`: its time may be over whenever it would wait. */
export type Deed = 'get' | 'getInTime' | 'put' | 'putInTime' | 'close';

export interface Scene {
  /** How many items may wait. */
  readonly maxSize: number;
  readonly threads: readonly (readonly Deed[])[];
}

/** What the model can be made wrong with. */
export type Mistake =
  'listens late' | 'does not meet' | 'leaves for another' | 'takes without the lock' | 'closes without ringing';

type Kind = 'get' | 'put';
type Outcome = 'done' | 'refused' | 'closed';

interface Memory {
  /** The number of the thread that is inside; 0: none. */
  mutex: number;
  takeMutex: number;
  put: number;
  taken: number;
  isClosed: boolean;
  readonly bells: Record<Kind, { rings: number; sleepers: number; readonly asleep: number[] }>;
  /** How often each item was taken. */
  readonly times: number[];
}

interface Stop {
  /** Where the thread stands, and all that it knows. */
  readonly key: string;
  /** Whether it can go on; always when this is not there. */
  readonly can?: () => boolean;
  /** It can also go on by its time being over. */
  readonly hasTimeout?: boolean;
}
type Steps<T> = Generator<Stop, T, 'on' | 'timeout'>;

const OTHER = { get: 'put', put: 'get' } as const;

class Model {
  readonly memory: Memory = {
    mutex: 0,
    takeMutex: 0,
    put: 0,
    taken: 0,
    isClosed: false,
    bells: { get: { rings: 0, sleepers: 0, asleep: [] }, put: { rings: 0, sleepers: 0, asleep: [] } },
    times: [],
  };

  constructor(
    readonly scene: Scene,
    readonly mistake: Mistake | undefined,
  ) {}

  *thread(id: number): Steps<void> {
    for (const [i, deed] of (this.scene.threads[id - 1] ?? []).entries()) {
      if (deed === 'close') yield* this.close(id);
      else yield* this.do(id, deed.startsWith('put') ? 'put' : 'get', deed.endsWith('InTime'), String(i));
    }
  }

  *do(id: number, kind: Kind, isInTime: boolean, at: string): Steps<void> {
    let outcome = yield* this.attempt(id, kind, `${at} now`);
    const bell = this.memory.bells[kind];
    const listen = (): number => (bell.sleepers++, bell.rings);
    let hasTime = true;
    while (outcome === 'refused') {
      let heard = -1;
      const isLate = this.mistake === 'listens late';
      at = hasTime ? at : `${at.slice(0, 1)} late`;
      yield { key: `${at} listen` };
      if (!isLate) heard = listen();
      if (this.mistake !== 'does not meet') {
        yield* this.enter('mutex', id, `${at} meet ${heard}`);
        yield* this.enter('takeMutex', id, `${at} meet takers ${heard}`);
        this.memory.takeMutex = 0;
        this.memory.mutex = 0;
      }
      outcome = yield* this.attempt(id, kind, `${at} listens ${heard}`);
      if (isLate) heard = listen();
      if (outcome === 'refused') {
        if (!hasTime) outcome = 'done';
        else hasTime = yield* this.sleep(id, kind, heard, isInTime, at);
      }
      yield* this.stopListening(kind, heard, `${at} ${outcome}`);
    }
  }

  /** Gives whether there is time left: who has none attempts it once more. */
  *sleep(id: number, kind: Kind, heard: number, isInTime: boolean, at: string): Steps<boolean> {
    const bell = this.memory.bells[kind];
    yield { key: `${at} look ${heard}` };
    const { rings, sleepers } = bell;
    if (rings !== heard) return true;
    yield { key: `${at} wait ${heard} ${sleepers}` };
    if (bell.rings !== rings || bell.sleepers !== sleepers) return true;
    bell.asleep.push(id);
    const isAwake = (): boolean => !bell.asleep.includes(id);
    if ((yield { key: `${at} asleep ${heard}`, can: isAwake, hasTimeout: isInTime }) === 'on') return true;
    // It may have been woken at the same time.
    if (!isAwake()) bell.asleep.splice(bell.asleep.indexOf(id), 1);
    return false;
  }

  *stopListening(kind: Kind, heard: number, at: string): Steps<void> {
    const bell = this.memory.bells[kind];
    for (;;) {
      yield { key: `${at} stop ${heard}` };
      const { rings, sleepers } = bell;
      if ((this.mistake !== 'leaves for another' && rings !== heard) || sleepers === 0) return;
      yield { key: `${at} stop ${heard} ${rings} ${sleepers}` };
      if (bell.rings !== rings || bell.sleepers !== sleepers) continue;
      bell.sleepers--;
      return;
    }
  }

  *attempt(id: number, kind: Kind, at: string): Steps<Outcome> {
    const own = kind === 'put' ? 'mutex' : 'takeMutex';
    const isLocked = kind === 'put' || this.mistake !== 'takes without the lock';
    if (isLocked) yield* this.enter(own, id, at);
    // A plain read: a processor may do it as early as here.
    const isAwaited = this.memory.bells[OTHER[kind]].sleepers > 0;
    const outcome = yield* kind === 'put' ? this.put(id, `${at} ${isAwaited}`) : this.take(`${at} ${isAwaited}`);
    if (isLocked) this.memory[own] = 0;
    if (outcome === 'done' && isAwaited) yield* this.ring(OTHER[kind], false, at);
    return outcome;
  }

  *put(id: number, at: string): Steps<Outcome> {
    const { memory } = this;
    if (memory.isClosed) return 'closed';
    yield* this.enter('takeMutex', id, `${at} meet takers`);
    const isFull = memory.put - memory.taken >= this.scene.maxSize;
    memory.takeMutex = 0;
    if (isFull) return 'refused';
    yield { key: `${at} publish` };
    memory.times.push(0);
    memory.put++;
    return 'done';
  }

  *take(at: string): Steps<Outcome> {
    const { memory } = this;
    const { taken } = memory;
    yield { key: `${at} isEmpty ${taken}` };
    if (memory.put <= taken) return memory.isClosed ? 'closed' : 'refused';
    if (this.mistake === 'takes without the lock') yield { key: `${at} take ${taken}` };
    memory.taken = taken + 1;
    memory.times[taken] = (memory.times[taken] as number) + 1;
    return 'done';
  }

  *close(id: number): Steps<void> {
    yield* this.enter('mutex', id, 'close');
    yield* this.enter('takeMutex', id, 'close takers');
    this.memory.isClosed = true;
    this.memory.takeMutex = 0;
    this.memory.mutex = 0;
    if (this.mistake === 'closes without ringing') return;
    yield* this.ring('put', true, 'close');
    yield* this.ring('get', true, 'close');
  }

  *ring(kind: Kind, isForAll: boolean, at: string): Steps<void> {
    const bell = this.memory.bells[kind];
    for (;;) {
      yield { key: `${at} ring ${kind}` };
      const { rings, sleepers } = bell;
      if (sleepers === 0) return;
      yield { key: `${at} ring ${kind} ${rings} ${sleepers}` };
      if (bell.rings !== rings || bell.sleepers !== sleepers) continue;
      bell.rings++;
      bell.sleepers = isForAll ? 0 : sleepers - 1;
      yield { key: `${at} notify ${kind}` };
      bell.asleep.splice(0, isForAll ? Infinity : 1);
      return;
    }
  }

  *enter(lock: 'mutex' | 'takeMutex', id: number, at: string): Steps<void> {
    yield { key: `${at} enter ${lock}`, can: () => this.memory[lock] === 0 };
    this.memory[lock] = id;
  }

  /** The same for the same state of the memory. */
  key(): string {
    const { mutex, takeMutex, put, taken, isClosed, bells, times } = this.memory;
    const keyOf = ({ rings, sleepers, asleep }: Memory['bells']['get']): string =>
      `${rings} ${sleepers} ${asleep.join()}`;
    return `${mutex} ${takeMutex} ${put} ${taken} ${isClosed} ${keyOf(bells.get)};${keyOf(bells.put)};${times.join()};`;
  }

  /** What is wrong when nobody can go on. */
  faultsAtEnd(stops: readonly (Stop | undefined)[]): string[] {
    const { taken, put, isClosed, bells, times } = this.memory;
    const faults: string[] = [];
    const place = (kind: Kind): string[] => bells[kind].asleep.map((id) => stops[id - 1]?.key ?? '');
    if (taken < put || isClosed) faults.push(...place('get').map((key) => `left asleep at get: ${key}`));
    if (put - taken < this.scene.maxSize || isClosed) {
      faults.push(...place('put').map((key) => `left asleep at put: ${key}`));
    }
    const asleep = bells.get.asleep.length + bells.put.asleep.length;
    if (stops.filter((stop) => stop !== undefined).length > asleep) faults.push('a lock that nobody gives back');
    if (times.some((often, item) => often !== (item < taken ? 1 : 0))) faults.push(`taken so often: ${times.join()}`);
    return faults;
  }
}

type Move = readonly [thread: number, how: 'on' | 'timeout'];

/** Until the first fault: every state that can come about is visited once. */
export function tryAllOrders(scene: Scene, mistake?: Mistake): { faults: string[]; states: number } {
  const seen = new Set<string>();
  const open: (readonly Move[])[] = [[]];
  for (let moves = open.pop(); moves !== undefined; moves = open.pop()) {
    const model = new Model(scene, mistake);
    const threads = scene.threads.map((_, i) => model.thread(i + 1));
    const stops = threads.map((thread) => thread.next().value ?? undefined);
    const move = ([i, how]: Move): void => {
      stops[i] = (threads[i] as Steps<void>).next(how).value ?? undefined;
    };
    moves.forEach(move);
    for (const done = [...moves]; ;) {
      const key = model.key() + stops.map((stop) => stop?.key).join(';');
      if (seen.has(key)) break;
      seen.add(key);
      const next: Move[] = [];
      for (const [i, stop] of stops.entries()) {
        if (stop === undefined) continue;
        if (stop.can?.() !== false) next.push([i, 'on']);
        if (stop.hasTimeout === true) next.push([i, 'timeout']);
      }
      const chosen = next.pop();
      if (chosen === undefined) {
        const faults = model.faultsAtEnd(stops);
        if (faults.length > 0) return { faults, states: seen.size };
        break;
      }
      for (const other of next) open.push([...done, other]);
      move(chosen);
      done.push(chosen);
    }
  }
  return { faults: [], states: seen.size };
}

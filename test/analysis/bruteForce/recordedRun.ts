/** One random schedule of a program, as a trace, and the verdict on it. */
import { Analysis } from '../../../src/analysis/analysis.js';
import type { Finding, Verdict } from '../../../src/analysis/finding.js';
import { nanos } from '../../../src/base/brand.js';
import { SourceNaming } from '../../../src/sources/sourceNaming.js';
import { EventColumns } from '../../../src/trace/eventBatch.js';
import { LOCK_MODES, LOCK_REFUSALS, NO_TIMEOUT, OP, type SingleOpName } from '../../../src/trace/ops.js';
import { nextOp, startOf, step, withPast, type LockProgram, type Op } from './lockProgram.js';
import type { Random } from './random.js';
import { circleText, type Circle } from './schedules.js';

const MILLI = 1e6;
const SHARED = LOCK_MODES.indexOf('shared');
const EVENT = 100;

export interface RecordedRun {
  readonly events: EventColumns;
  /** The program without what it did not come to in this run. */
  readonly executed: LockProgram;
}

/** Null: it got stuck in this schedule. */
export function recordedRun(program: LockProgram, random: Random): RecordedRun | null {
  const events = new EventColumns(64);
  let t = MILLI;
  let state = startOf(program);
  const executed = program.map((): Op[] => []);
  const tell = (thread: number, op: SingleOpName, object: number, arg = NaN, extra = 0): void => {
    // Each operation has a line of its own.
    const stack = thread * EVENT + (state.at[thread] as number);
    events.push((t += MILLI), thread, OP[op], object, stack, false, arg, extra);
  };
  const tellAttempt = (thread: number, op: Op): void => {
    if (op.kind === 'lock') tell(thread, 'lock.acquire', op.lock + 1, op.mode === 'read' ? SHARED : 0, NO_TIMEOUT);
    if (op.kind === 'wait') tell(thread, 'event.wait', EVENT, NaN, NO_TIMEOUT);
    if (op.kind === 'join') tell(thread, 'thread.join', op.thread, NaN, NO_TIMEOUT);
  };
  const isTold = new Set<string>();
  for (const [thread, isStarted] of state.isStarted.entries()) if (isStarted) tell(thread, 'thread.begin', thread);
  for (;;) {
    const left = [...program.keys()].filter((thread) => nextOp(program, state, thread) !== undefined);
    const ready = left.filter((thread) => step(program, state, thread) !== null);
    if (ready.length === 0)
      return left.length === 0 && state.isStarted.every(Boolean) ? { events, executed: executed.map(withPast) } : null;
    // Who has to wait says so now and then, before others go on.
    const thread = random.one(random.once(3) ? left : ready);
    const op = nextOp(program, state, thread);
    const next = step(program, state, thread);
    if (op === undefined) return null;
    const key = `${thread} ${state.at[thread]}`;
    if (next === null) {
      if (!isTold.has(key)) tellAttempt(thread, op);
      isTold.add(key);
      continue;
    }
    if (!next.gaveUp) executed[thread]?.push(op);
    if (op.kind === 'lock') {
      const mode = op.mode === 'read' ? 'shared' : op.mode === 'plain' ? 'exclusive' : 'bounded';
      if (next.gaveUp) tell(thread, 'lock.refused', op.lock + 1, LOCK_REFUSALS.indexOf('busy'));
      else tell(thread, 'lock.acquired', op.lock + 1, 1, LOCK_MODES.indexOf(mode));
    } else if (op.kind === 'unlock') {
      if (state.owner[op.lock] === thread || state.readers[op.lock]?.includes(thread) === true)
        tell(thread, 'lock.release', op.lock + 1, 0);
    } else if (op.kind === 'set') {
      tell(thread, 'event.set', EVENT);
    } else if (op.kind === 'wait') {
      tell(thread, 'event.woken', EVENT);
    } else if (op.kind === 'join') tell(thread, 'thread.joined', op.thread);
    else if (op.kind === 'start') {
      tell(thread, 'thread.start', op.thread);
      tell(op.thread, 'thread.begin', op.thread);
    }
    state = next.after;
    if (nextOp(program, state, thread) === undefined) tell(thread, 'thread.end', thread, 0);
  }
}

export function verdictOn(program: LockProgram, events: EventColumns): Verdict {
  const analysis = new Analysis({ naming: (dictionary) => new SourceNaming(dictionary, () => null) });
  const { visitor } = analysis;
  visitor.file?.({ path: 'a.js', hash: null, map: null }, 0);
  for (let line = 0; line < program.length * EVENT; line++) {
    visitor.site?.({ file: 0, line, column: 1, fn: null }, line);
    visitor.stack?.([line], line);
  }
  for (const id of program.keys()) {
    visitor.thread?.({ id, name: `t${id}`, parent: null, start: nanos(0), file: null, library: false });
  }
  const isRead = new Set(program.flat().flatMap((op) => (op.kind === 'lock' && op.mode === 'read' ? op.lock : [])));
  for (const lock of startOf(program).owner.keys()) {
    const kind = isRead.has(lock) ? 'rwlock' : 'lock';
    visitor.object?.({ id: lock + 1, kind, name: `l${lock}`, stack: -1, thread: 0, capacity: null });
  }
  visitor.object?.({ id: EVENT, kind: 'event', name: 'event', stack: -1, thread: 0, capacity: null });
  visitor.events?.(events);
  visitor.marker?.({
    kind: 'end',
    t: nanos((events.t[events.length - 1] as number) + 1),
    end: 'clean',
    code: 0,
    signal: null,
  });
  return analysis.verdict('run', false);
}

/** Which thread asks for which lock, in the words of all schedules. */
export function circleOf({ locations }: Finding): Circle {
  const seconds = locations.filter((_, index) => index % 2 === 1);
  return circleText(seconds.map(({ thread, object }) => [thread, (object ?? 0) - 1]));
}

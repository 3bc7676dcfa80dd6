import { formatTime } from '../base/formatDuration.js';
import { millisFromNanos, type Nanos } from '../base/brand.js';
import type { Wait } from '../model/intervals.js';
import type { Model } from '../model/model.js';
import { OP } from '../trace/ops.js';
import type { FindingFrame, FindingLocation, FindingObject, FindingThread, LocationRole } from './finding.js';
import type { Naming } from './naming.js';

/** Where something was done; null: unknown. */
export interface Place {
  readonly stack: number;
  /** It is where something of this kind was seen before: this one's own line was not looked at. */
  readonly sampled?: boolean;
}

/** How a finding says things, in the style of all findings: names in backticks, lines as `file:line`. */
export class Wording {
  constructor(
    readonly model: Model,
    readonly naming: Naming,
  ) {}

  /** `main`, or `worker "writer"`. */
  thread(id: number): string {
    return id === 0 ? this.naming.thread(id) : `worker "${this.naming.thread(id)}"`;
  }

  object(id: number): string {
    const name = `\`${this.name(id)}\``;
    return this.isInferred(id) ? `the inferred ${name}` : name;
  }

  /** What stands in titles. */
  name(id: number): string {
    const name = this.naming.object(id);
    return this.isInferred(id) ? name.replace(/^word(?=\b|#)/, this.model.inference.nameOf(id) ?? 'lock') : name;
  }

  private isInferred(id: number): boolean {
    return this.model.inference.lockOf(id) !== undefined;
  }

  /** `src/store.ts:48`, or null when the line is not known for certain. */
  place(at: Place | null): string | null {
    const frame = this.exactFrame(at);
    return frame === undefined ? null : `${frame.file}:${frame.line}`;
  }

  /** Undefined when the line is not known for certain. */
  exactFrame(at: Place | null): FindingFrame | undefined {
    return at?.sampled === true ? undefined : this.frame(at);
  }

  /** ` (src/store.ts:48)`, ` (last seen at src/store.ts:48)`, or nothing. */
  inBrackets(at: Place | null): string {
    const frame = this.frame(at);
    return frame === undefined ? '' : ` (${at?.sampled === true ? 'last seen at ' : ''}${frame.file}:${frame.line})`;
  }

  /** ` at store.ts:48`, ` last seen at store.ts:48`, or nothing: the short form of the verdict. */
  shortAt(at: Place | null): string {
    const frame = this.frame(at);
    return frame === undefined ? '' : ` ${at?.sampled === true ? 'last seen ' : ''}at ${shortPlace(frame)}`;
  }

  private frame(at: Place | null): FindingFrame | undefined {
    return at === null ? undefined : this.framesOf(at.stack)[0];
  }

  /** Where the code of an inferred lock was called, the frames in it, and who called that. */
  private framesOf(stack: number): readonly FindingFrame[] {
    const frames = this.naming.frames(stack);
    const { outer, of } = this.model.inference.callOf(stack);
    const index = frames.length - (of - outer);
    const caller = outer === 0 ? undefined : frames[index];
    return caller === undefined || index <= 0 ? frames : [caller, ...frames.toSpliced(index, 1)];
  }

  findingThread(id: number): FindingThread {
    return { id, name: this.naming.thread(id) };
  }

  findingObject(id: number): FindingObject {
    const inferred = this.isInferred(id);
    const kind = inferred ? 'lock' : (this.model.objects.get(id)?.kind ?? 'unknown');
    return { id, kind, name: this.name(id), inferred };
  }

  /** One location, or none when the line is not known. */
  locations(
    role: LocationRole,
    thread: number,
    object: number | null,
    { stack, sampled }: Place,
    t: Nanos,
  ): FindingLocation[] {
    const [frame, ...callers] = this.framesOf(stack);
    if (frame === undefined) return [];
    const location = { role, ...frame, thread, object, timeMs: millisFromNanos(t), stack: callers };
    return [sampled === true ? { ...location, sampled } : location];
  }

  /** `waits for `index``: what the wait is for. */
  waiting(wait: Wait): string {
    if (wait.family === 'thread') return `waits for the end of ${this.thread(wait.object)}`;
    if (this.isInferred(wait.object)) return `waits for ${this.object(wait.object)}`;
    return waitPhrases[wait.op]?.(this.object(wait.object)) ?? `waits for ${this.object(wait.object)}`;
  }

  /** The same, short, for the verdict. */
  waitingShort(wait: Wait): string {
    return `waits for \`${wait.family === 'thread' ? this.naming.thread(wait.object) : this.name(wait.object)}\``;
  }
}

const waitPhrases: Readonly<Partial<Record<number, (object: string) => string>>> = {
  [OP['queue.put']]: (queue) => `waits to put into ${queue}, which is full`,
  [OP['queue.get']]: (queue) => `waits for an item of ${queue}, which is empty`,
  [OP['queue.join']]: (queue) => `waits until all tasks of ${queue} are done`,
  [OP['event.wait']]: (event) => `waits for ${event} to be set`,
  [OP['word.wait']]: (word) => `waits in Atomics.wait for ${word}`,
  [OP['semaphore.acquire']]: (semaphore) => `waits for a permit of ${semaphore}`,
  [OP['barrier.wait']]: (barrier) => `waits at ${barrier} for the others`,
  [OP['condition.wait']]: (condition) => `waits for a notify of ${condition}`,
  [OP['task.wait']]: (task) => `waits for the result of ${task}`,
};

function shortPlace({ file, line }: FindingFrame): string {
  return `${file.slice(file.lastIndexOf('/') + 1)}:${line}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(parts: readonly string[]): string {
  return parts.length < 2
    ? parts.join('')
    : `${parts.slice(0, -1).join(', ')} and ${parts[parts.length - 1] as string}`;
}

/** `main waits`, `main and 5 other threads wait`: with what follows in the singular or plural. */
export function whoWaits(names: readonly string[]): string {
  if (names.length === 1) return `${names[0] as string} waits`;
  if (names.length === 2) return `${listed(names)} wait`;
  return `${names[0] as string} and ${names.length - 1} other threads wait`;
}

/** `since 12.402 s; main and 5 other threads wait behind them.` */
export function sinceLine(since: Nanos, behind: readonly string[], whom: 'it' | 'them'): string {
  const start = `since ${formatTime(millisFromNanos(since))}`;
  return behind.length === 0 ? `${start}.` : `${start}; ${whoWaits(behind)} behind ${whom}.`;
}

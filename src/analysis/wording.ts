import { formatTime } from '../base/formatDuration.js';
import { millisFromNanos, type Nanos } from '../base/brand.js';
import type { Wait } from '../model/intervals.js';
import type { Model } from '../model/model.js';
import { OP } from '../trace/ops.js';
import type { FindingFrame, FindingLocation, FindingObject, FindingThread, LocationRole } from './finding.js';
import type { Naming } from './naming.js';

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
    return `\`${this.naming.object(id)}\``;
  }

  /** `src/store.ts:48`, or null when the line is not known. */
  place(stack: number): string | null {
    const frame = this.naming.frames(stack)[0];
    return frame === undefined ? null : `${frame.file}:${frame.line}`;
  }

  /** ` (src/store.ts:48)`, or nothing. */
  inBrackets(stack: number): string {
    const place = this.place(stack);
    return place === null ? '' : ` (${place})`;
  }

  /** ` at store.ts:48`, or nothing: the short form of the verdict. */
  shortAt(stack: number): string {
    const frame = this.naming.frames(stack)[0];
    return frame === undefined ? '' : ` at ${shortPlace(frame)}`;
  }

  findingThread(id: number): FindingThread {
    return { id, name: this.naming.thread(id) };
  }

  findingObject(id: number): FindingObject {
    const kind = this.model.objects.get(id)?.kind ?? 'unknown';
    return { id, kind, name: this.naming.object(id), inferred: false };
  }

  /** One location, or none when the line is not known. */
  locations(role: LocationRole, thread: number, object: number | null, stack: number, t: Nanos): FindingLocation[] {
    const [frame, ...callers] = this.naming.frames(stack);
    return frame === undefined ? [] : [{ role, ...frame, thread, object, timeMs: millisFromNanos(t), stack: callers }];
  }

  /** `waits for `index``: what the wait is for. */
  waiting(wait: Wait): string {
    if (wait.family === 'thread') return `waits for the end of ${this.thread(wait.object)}`;
    return waitPhrases[wait.op]?.(this.object(wait.object)) ?? `waits for ${this.object(wait.object)}`;
  }

  /** The same, short, for the verdict. */
  waitingShort(wait: Wait): string {
    return `waits for \`${wait.family === 'thread' ? this.naming.thread(wait.object) : this.naming.object(wait.object)}\``;
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

import type { FindingFrame } from '../analysis/finding.js';
import type { Naming } from '../analysis/naming.js';
import type { Dictionary } from '../trace/dictionary.js';
import type { ObjectKind } from '../trace/objectKinds.js';
import type { ObjectRecord, ThreadRecord } from '../trace/records.js';
import { assignedName, isReturned, nameOfCall } from './assignedName.js';
import { calledName } from './calledName.js';
import { SharedNames } from './sharedNames.js';
import { SourceMaps, type ReadText } from './sourceMaps.js';

/** Frames of the library are never the place that a person has to look at. */
const ownFile = /(?:^|\/)threadlanes\/(?:dist\/index\.|src\/threading\/)/;

/** Nor those of other packages, where the program's own code has called them. */
const packageFile = /(?:^|\/)node_modules\//;

const kindLabel: Readonly<Record<ObjectKind | 'unknown', string>> = {
  lock: 'Lock',
  rlock: 'RLock',
  rwlock: 'RWLock',
  weblock: 'WebLock',
  semaphore: 'Semaphore',
  condition: 'Condition',
  event: 'Event',
  barrier: 'Barrier',
  queue: 'Queue',
  port: 'Port',
  word: 'Word',
  task: 'Task',
  pool: 'Pool',
  unknown: 'Object',
};

/** What the program's own source calls the things of a trace. */
export class SourceNaming implements Naming {
  private readonly maps: SourceMaps;
  private readonly framesOf: FindingFrame[][] = [];
  /** By object: the record that a name was looked for with, and what was found. */
  private readonly found = new Map<number, { readonly record: ObjectRecord; readonly name: string | null }>();
  private readonly objectNames: SharedNames<ObjectRecord>;
  private readonly threadNames: SharedNames<ThreadRecord>;

  /** @param readText reads a file by its path in the trace: relative to the root with `/`, or absolute */
  constructor(
    private readonly dictionary: Dictionary,
    readText: ReadText,
  ) {
    this.maps = new SourceMaps(readText, () => dictionary.traceHeader?.root ?? '');
    this.objectNames = new SharedNames(dictionary.objects, (record) => this.givenName(record));
    this.threadNames = new SharedNames(dictionary.threads, (record) => record.name);
  }

  frames(stack: number): readonly FindingFrame[] {
    const all = this.allFrames(stack);
    const own = all.findIndex(({ file }) => !packageFile.test(file));
    return own > 0 ? all.slice(own) : all;
  }

  thread(id: number): string {
    const record = this.dictionary.threads.get(id);
    if (record?.name) return this.threadNames.isShared(record.name) ? `${record.name}#${id}` : record.name;
    if (id === 0) return 'main';
    return `${record?.file ? baseName(record.file) : 'thread'}#${id}`;
  }

  object(id: number): string {
    const record = this.dictionary.objects.get(id);
    if (!record) return `Object#${id}`;
    const name = this.givenName(record);
    if (name !== null) return this.objectNames.isShared(name) ? `${name}#${id}` : name;
    if (record.kind === 'word' && record.offset !== undefined) {
      // Elements have 1 to 8 bytes and arrays start anywhere: an index would be a guess.
      const place = `at byte ${record.offset}`;
      return record.buffer === undefined ? `word#${id} ${place}` : `word ${place} of buffer ${record.buffer}`;
    }
    if (record.kind === 'port' && record.from !== undefined && record.to !== undefined) {
      return `messages from ${this.thread(record.from)} to ${this.thread(record.to)}`;
    }
    return `${kindLabel[record.kind]}#${id}`;
  }

  called(stack: number): string | null {
    const [frame] = this.frames(stack);
    const text = frame === undefined ? null : this.maps.text(frame.file);
    return frame === undefined || text === null ? null : calledName(text, frame.line, frame.column);
  }

  private allFrames(stack: number): readonly FindingFrame[] {
    if (!this.dictionary.stacks[stack]) return [];
    return (this.framesOf[stack] ??= this.mapStack(stack));
  }

  private mapStack(stack: number): FindingFrame[] {
    const frames = (this.dictionary.stacks[stack] ?? []).flatMap((index) => {
      const site = this.dictionary.sites[index];
      const file = site && this.dictionary.files[site.file];
      if (!file || file.path.startsWith('node:')) return [];
      return [{ ...this.maps.original(file, site.line, site.column), function: site.fn }];
    });
    const program = frames.filter((frame) => !ownFile.test(frame.file));
    return program.length > 0 ? program : frames;
  }

  /** What the program calls an object: by its option, else by the variable that took it. */
  private givenName(record: ObjectRecord): string | null {
    if (record.name) return record.name;
    if (record.kind === 'word' || record.kind === 'port' || record.kind === 'task') return null;
    const condition = this.conditionOf(record);
    if (condition !== undefined) return possessive(this.givenName(condition));
    const known = this.found.get(record.id);
    if (known?.record === record) return known.name;
    const name = this.nameOfCreation(record.stack);
    this.found.set(record.id, { record, name });
    return name;
  }

  /** Whose own lock it is: a condition makes that right before itself, at the same place of the program. */
  private conditionOf({ id, kind, stack }: ObjectRecord): ObjectRecord | undefined {
    const next = kind === 'rlock' ? this.dictionary.objects.get(id + 1) : undefined;
    return next?.kind === 'condition' && next.stack === stack && stack >= 0 ? next : undefined;
  }

  /** The variable that takes what was created; where a function only gives it back, the one at the call. */
  private nameOfCreation(stack: number): string | null {
    const [frame, caller] = this.allFrames(stack);
    const text = frame ? this.maps.text(frame.file) : null;
    if (frame === undefined || text === null) return null;
    const name = assignedName(text, frame.line, frame.column);
    if (name !== null || caller === undefined || !isReturned(text, frame.line, frame.column)) return name;
    const callerText = this.maps.text(caller.file);
    return callerText === null ? null : nameOfCall(callerText, caller.line, caller.column);
  }
}

/** What the library calls the lock of a condition that was given a name. */
const possessive = (name: string | null): string | null => (name === null ? null : `${name}'s lock`);

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

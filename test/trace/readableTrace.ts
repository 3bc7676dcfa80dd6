import { eventAt, type EventBatch } from '../../src/trace/eventBatch.js';
import { Dictionary } from '../../src/trace/dictionary.js';
import { opSpec } from '../../src/trace/ops.js';
import type { MarkerRecord, ObjectRecord, ThreadRecord, TraceHeader } from '../../src/trace/records.js';
import type { TraceVisitor } from '../../src/trace/visitor.js';

/** All that a trace says, with numbers of files, sites, stacks and strings replaced by what they stand for. */
export class ReadableTrace implements TraceVisitor {
  readonly records: unknown[] = [];
  readonly eventList: unknown[] = [];
  readonly damages: string[] = [];
  readonly dictionary = new Dictionary();

  header(header: TraceHeader): void {
    this.records.push({ header });
  }

  thread(thread: ThreadRecord): void {
    this.records.push({ thread });
  }

  object(object: ObjectRecord): void {
    this.records.push({ object: { ...object, stack: this.stackText(object.stack) } });
  }

  file = this.dictionary.file.bind(this.dictionary);
  site = this.dictionary.site.bind(this.dictionary);
  stack = this.dictionary.stack.bind(this.dictionary);
  string = this.dictionary.string.bind(this.dictionary);

  events(batch: EventBatch): void {
    for (let row = 0; row < batch.length; row++) {
      const event = eventAt(batch, row);
      const isText = opSpec(event.op)?.arg?.type === 'string';
      const arg = isText ? (this.dictionary.strings[event.arg] ?? null) : event.arg;
      const readable = { ...event, arg, stack: this.stackText(event.stack) };
      this.eventList.push(readable);
      this.records.push({ event: readable });
    }
  }

  marker(marker: MarkerRecord): void {
    this.records.push({ marker });
  }

  damage(message: string): void {
    this.damages.push(message);
  }

  private stackText(index: number): unknown {
    const { stacks, sites, files } = this.dictionary;
    return (
      stacks[index]?.map((at) => {
        const site = sites[at];
        return site && { ...site, file: files[site.file] };
      }) ?? null
    );
  }
}

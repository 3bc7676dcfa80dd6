import type { FileRecord, ObjectRecord, SiteRecord, StackRecord, ThreadRecord, TraceHeader } from './records.js';
import type { TraceVisitor } from './visitor.js';

/** Everything a trace defines, collected as it is read. */
export class Dictionary implements TraceVisitor {
  traceHeader: TraceHeader | null = null;
  readonly threads = new Map<number, ThreadRecord>();
  readonly objects = new Map<number, ObjectRecord>();
  readonly files: FileRecord[] = [];
  readonly sites: SiteRecord[] = [];
  readonly stacks: StackRecord[] = [];
  readonly strings: string[] = [];

  header(header: TraceHeader): void {
    this.traceHeader = header;
  }

  thread(record: ThreadRecord): void {
    this.threads.set(record.id, record);
  }

  object(record: ObjectRecord): void {
    this.objects.set(record.id, record);
  }

  file(record: FileRecord, index: number): void {
    this.files[index] = record;
  }

  site(record: SiteRecord, index: number): void {
    this.sites[index] = record;
  }

  stack(record: StackRecord, index: number): void {
    this.stacks[index] = record;
  }

  string(text: string, index: number): void {
    this.strings[index] = text;
  }
}

import type { EventBatch } from './eventBatch.js';
import { functionsText } from './functionsText.js';
import { millisText, operandText, positionText } from './ndjsonNotation.js';
import { opSpec } from './ops.js';
import type {
  FileRecord,
  MarkerRecord,
  ObjectRecord,
  SiteRecord,
  StackRecord,
  ThreadRecord,
  TraceHeader,
} from './records.js';
import type { TraceVisitor } from './visitor.js';

/** Keys and values that are JSON already; `undefined` leaves the key out. */
type Fields = Readonly<Record<string, string | undefined>>;

const json = (value: string | number | boolean | null): string => JSON.stringify(value);
const jsonOr = (value: string | number | boolean | null | undefined, absent: unknown): string | undefined =>
  value === undefined || value === absent ? undefined : JSON.stringify(value);

function lineOf(fields: Fields): string {
  let line = '';
  for (const key in fields) {
    const value = fields[key];
    if (value !== undefined) line += `${line === '' ? '{' : ','}"${key}":${value}`;
  }
  return `${line}}`;
}

/**
 * Writes a trace as text, one record a line. Lines come without the line feed. Sites, stacks and strings have no lines
 * of their own: they stand in the records that use them.
 */
export class NdjsonWriter implements TraceVisitor {
  private readonly files: FileRecord[] = [];
  private readonly sites: SiteRecord[] = [];
  private readonly stacks: StackRecord[] = [];
  private readonly strings: string[] = [];
  /** The file that a path in a position means; a file that was loaded again with other content has the same path. */
  private readonly fileOfPath = new Map<string, number>();
  private stackTexts: (string | undefined)[] = [];

  constructor(private readonly write: (line: string) => void) {}

  header(header: TraceHeader): void {
    this.write(
      lineOf({
        threadlanes: json(header.version),
        run: json(header.run),
        pid: json(header.pid),
        program: json(header.program),
        root: json(header.root),
        origin: json(header.origin),
        node: json(header.node),
        platform: json(header.platform),
        segment: jsonOr(header.segment, undefined),
        since: header.since === undefined ? undefined : millisText(header.since),
      }),
    );
  }

  thread(record: ThreadRecord): void {
    this.write(
      lineOf({
        thread: json(record.id),
        name: jsonOr(record.name, null),
        parent: json(record.parent),
        t: millisText(record.start),
        file: jsonOr(record.file, null),
        library: jsonOr(record.library, false),
      }),
    );
  }

  object(record: ObjectRecord): void {
    const position = this.position(record.stack);
    this.write(
      lineOf({
        object: json(record.id),
        kind: json(record.kind),
        name: jsonOr(record.name, null),
        th: json(record.thread),
        capacity: record.capacity === null ? undefined : operandText(record.capacity, undefined, []),
        from: jsonOr(record.from, undefined),
        to: jsonOr(record.to, undefined),
        buffer: jsonOr(record.buffer, undefined),
        offset: jsonOr(record.offset, undefined),
      }).slice(0, -1) + `${position}}`,
    );
  }

  file(record: FileRecord, index: number): void {
    this.files[index] = record;
    this.useFile(index);
  }

  site(record: SiteRecord, index: number): void {
    this.sites[index] = record;
    this.stackTexts = [];
  }

  stack(record: StackRecord, index: number): void {
    this.stacks[index] = record;
    this.stackTexts[index] = undefined;
  }

  string(text: string, index: number): void {
    this.strings[index] = text;
  }

  events(batch: EventBatch): void {
    for (let row = 0; row < batch.length; row++) this.event(batch, row);
  }

  marker(record: MarkerRecord): void {
    const t = millisText(record.t);
    switch (record.kind) {
      case 'complete':
        return this.write(lineOf({ t, complete: 'true' }));
      case 'deadlock':
        return this.write(lineOf({ t, deadlock: JSON.stringify(record.threads) }));
      case 'drop':
        return this.write(lineOf({ t, th: json(record.thread), drop: json(record.count) }));
      case 'full':
        return this.write(lineOf({ t, th: json(record.thread), fullNs: json(record.waitedNs) }));
      case 'recorderError':
        return this.write(lineOf({ t, th: json(record.thread), recorderError: json(record.message) }));
      case 'end':
        return this.write(lineOf({ t, end: json(record.end), code: json(record.code), signal: json(record.signal) }));
    }
  }

  private event(batch: EventBatch, row: number): void {
    const code = batch.op[row] as number;
    const object = batch.object[row] as number;
    const arg = batch.arg[row] as number;
    const extra = batch.extra[row] as number;
    const spec = opSpec(code);
    let line = `{"t":${millisText(batch.t[row] as number)},"th":${batch.thread[row] as number}`;
    line += `,"op":${spec ? `"${spec.name}"` : code}`;
    if (spec?.by) line += `,"by":"${spec.by}"`;
    if (object !== 0 || (spec && spec.subject !== 'none')) line += `,"o":${object}`;
    if (spec?.arg || !Number.isNaN(arg)) line += `,"arg":${operandText(arg, spec?.arg, this.strings)}`;
    if (spec?.extra) line += `,"${spec.extra.name}":${operandText(extra, spec.extra, this.strings)}`;
    else if (extra !== 0) line += `,"extra":${extra}`;
    line += this.position(batch.stack[row] as number);
    if (batch.sampled[row] === 1) line += ',"sampled":true';
    this.write(`${line}}`);
  }

  /** The keys `at` and `stack` of a stack, with the comma before them; empty for an unknown stack. */
  private position(stack: number): string {
    const sites = this.stacks[stack];
    if (!sites || sites.length === 0) return '';
    for (const site of sites) this.useFile(this.sites[site]?.file ?? -1);
    return (this.stackTexts[stack] ??= this.positionKeys(sites));
  }

  private positionKeys(stack: StackRecord): string {
    const [at, ...callers] = stack.map((index) => this.siteText(index));
    return `,"at":${at}${callers.length > 0 ? `,"stack":[${callers.join(',')}]` : ''}`;
  }

  private siteText(index: number): string {
    const site = this.sites[index];
    const path = this.files[site?.file ?? -1]?.path;
    return site && path !== undefined ? positionText({ ...site, path }) : '"?:0:0"';
  }

  /** Says which file a path means from here on, where that changes. */
  private useFile(index: number): void {
    const file = this.files[index];
    if (!file || this.fileOfPath.get(file.path) === index) return;
    this.fileOfPath.set(file.path, index);
    const { path, hash, map, functions } = file;
    this.write(
      lineOf({
        file: json(path),
        hash: jsonOr(hash, null),
        map: jsonOr(map, null),
        functions: functions && functionsText(functions),
      }),
    );
  }
}

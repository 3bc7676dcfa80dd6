import type { Nanos } from '../base/brand.js';
import type { DamageLog } from './damageLog.js';
import type { EventOrder } from './eventOrder.js';
import { functionsOf } from './functionsText.js';
import { Fields } from './ndjsonFields.js';
import { operandOf } from './ndjsonNotation.js';
import { OBJECT_KIND_CODE, type ObjectKind } from './objectKinds.js';
import { MAX_OP, NO_TIMEOUT, OP, WORD_WRITE, WORD_WRITES, opSpec, type SingleOpName } from './ops.js';
import type { EndKind, MarkerRecord, TraceHeader } from './records.js';
import { TextDefinitions } from './textDefinitions.js';
import type { TraceVisitor } from './visitor.js';

const endKinds: readonly EndKind[] = ['clean', 'exit', 'killed', 'deadlock'];

/** Which kind of line it is, by the first of these keys that it has. An event's line is the most frequent. */
const lineKinds: readonly (readonly [key: string, read: (parser: NdjsonParser, fields: Fields) => void])[] = [
  ['op', (parser, fields) => parser.event(fields)],
  ['object', (parser, fields) => parser.object(fields)],
  ['thread', (parser, fields) => parser.thread(fields)],
  ['complete', (parser, fields) => parser.marker(fields, { kind: 'complete', t: fields.time('t') })],
  ['end', (parser, fields) => parser.marker(fields, endOf(fields))],
  ['deadlock', (parser, fields) => parser.marker(fields, deadlockOf(fields))],
  ['drop', (parser, fields) => parser.marker(fields, { kind: 'drop', ...at(fields), count: fields.count('drop') })],
  [
    'fullNs',
    (parser, fields) => parser.marker(fields, { kind: 'full', ...at(fields), waitedNs: fields.count('fullNs') }),
  ],
  [
    'recorderError',
    (parser, fields) =>
      parser.marker(fields, { kind: 'recorderError', ...at(fields), message: fields.text('recorderError') }),
  ],
  ['file', (parser, fields) => parser.file(fields)],
];

const at = (fields: Fields): { t: Nanos; thread: number } => ({ t: fields.time('t'), thread: fields.id('th') });

function endOf(fields: Fields): MarkerRecord {
  const end = fields.oneOf('end', endKinds, 'exit');
  return {
    kind: 'end',
    t: fields.time('t'),
    end,
    code: fields.numberOrNull('code'),
    signal: fields.textOrNull('signal'),
  };
}

function deadlockOf(fields: Fields): MarkerRecord {
  return { kind: 'deadlock', t: fields.time('t'), threads: fields.ids('deadlock') };
}

/** Operations whose thread, when the line does not say it, is the one that wrote them. */
const ofItself: ReadonlySet<number> = new Set([
  OP['thread.begin'],
  OP['thread.end'],
  OP['thread.fail'],
  OP['thread.name'],
]);

/** The code of an operation by its name; `word.write` is several, told apart by the key `by`. */
function codeOf(name: unknown, fields: Fields): number | undefined {
  if (name !== 'word.write') return OP[name as SingleOpName];
  return WORD_WRITE[fields.oneOf('by', WORD_WRITES, 'store')];
}

/** Gives meaning to the lines of a text trace. A line that has none is told as damage and skipped. */
export class NdjsonParser {
  private readonly definitions: TextDefinitions;

  constructor(
    visitor: TraceVisitor,
    private readonly order: EventOrder,
    private readonly damage: DamageLog,
  ) {
    this.definitions = new TextDefinitions(visitor);
  }

  line(value: unknown, number: number): void {
    const fields = new Fields(value);
    const kind = lineKinds.find(([key]) => fields.has(key));
    if (kind) kind[1](this, fields);
    else fields.problem ??= 'it is no record that this version knows';
    if (fields.problem !== null) this.damage.tell(`Line ${number} was skipped: ${fields.problem}.`);
  }

  thread(fields: Fields): void {
    const id = fields.id('thread');
    const parent = fields.has('parent') ? fields.idOrNull('parent') : id === 0 ? null : 0;
    const start = fields.has('t') ? fields.time('t') : (0 as Nanos);
    const name = fields.textOrNull('name');
    const file = fields.textOrNull('file');
    const library = fields.flag('library');
    if (fields.problem === null) this.definitions.thread({ id, name, parent, start, file, library });
  }

  object(fields: Fields): void {
    const reference = fields.reference('object');
    const kinds = Object.keys(OBJECT_KIND_CODE) as ObjectKind[];
    const kind = fields.oneOf('kind', [...kinds, 'unknown'] as const, 'unknown');
    const name = fields.has('name') ? fields.textOrNull('name') : typeof reference === 'string' ? reference : null;
    const thread = fields.has('th') ? fields.id('th') : 0;
    const capacity = fields.numberOrNull('capacity');
    const positions = fields.positions();
    const known = fields.optionalIds(['from', 'to', 'buffer', 'offset']);
    const id = fields.problem === null ? this.definitions.objectId(reference) : 0;
    if (typeof id === 'string') fields.problem ??= id;
    else if (fields.problem === null) {
      const stack = this.definitions.stack(positions);
      this.definitions.object({ id, kind, name, stack, thread, capacity, ...known });
    }
  }

  file(fields: Fields): void {
    const record = { path: fields.text('file'), hash: fields.textOrNull('hash'), map: fields.textOrNull('map') };
    const functions = fields.has('functions') ? functionsOf(fields.value('functions')) : [];
    if (!functions) fields.problem ??= '"functions" is no table of functions';
    if (fields.problem !== null) return;
    this.definitions.file(functions && fields.has('functions') ? { ...record, functions } : record);
  }

  marker(fields: Fields, marker: MarkerRecord): void {
    if (fields.problem === null) this.order.marker(marker);
  }

  event(fields: Fields): void {
    const name = fields.value('op');
    const code = typeof name === 'number' ? name : codeOf(name, fields);
    if (code === undefined || !Number.isInteger(code) || code < 0 || code > MAX_OP) {
      fields.problem ??= `there is no operation ${JSON.stringify(name)}`;
      return;
    }
    const spec = opSpec(code);
    const t = fields.time('t');
    const thread = fields.id('th');
    const arg = operandOf(fields.value('arg'), spec?.arg, (text) => this.definitions.string(text));
    if (arg === undefined) fields.problem ??= `"arg" is no value of ${spec?.name ?? code}`;
    const extra = this.extra(fields, code);
    const positions = fields.positions();
    const sampled = fields.flag('sampled');
    const reference = fields.has('o') ? fields.reference('o') : ofItself.has(code) ? thread : 0;
    if (reference === 0 && !fields.has('o') && spec && spec.subject !== 'none' && !ofItself.has(code)) {
      fields.problem ??= `${spec.name} needs "o", the number or name of its ${spec.subject}`;
    }
    if (fields.problem !== null) return;
    this.definitions.useThread(thread, t);
    let object: number | string = reference;
    if (spec?.subject === 'object') object = this.definitions.useObject(reference, spec.family, thread);
    if (typeof object === 'string') {
      fields.problem = typeof reference === 'string' ? '"o" must be a number here' : object;
      return;
    }
    const stack = this.definitions.stack(positions);
    this.order.held.push(t, thread, code, object, stack, sampled, arg ?? NaN, extra);
    this.order.limit();
  }

  /** The second operand stands under its own name. */
  private extra(fields: Fields, code: number): number {
    const operand = opSpec(code)?.extra;
    const key = operand?.name ?? 'extra';
    const value = operandOf(fields.value(key), operand, (text) => this.definitions.string(text));
    if (value === undefined) fields.problem ??= `"${key}" has no meaning here`;
    if (value === undefined || Number.isNaN(value)) return operand?.type === 'millis' ? NO_TIMEOUT : 0;
    if (value !== (value | 0)) fields.problem ??= `"${key}" must be a whole number of 32 bits`;
    return value;
  }
}

/** The first line of a text trace; a problem as text. */
export function headerOf(value: unknown): TraceHeader | string {
  const fields = new Fields(value);
  const header: TraceHeader = {
    version: fields.count('threadlanes'),
    run: fields.textOrNull('run') ?? '',
    pid: fields.numberOrNull('pid') ?? 0,
    program: fields.textOrNull('program') ?? '',
    node: fields.textOrNull('node') ?? '',
    platform: fields.textOrNull('platform') ?? '',
    origin: fields.numberOrNull('origin') ?? 0,
    root: fields.textOrNull('root') ?? '',
    ...(fields.has('segment') && { segment: fields.count('segment') }),
    ...(fields.has('since') && { since: fields.time('since') }),
  };
  return fields.problem ?? header;
}

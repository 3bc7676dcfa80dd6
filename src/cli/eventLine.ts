import type { Naming } from '../analysis/naming.js';
import type { Dictionary } from '../trace/dictionary.js';
import { NO_TIMEOUT, opSpec, type Operand } from '../trace/ops.js';
import type { EventRecord } from '../trace/records.js';

/**
 * `    12.402113  writer  lock.acquire cache  mode=exclusive timeout=none  src/store.ts:48:9`, and after the site the one
 * that led there: ` < src/db.ts:10:3`.
 */
export function eventLine(event: EventRecord, dictionary: Dictionary, naming: Naming): string {
  const spec = opSpec(event.op);
  const subject = subjectOf(event, naming);
  const operands = [
    spec?.by ? `by=${spec.by}` : '',
    operandText(event.arg, spec?.arg, dictionary),
    operandText(event.extra, spec?.extra, dictionary),
  ];
  const [inner, outer] = naming.frames(event.stack).map(({ file, line, column }) => `${file}:${line}:${column}`);
  const parts = [
    (event.t / 1e6).toFixed(6).padStart(14),
    naming.thread(event.thread),
    [spec?.name ?? `op ${event.op}`, subject].filter((text) => text !== '').join(' '),
    operands.filter((text) => text !== '').join(' '),
    inner === undefined
      ? ''
      : `${inner}${outer === undefined ? '' : ` < ${outer}`}${event.sampled ? ' (sampled)' : ''}`,
  ];
  return parts.filter((text) => text !== '').join('  ');
}

function subjectOf({ op, object }: EventRecord, naming: Naming): string {
  const spec = opSpec(op);
  if (!spec) return object === 0 ? '' : `#${object}`;
  if (spec.subject === 'none') return '';
  return spec.subject === 'thread' ? naming.thread(object) : naming.object(object);
}

function operandText(value: number, operand: Operand | undefined, { strings }: Dictionary): string {
  if (!operand || Number.isNaN(value)) return '';
  const { name, type } = operand;
  if (type === 'string') return `${name}=${JSON.stringify(strings[value] ?? null)}`;
  if (type === 'millis') return `${name}=${value === NO_TIMEOUT ? 'none' : `${value}ms`}`;
  const word = Array.isArray(type) ? (type as readonly string[])[value] : undefined;
  return `${name}=${word ?? value}`;
}

import { ByteCursor } from './byteCursor.js';
import type { EventColumns } from './eventBatch.js';
import { MAX_CHUNK_EVENTS } from './eventBlocks.js';
import type { LanesDefinitions } from './lanesDefinitions.js';
import { constantArg, constantExtra, hasArgColumn, hasExtraColumn } from './opShape.js';

const MAX_THREAD = 0x7fffffff;

/** Events that a damaged dictionary touched. */
export interface Losses {
  /** They could not be read: their operation is unknown. */
  events: number;
  /** They were read without their object, call site or text. */
  references: number;
}

/**
 * Appends the events of a chunk to `into`; false, and nothing appended, when the chunk says what cannot be. The
 * checksum has passed: this guards against files that were made to harm.
 */
export function decodeEvents(
  payload: Uint8Array,
  first: number,
  count: number,
  definitions: LanesDefinitions,
  into: EventColumns,
  losses: Losses,
): boolean {
  const before = into.length;
  const cursor = new ByteCursor(payload);
  const generation = cursor.varint();
  if (count > MAX_CHUNK_EVENTS || !(Number.isSafeInteger(first) && first >= 0)) return false;
  const { ops } = definitions;
  if (generation !== ops.generation) {
    losses.events += count;
    return true;
  }
  const lost: Losses = { events: 0, references: 0 };
  let seen = 0;
  while (cursor.ok && cursor.left > 0) {
    const rows = decodeBlock(cursor, first, count - seen, definitions, into, lost);
    if (rows < 0) break;
    seen += rows;
  }
  if (!cursor.ok || cursor.left > 0 || seen !== count) {
    into.truncate(before);
    return false;
  }
  losses.events += lost.events;
  losses.references += lost.references;
  return true;
}

/** The events of the block, or -1. */
function decodeBlock(
  cursor: ByteCursor,
  chunkFirst: number,
  most: number,
  definitions: LanesDefinitions,
  into: EventColumns,
  lost: Losses,
): number {
  const thread = cursor.varintUpTo(MAX_THREAD);
  const count = cursor.varintUpTo(most);
  let t = chunkFirst + cursor.varint();
  const lengths = [cursor.varint(), cursor.varint(), cursor.varint()] as const;
  const times = new ByteCursor(cursor.raw(lengths[0]));
  const ids = new ByteCursor(cursor.raw(lengths[1]));
  const operands = new ByteCursor(cursor.raw(lengths[2]));
  // An event has a byte in each of the first two columns, so the count bounds the loop by the bytes that are there.
  if (!cursor.ok || count === 0 || count > times.left || count > ids.left) return -1;
  if (!definitions.useThread(thread, t)) lost.references++;
  const { ops, strings } = definitions;
  // Behind an event of unknown operation nobody knows whose operand the next one in the column is.
  let operandsKnown = true;
  for (let i = 0; i < count; i++) {
    t += times.varint();
    const id = ids.varint();
    const state = ops.state[id] ?? 0;
    const shape = ops.shape[id] ?? 0;
    const argColumn = hasArgColumn(shape);
    const extraColumn = hasExtraColumn(shape);
    if (state === 0) operandsKnown = false;
    if (state === 0 || (!operandsKnown && (argColumn || extraColumn))) {
      lost.events++;
      continue;
    }
    let arg = argColumn ? operands.number() : constantArg(shape);
    const extra = extraColumn ? operands.signed() : constantExtra(shape);
    const op = ops.op[id] as number;
    if (state === 2) lost.references++;
    if (ops.isText[id] === 1 && !Number.isNaN(arg) && !strings.has(arg)) {
      arg = NaN;
      lost.references++;
    }
    into.push(t, thread, op, ops.object[id] as number, ops.stack[id] as number, shape & 1, arg, extra);
  }
  const isSpent = times.left === 0 && ids.left === 0 && (operands.left === 0 || !operandsKnown);
  const isWhole = times.ok && ids.ok && operands.ok && isSpent && t <= Number.MAX_SAFE_INTEGER;
  return isWhole ? count : -1;
}

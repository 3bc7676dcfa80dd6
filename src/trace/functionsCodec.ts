/** How a file's table of functions is written: behind the file's own record, where older readers do not look. */
import type { ByteCursor } from './byteCursor.js';
import type { ByteWriter } from './byteWriter.js';
import { WORD_WRITES } from './ops.js';
import type { FunctionUse, WordUse } from './records.js';

/** Codes: the index. They are never renumbered. */
const operations: readonly string[] = ['', ...WORD_WRITES, 'load', 'wait', 'waitAsync', 'notify'];

const MAX_UINT32 = 0xffffffff;
const MAX_FLAGS = 0xff;

export function writeFunctions(out: ByteWriter, functions: readonly FunctionUse[]): void {
  out.varint(functions.length);
  for (const { className, name, line, column, isThin, calls } of functions) {
    out.textOrNull(className);
    out.textOrNull(name);
    out.varint(line);
    out.varint(column);
    out.byte(isThin ? 1 : 0);
    out.varint(calls.length);
    for (const call of calls) writeCall(out, call);
  }
}

function writeCall(out: ByteWriter, { op, line, column, word, literals, flags }: WordUse): void {
  out.varint(Math.max(0, operations.indexOf(op)));
  out.varint(line);
  out.varint(column);
  out.text(word);
  out.varint(literals.length);
  for (const literal of literals) {
    out.byte(literal === null ? 0 : 1);
    if (literal !== null) out.number(literal);
  }
  out.byte(flags);
}

export function readFunctions(from: ByteCursor): FunctionUse[] {
  return many(from, () => ({
    className: from.textOrNull(),
    name: from.textOrNull(),
    line: from.varintUpTo(MAX_UINT32),
    column: from.varintUpTo(MAX_UINT32),
    isThin: from.byte() === 1,
    calls: many(from, () => readCall(from)),
  }));
}

function readCall(from: ByteCursor): WordUse {
  return {
    op: operations[from.varint()] ?? '',
    line: from.varintUpTo(MAX_UINT32),
    column: from.varintUpTo(MAX_UINT32),
    word: from.text(),
    literals: many(from, () => (from.byte() === 0 ? null : from.number())),
    flags: from.byte() & MAX_FLAGS,
  };
}

/** As many as are said, unless the bytes end before. */
function many<T>(from: ByteCursor, read: () => T): T[] {
  const length = from.varintUpTo(from.left);
  const values: T[] = [];
  for (let i = 0; i < length && from.ok; i++) values.push(read());
  return values;
}

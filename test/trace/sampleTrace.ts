import { nanos } from '../../src/base/brand.js';
import { TraceEncoder } from '../../src/trace/encode.js';
import { EventColumns } from '../../src/trace/eventBatch.js';
import { OP } from '../../src/trace/ops.js';
import type { TraceVisitor } from '../../src/trace/visitor.js';

/** A small trace with every kind of record, drain by drain as a collector writes it. */
export function writeSample(to: Required<Omit<TraceVisitor, 'damage'>>): void {
  to.header({
    version: 1,
    run: 'r1',
    pid: 42,
    program: 'app.js',
    node: '20.20.2',
    platform: 'linux',
    origin: 1764000000123.4567,
    root: '/w',
  });
  to.file({ path: 'src/store.ts', hash: '0123456789abcdef', map: 'inline' }, 0);
  const calls = [
    { op: 'compareExchange', line: 5, column: 20, word: 'words#0', literals: [0, 1], flags: 5 },
    { op: 'wait', line: 6, column: 7, word: 'words#0', literals: [1, null, -0.5], flags: 2 },
    { op: '', line: 9, column: 1, word: 'other.acquire', literals: [], flags: 0 },
  ];
  const functions = [
    { className: 'Mutex', name: 'acquire', line: 4, column: 3, isThin: false, calls },
    { className: null, name: null, line: 1, column: 1, isThin: true, calls: [] },
  ];
  to.file({ path: 'src/odd:1:2 name.ts', hash: null, map: null, functions }, 1);
  to.site({ file: 0, line: 48, column: 9, fn: 'save' }, 0);
  to.site({ file: 1, line: 10, column: 3, fn: null }, 1);
  to.stack([0, 1], 0);
  to.stack([1], 1);
  to.string('warm-up', 0);
  to.thread({ id: 0, name: null, parent: null, start: nanos(0), file: 'app.js', library: false });
  to.thread({ id: 2, name: 'writer', parent: 0, start: nanos(3_100_000), file: 'src/writer.js', library: true });
  to.object({ id: 7, kind: 'lock', name: 'cache', stack: 1, thread: 0, capacity: null });
  to.object({ id: 8, kind: 'port', name: null, stack: -1, thread: 0, capacity: null, from: 0, to: 2 });
  to.object({ id: 9, kind: 'word', name: null, stack: -1, thread: 2, capacity: null, buffer: 1, offset: 8 });
  const drain = new EventColumns(2);
  drain.push(12_402_113, 2, OP['lock.acquire'], 7, 0, true, 1, -1);
  drain.push(12_500_000, 2, OP['lock.acquired'], 7, 0, false, 1, 1);
  drain.push(20_000_000, 2, OP['word.wait'], 9, -1, false, -0.5, 250);
  drain.push(12_402_000, 0, OP['port.post'], 8, 1, false, 123_456, 0);
  drain.push(12_402_113, 0, OP.mark, 0, -1, false, 0, 0);
  to.events(drain);
  to.marker({ kind: 'complete', t: nanos(14_000_000) });
  drain.clear();
  drain.push(15_000_000, 0, 0x1234, 77, -1, false, -0, -77);
  drain.push(16_000_000, 0, OP['thread.end'], 0, -1, false, 0, 0);
  to.events(drain);
  to.marker({ kind: 'drop', t: nanos(15_500_000), thread: 2, count: 3 });
  to.marker({ kind: 'full', t: nanos(15_500_001), thread: 2, waitedNs: 1234 });
  to.marker({ kind: 'recorderError', t: nanos(15_600_000), thread: 0, message: 'no "site"' });
  to.marker({ kind: 'deadlock', t: nanos(17_000_000), threads: [0, 2] });
  to.marker({ kind: 'complete', t: nanos(21_000_000) });
  to.marker({ kind: 'end', t: nanos(22_000_000), end: 'killed', code: null, signal: 'SIGKILL' });
}

/** What an encoder wrote, chunk by chunk; the first is the file header. */
export function encoded(write: (encoder: TraceEncoder) => void): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  write(new TraceEncoder((bytes) => chunks.push(bytes)));
  return chunks;
}

export function joined(chunks: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(chunks));
}

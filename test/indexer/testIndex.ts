import type { HostToView } from '../../src/protocol/messages.js';
import { Index } from '../../src/indexer/core.js';
import type { ByteSource } from '../../src/trace/byteSource.js';

/** A file that grows when it is told to. */
export class GrowingSource implements ByteSource {
  private bytes = Buffer.alloc(0);

  append(...parts: readonly Uint8Array[]): void {
    this.bytes = Buffer.concat([this.bytes, ...parts]);
  }

  size(): number {
    return this.bytes.length;
  }

  read(offset: number, length: number): Uint8Array {
    return this.bytes.subarray(offset, offset + length);
  }
}

export interface TestIndex {
  readonly index: Index;
  readonly source: GrowingSource;
  /** What view 1 was told. */
  readonly told: HostToView[];
  /** The last message of a type that it was told. */
  last<Type extends HostToView['type']>(type: Type): Extract<HostToView, { type: Type }>;
  /** Time that passes only when it is told to. */
  pass(ms: number): void;
}

export function testIndex(isBeingWritten = true): TestIndex {
  const source = new GrowingSource();
  const told: HostToView[] = [];
  let now = 0;
  const index = new Index({
    file: 'store.lanes',
    source,
    readText: (path) => (path === 'store.js' ? 'first line\nsecond line\n' : null),
    isBeingWritten: () => isBeingWritten,
    send: (view, message) => view === 1 && told.push(message),
    clock: () => now,
  });
  index.answer(1, { type: 'ready' });
  return {
    index,
    source,
    told,
    last(type) {
      const message = told.filter((one) => one.type === type).at(-1);
      if (!message) throw new Error(`not told: ${type}, but ${told.map((one) => one.type).join(', ')}`);
      return message as never;
    },
    pass: (ms) => {
      now += ms;
    },
  };
}

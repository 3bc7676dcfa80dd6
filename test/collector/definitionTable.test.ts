import assert from 'node:assert/strict';
import { DefinitionTable } from '../../src/collector/definitionTable.js';
import type { ObjectRecord } from '../../src/trace/records.js';

function table(): { table: DefinitionTable; told: ObjectRecord[] } {
  const told: ObjectRecord[] = [];
  const nothing = (): void => undefined;
  const rest = { thread: nothing, file: nothing, site: nothing, stack: nothing, string: nothing };
  return { table: new DefinitionTable('/', { ...rest, object: (record) => told.push(record) }), told };
}

function word(to: DefinitionTable, id: number, buffer: number): void {
  const definition = { kind: 'object', objectKind: 'word', name: null, stack: 0, thread: 1, capacity: null } as const;
  to.define({ ...definition, id, buffer, offset: 0 });
}

const others = (count: number): number[] => Array.from({ length: count }, (_, i) => 1000 + i);

describe('collector: definitions', () => {
  it('a word that was forgotten and is used again by another thread is no other one', () => {
    const { table: own, told } = table();
    word(own, 1, 7);
    own.forget([1, ...others(1000)], () => false);
    word(own, 2, 7);
    assert.equal(own.object(2), 1);
    assert.equal(told.length, 1);
  });

  it('forgets, of very many, those that nobody uses', () => {
    const { table: own, told } = table();
    word(own, 1, 7);
    word(own, 2, 7);
    word(own, 3, 8);
    own.forget([1, 3, ...others(20_000)], (object) => object === 3);
    assert.equal(own.object(2), 2);
    word(own, 4, 7);
    word(own, 5, 8);
    assert.deepEqual([own.object(4), own.object(5)], [4, 3]);
    assert.deepEqual(
      told.map(({ id }) => id),
      [1, 3, 4],
    );
  });

  it('forgets the numbers of a thread that is gone, not those of others', () => {
    const { table: own } = table();
    const [gone, alive] = [
      { stacks: [], strings: [] },
      { stacks: [], strings: [] },
    ];
    const frames = [{ script: '/a.js', line: 1, column: 1, fn: null, map: null }];
    own.define({ kind: 'stack', id: 1, frames }, gone);
    own.define({ kind: 'string', id: 1, text: 'one' }, gone);
    own.define({ kind: 'stack', id: 2, frames }, alive);
    own.releaseThread(1, gone);
    assert.deepEqual([own.stack(1), own.stack(2), own.text(1)], [-1, 0, '']);
  });
});

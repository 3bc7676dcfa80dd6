import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BIN, BLOCK_KIND, EXACT_LIMIT, TILE_BINS } from '../../src/protocol/tileLayout.js';
import { LaneColumns, SLOTS } from '../../src/timeline/laneColumns.js';
import { tile } from '../../src/timeline/tile.js';
import { readBlocks, type Interval } from './readBlocks.js';

const slots = [0, 1, 2, 3, 4, 5, -1];

const history = fc.array(
  fc.record({
    gap: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5000 })),
    length: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 100_000 })),
    state: fc.integer({ min: 0, max: 6 }),
    flag: fc.oneof({ weight: 20, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 31 })),
  }),
  { maxLength: 600, size: 'max' },
);

function laneOf(steps: readonly { gap: number; length: number; state: number; flag: number }[]): {
  columns: LaneColumns;
  intervals: Interval[];
} {
  const columns = new LaneColumns(slots);
  const intervals: Interval[] = [];
  let t = 0;
  for (const { gap, length, state, flag } of steps) {
    const start = t + gap;
    const end = (t = start + length);
    intervals.push({ start, end, state, flags: flag, object: intervals.length, stack: -1 });
    columns.push(start, end, state, 0, intervals.length - 1, -1, -1);
  }
  // In an order other than that of time, as findings come.
  for (let i = intervals.length - 1; i >= 0; i -= 1) {
    const { flags } = intervals[i] as Interval;
    if (flags !== 0) columns.flag(i, flags);
  }
  return { columns, intervals };
}

const overlap = (a: Interval, start: number, end: number): number => Math.min(a.end, end) - Math.max(a.start, start);

describe('tile', () => {
  it('says the shares, flags and intervals that a scan of the lane finds', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 0, max: 22 }), fc.nat(6), (steps, level, first) => {
        const { columns, intervals } = laneOf(steps);
        const binNs = 2 ** level;
        const blocks = readBlocks(tile(level, first, 2, [columns]), 2);
        blocks.forEach((block, i) => {
          const start = (first + i) * TILE_BINS * binNs;
          const inside = intervals.filter((interval) => overlap(interval, start, start + TILE_BINS * binNs) > 0);
          const kind =
            inside.length === 0
              ? BLOCK_KIND.empty
              : inside.length <= EXACT_LIMIT
                ? BLOCK_KIND.exact
                : BLOCK_KIND.density;
          assert.equal(block.kind, kind);
          if (block.kind === BLOCK_KIND.exact) assert.deepEqual(block.intervals, inside);
          if (block.kind !== BLOCK_KIND.density) return;
          for (let bin = 0; bin < TILE_BINS; bin += 1) {
            const [from, to] = [start + bin * binNs, start + (bin + 1) * binNs];
            const here = inside.filter((interval) => overlap(interval, from, to) > 0);
            for (let slot = 0; slot < SLOTS; slot += 1) {
              const ns = here
                .filter(({ state }) => slots[state] === slot)
                .reduce((sum, interval) => sum + overlap(interval, from, to), 0);
              const byte = block.bins[bin * 8 + slot] as number;
              assert.ok(Math.abs(byte - (ns / binNs) * 255) <= 1, `bin ${bin} slot ${slot}: ${byte} for ${ns}`);
              assert.equal(byte > 0, ns > 0);
            }
            const flags = here.reduce((all, interval) => all | interval.flags, 0);
            assert.equal(block.bins[bin * 8 + BIN.flags], flags);
          }
        });
      }),
      { numRuns: 60 },
    );
  });

  it('is a few bytes where a lane is empty or not known, and exactly as long as its blocks', () => {
    const { columns } = laneOf([{ gap: 0, length: 10, state: 1, flag: 0 }]);
    const buffer = tile(0, 0, 2, [columns, undefined]);
    assert.equal(buffer.byteLength, 8 + 32 + 8 + 8 + 8);
    assert.deepEqual(
      readBlocks(buffer, 4).map(({ kind }) => kind),
      [BLOCK_KIND.exact, BLOCK_KIND.empty, BLOCK_KIND.empty, BLOCK_KIND.empty],
    );
  });

  it('stays below 256 kB for six tiles of sixteen lanes, whatever they hold', () => {
    for (const perTile of [EXACT_LIMIT, EXACT_LIMIT + 1]) {
      const length = Math.ceil((TILE_BINS * 2 ** 10) / perTile);
      const { columns } = laneOf(Array.from({ length: perTile * 7 }, () => ({ gap: 0, length, state: 1, flag: 0 })));
      const buffer = tile(10, 0, 6, new Array<LaneColumns>(16).fill(columns));
      assert.ok(buffer.byteLength < 256_000, `${buffer.byteLength}`);
    }
  });

  it('forgets a tail and goes on as if it had never been there', () => {
    const { columns, intervals } = laneOf(
      Array.from({ length: 300 }, (_, i) => ({ gap: i % 3, length: 7, state: i % 6, flag: i % 50 === 0 ? 1 : 0 })),
    );
    const before = tile(3, 0, 2, [columns]);
    const last = intervals.at(-1) as Interval;
    for (let i = 1; i < 20; i += 1) columns.push(last.end + i, last.end + i + 1, 2, 16, 0, -1, -1);
    columns.truncate(intervals.length);
    assert.deepEqual(tile(3, 0, 2, [columns]), before);
  });
});

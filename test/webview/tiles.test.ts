import assert from 'node:assert/strict';
import type { ViewToHost } from '../../src/protocol/messages.js';
import { TILE_BINS } from '../../src/protocol/tileLayout.js';
import { LaneColumns } from '../../src/timeline/laneColumns.js';
import { tile as encodeTile } from '../../src/timeline/tile.js';
import type { TileQuestion } from '../../webview/host.js';
import { readBlocks } from '../../webview/timeline/tile.js';
import { TileCache } from '../../webview/timeline/tileCache.js';
import { TileLoader } from '../../webview/timeline/tileLoader.js';
import { TimeScale } from '../../webview/timeline/timeScale.js';

function columnsOf(count: number, length: number): LaneColumns {
  const columns = new LaneColumns([-1, 0, 1, 2]);
  for (let i = 0; i < count; i++) columns.push(i * length, (i + 1) * length, 1 + (i % 3), 0, 7, 0, -1);
  return columns;
}

function fakeHost() {
  const asked: TileQuestion[] = [];
  const posted: ViewToHost[] = [];
  return {
    asked,
    posted,
    askTiles: (question: TileQuestion) => asked.push(question),
    post: (message: ViewToHost) => void posted.push(message),
  };
}

function answer(loader: TileLoader, request: number, { level, first, count, lanes }: TileQuestion): boolean {
  const buffer = encodeTile(
    level,
    first,
    count,
    lanes.map(() => columnsOf(3, 1000)),
  );
  return loader.take({ type: 'tile', request, revision: 0, level, first, lanes, buffer });
}

const end = 1e9;
const scaleOf = (start: number, length: number): TimeScale => new TimeScale({ start, end: start + length }, 1000);

describe('tiles of the view', () => {
  it('reads what the index wrote: exact, dense and empty blocks', () => {
    const [exact, dense, empty] = readBlocks(
      encodeTile(0, 0, 1, [columnsOf(5, 10), columnsOf(TILE_BINS, 1), undefined]),
    );
    assert.ok(exact?.kind === 'exact' && dense?.kind === 'density');
    assert.equal(empty?.kind, 'empty');
    assert.deepEqual([...exact.start], [0, 10, 20, 30, 40]);
    assert.deepEqual([...exact.state], [1, 2, 3, 1, 2]);
    assert.equal(exact.object[4], 7);
    assert.deepEqual([...dense.bins.subarray(0, 3)], [255, 0, 0]);
  });

  it('asks once for what is missing, and for nothing that is here or on its way', () => {
    const host = fakeHost();
    const loader = new TileLoader(host, new TileCache());
    const scale = scaleOf(0, 1e6);
    loader.need(scale, [0, 1], end);
    loader.need(scale, [0, 1], end);
    assert.equal(host.asked.length, 1);
    assert.ok(answer(loader, 1, host.asked[0] as TileQuestion));
    loader.need(scale, [0, 1], end);
    loader.need(scaleOf(1000, 1e6 - 2000), [0, 1], end);
    assert.equal(host.asked.length, 1);
    loader.need(scale, [0, 1, 2], end);
    assert.deepEqual(host.asked[1]?.lanes, [2]);
  });

  it('cancels what another zoom has superseded', () => {
    const host = fakeHost();
    const loader = new TileLoader(host, new TileCache());
    loader.need(scaleOf(0, 1e6), [0], end);
    loader.need(scaleOf(0, 1e8), [0], end);
    assert.deepEqual(host.posted, [{ type: 'cancel', request: 1 }]);
    assert.equal(answer(loader, 1, host.asked[0] as TileQuestion), false);
    assert.equal(host.asked.length, 2);
  });

  it('asks again for what the trace grew over, and draws the old tile until then', () => {
    const host = fakeHost();
    const cache = new TileCache();
    const loader = new TileLoader(host, cache);
    const scale = scaleOf(0, 1e6);
    loader.need(scale, [0], 1e6);
    const first = host.asked[0] as TileQuestion;
    answer(loader, 1, first);
    loader.staleFrom(1e6 - 1);
    assert.ok(cache.get(0, scale.level, first.first + first.count - 1));
    loader.need(scale, [0], 2e6);
    assert.equal(host.asked.length, 2);
    assert.equal(host.asked[1]?.first, first.first + first.count - 1);
  });

  it('keeps within its bytes and drops what was drawn longest ago', () => {
    const cache = new TileCache(5000);
    const [block] = readBlocks(encodeTile(0, 0, 1, [columnsOf(TILE_BINS, 1)]));
    assert.ok(block);
    for (const index of [0, 1]) cache.put({ lane: 0, level: 0, index, block, isStale: false });
    cache.get(0, 0, 0);
    cache.put({ lane: 0, level: 0, index: 2, block, isStale: false });
    assert.ok(cache.bytes <= 5000);
    assert.ok(cache.get(0, 0, 0) && cache.get(0, 0, 2));
    assert.equal(cache.get(0, 0, 1), undefined);
  });

  it('finds a coarser tile for one that is not here', () => {
    const cache = new TileCache();
    cache.put({ lane: 3, level: 12, index: 2, block: { kind: 'empty' }, isStale: false });
    assert.equal(cache.coarser(3, 10, 11)?.level, 12);
    assert.equal(cache.coarser(3, 10, 12), undefined);
  });
});

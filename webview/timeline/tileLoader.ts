/** Asks for the tiles that the picture lacks: one request a step, none for what is here or on its way. */
import type { TileAnswer } from '../../src/protocol/messages.js';
import type { Host, TileQuestion } from '../host.js';
import { readBlocks } from './tile.js';
import { tileKey, tileLength, type TileCache } from './tileCache.js';
import type { TimeScale } from './timeScale.js';

interface Pending extends TileQuestion {
  readonly keys: readonly string[];
  /** The trace changed while it was on its way: what comes is drawn, and asked anew. */
  staleFrom: number;
}

export class TileLoader {
  readonly #host: Pick<Host, 'askTiles' | 'post'>;
  readonly #cache: TileCache;
  readonly #pending = new Map<number, Pending>();
  readonly #asked = new Set<string>();

  constructor(host: Pick<Host, 'askTiles' | 'post'>, cache: TileCache) {
    this.#host = host;
    this.#cache = cache;
  }

  /** The tiles of `lanes` in the scale's range that are not here, within `[0, end)` of the trace. */
  need(scale: TimeScale, lanes: readonly number[], end: number): void {
    const { level } = scale;
    this.#cancelOtherLevels(level);
    const length = tileLength(level);
    const from = Math.max(0, Math.floor(scale.start / length));
    const to = Math.floor(Math.min(scale.end, Math.max(end - 1, 0)) / length);
    const missingLanes: number[] = [];
    let first = Infinity;
    let last = -1;
    for (const lane of lanes) {
      let isMissing = false;
      for (let index = from; index <= to; index++) {
        if (this.#asked.has(tileKey(lane, level, index))) continue;
        const tile = this.#cache.get(lane, level, index);
        if (tile && !tile.isStale) continue;
        isMissing = true;
        first = Math.min(first, index);
        last = Math.max(last, index);
      }
      if (isMissing) missingLanes.push(lane);
    }
    if (missingLanes.length > 0) this.#ask({ level, first, count: last - first + 1, lanes: missingLanes });
  }

  /** Takes an answer into the cache; false when nobody waits for it any more. */
  take(answer: TileAnswer): boolean {
    const pending = this.#pending.get(answer.request);
    if (!pending) return false;
    this.#forget(answer.request, pending);
    const blocks = readBlocks(answer.buffer);
    let at = 0;
    for (const lane of answer.lanes) {
      for (let i = 0; i < pending.count; i++) {
        const block = blocks[at++];
        if (!block) return true;
        const index = answer.first + i;
        const isStale = (index + 1) * tileLength(answer.level) > pending.staleFrom;
        this.#cache.put({ lane, level: answer.level, index, block, isStale });
      }
    }
    return true;
  }

  /** Everything that ends after `time` may have changed. */
  staleFrom(time: number): void {
    this.#cache.staleFrom(time);
    for (const pending of this.#pending.values()) pending.staleFrom = Math.min(pending.staleFrom, time);
  }

  #ask(question: TileQuestion): void {
    const keys: string[] = [];
    for (const lane of question.lanes) {
      for (let i = 0; i < question.count; i++) keys.push(tileKey(lane, question.level, question.first + i));
    }
    for (const key of keys) this.#asked.add(key);
    this.#pending.set(this.#host.askTiles(question), { ...question, keys, staleFrom: Infinity });
  }

  #cancelOtherLevels(level: number): void {
    for (const [request, pending] of this.#pending) {
      if (pending.level === level) continue;
      this.#host.post({ type: 'cancel', request });
      this.#forget(request, pending);
    }
  }

  #forget(request: number, pending: Pending): void {
    this.#pending.delete(request);
    for (const key of pending.keys) this.#asked.delete(key);
  }
}

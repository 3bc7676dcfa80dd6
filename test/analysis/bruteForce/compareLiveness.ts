import assert from 'node:assert/strict';
import { nanos } from '../../../src/base/brand.js';
import { findDead, LEVELS } from '../../../src/analysis/liveness.js';
import { feed } from '../../../src/model/feed.js';
import { Model } from '../../../src/model/model.js';
import { Dictionary } from '../../../src/trace/dictionary.js';
import { canEverRun } from './explore.js';
import { Random } from './random.js';
import { StuckState } from './stuckState.js';

const LONG_AFTER = nanos(1000e9);

export interface Compared {
  states: number;
  /** Threads that cannot run again, by grade. */
  readonly dead: Record<string, number>;
}

/** Compares who is dead in random states with who is by trying all that can happen. */
export function compareLiveness(firstSeed: number, states: number): Compared {
  const compared: Compared = { states, dead: { certain: 0, likely: 0, possible: 0 } };
  for (let seed = firstSeed; seed < firstSeed + states; seed++) {
    const state = new StuckState(new Random(seed));
    const found = gradesOf(state);
    assert.deepEqual(found, byTrying(state), `state ${seed}:\n${state.story.join('\n')}`);
    for (const grade of found.values()) (compared.dead[grade] as number) += 1;
  }
  return compared;
}

function gradesOf(state: StuckState): Map<number, string> {
  const dictionary = new Dictionary();
  const model = new Model(dictionary);
  const visitor = feed(dictionary, model);
  for (const record of state.threadRecords) visitor.thread?.(record);
  for (const record of state.objectRecords) visitor.object?.(record);
  model.events(state.events);
  model.marker({ kind: 'complete', t: LONG_AFTER });
  const dead = findDead(model, LONG_AFTER);
  return new Map([...dead.values()].map(({ node, grade }) => [node, grade] as const).sort(([a], [b]) => a - b));
}

function byTrying(state: StuckState): Map<number, string> {
  const living = LEVELS.map((grade) => [grade, canEverRun(state, grade)] as const);
  const dead = new Map<number, string>();
  for (const { id, hasEnded } of state.threads) {
    const grade = living.find(([, runners]) => !runners.has(id))?.[0];
    if (!hasEnded && grade !== undefined) dead.set(id, grade);
  }
  return dead;
}

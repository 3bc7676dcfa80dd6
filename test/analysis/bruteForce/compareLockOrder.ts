import assert from 'node:assert/strict';
import { randomProgram, type Shape } from './lockProgram.js';
import { Random } from './random.js';
import { circleOf, recordedRun, verdictOn } from './recordedRun.js';
import { circlesOf, locksOf } from './schedules.js';

export interface LockOrderShare {
  programs: number;
  /** Circles of locks in which other schedules of what a run did get stuck, and how many of them the run told. */
  real: number;
  found: number;
  /** Told ones, and how many of them no schedule has. */
  told: number;
  wrong: number;
}

/** Judges one run of each program that did not get stuck, and compares with all its schedules. */
export function compareLockOrder(firstSeed: number, programs: number, isMixed: boolean): LockOrderShare {
  const share: LockOrderShare = { programs: 0, real: 0, found: 0, told: 0, wrong: 0 };
  for (let seed = firstSeed; share.programs < programs; seed++) {
    const random = new Random(seed);
    const shape: Shape = { locks: 2 + random.below(3), isMixed };
    const program = randomProgram(random, shape);
    const run = recordedRun(program, random);
    if (run === null) continue;
    share.programs += 1;
    const real = circlesOf(program);
    const { findings } = verdictOn(program, run.events);
    const told = new Map(findings.map((finding) => [circleOf(finding), finding] as const));
    for (const [circle, { id, grade }] of told) {
      const isReal = real.has(circle);
      assert.equal(id, 'lock-order-inversion', `program ${seed}`);
      assert.ok(isReal || grade === 'possible', `program ${seed}: ${circle} is ${grade}\n${JSON.stringify(program)}`);
      share.told += 1;
      if (!isReal) share.wrong += 1;
    }
    const circles = new Set([...circlesOf(run.executed)].map(locksOf));
    const known = new Set([...told.keys()].filter((circle) => real.has(circle)).map(locksOf));
    share.real += circles.size;
    share.found += known.size;
  }
  return share;
}

export function shareText({ programs, real, found, told, wrong }: LockOrderShare): string {
  const percent = (part: number, whole: number): string => `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
  return `${programs} programs: ${found} of ${real} deadlocks found (${percent(found, real)}), ${wrong} of ${told} told cannot happen (${percent(wrong, told)})`;
}

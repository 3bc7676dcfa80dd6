/**
 * What a snapshot tells of words: operations that lead to the same judgement. Each lock is taken and given back as it was
 * last, and taken by whom it is held; of a word that is none, only that.
 */
import { WORD_WRITE } from '../../trace/ops.js';
import type { Hold } from '../intervals.js';
import type { Story } from '../story.js';
import type { Deed } from '../threadModel.js';
import type { CounterLog } from './counterLog.js';
import { fittingReading } from './decideLocks.js';
import type { Inference } from './inference.js';
import type { LockAutomaton } from './lockAutomaton.js';
import type { WordState } from './wordState.js';

/** As many as make a lock a proven one. */
const RELEASES = 2;
/** Of a ticket lock. */
const TURNS = 8;

export function tellWord(story: Story, inference: Inference, id: number): void {
  const state = inference.words.get(id);
  if (state === undefined || (state.early?.length === 0 && !state.isRefuted)) return;
  const tickets = inference.lockOf(id);
  const numbers = tickets?.otherWord === undefined ? undefined : inference.words.get(tickets.otherWord);
  if (numbers !== undefined) {
    const from = state.counter.top - TURNS;
    tellSteps(story, numbers.id, numbers.counter, from);
    tellSteps(story, id, state.counter, from);
    return;
  }
  const { counter } = state;
  if (counter.count > 0 && !counter.isBroken && state.readings.length === 0)
    return tellSteps(story, id, counter, counter.top - TURNS);
  const isUndecided =
    state.chain.isOpen || state.readings.some(({ isRefuted, isInBetween }) => !isRefuted && isInBetween);
  const reading = isUndecided ? state.readings.find(({ isRefuted }) => !isRefuted) : fittingReading(state);
  if (!reading || reading.foreignRelease !== null) story.was('noLock', id);
  else tellReading(story, state, reading);
}

function tellSteps(story: Story, id: number, { steps }: CounterLog, from: number): void {
  for (const [old, step] of steps) if (old >= from) story.wrote(WORD_WRITE.add, step, id, old, old + 1);
}

function tellReading(story: Story, { id, chain }: WordState, reading: LockAutomaton): void {
  const { free, taken, holders, lastOwn } = reading;
  const take = ({ thread, stack, sampled }: Hold, t: Deed['t']): void =>
    story.wrote(WORD_WRITE.compareExchange, { thread, stack, sampled, t }, id, free, taken);
  if (lastOwn !== null) {
    const { thread, since, until } = lastOwn;
    const stack = reading.lastOwnStack;
    for (let left = Math.min(RELEASES, reading.ownReleases); left > 0; left--) {
      take(lastOwn, since);
      story.wrote(WORD_WRITE.store, { thread, stack, t: left > 1 ? since : until }, id, NaN, free);
    }
  }
  for (const hold of holders) {
    take(hold, hold.since);
    const isMarked = chain.current !== taken && chain.current !== free && !Number.isNaN(chain.current);
    if (isMarked) story.wrote(WORD_WRITE.compareExchange, { ...hold, t: hold.since }, id, taken, chain.current);
  }
}

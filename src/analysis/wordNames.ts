/**
 * Words of shared memory of which it is not known which buffer they are in: where Node does not tell, threads name one word by
 * different objects. Whoever uses such a word may wake the waiters of any other.
 */
import type { Wait } from '../model/intervals.js';
import type { Model } from '../model/model.js';
import { isUnplacedWord } from '../model/objectModel.js';
import { OP } from '../trace/ops.js';

/** Another thread may know the word that is waited for by another name: then nobody can say who wakes it. */
export function mayHaveOtherNames(
  model: Model,
  { op, object, thread }: Pick<Wait, 'op' | 'object' | 'thread'>,
): boolean {
  const { unplacedWordUsers: users } = model;
  if (op !== OP['word.wait'] || users.size === 0) return false;
  return users.size > 1 || !users.has(thread) || isUnplacedWord(model.objects.get(object)?.record ?? null);
}

/** A notify under another name has woken somebody since: perhaps this one, which has not said so yet. */
export function mayBeWoken(model: Model, wait: Wait): boolean {
  if (!mayHaveOtherNames(model, wait)) return false;
  const isUnplaced = isUnplacedWord(model.objects.get(wait.object)?.record ?? null);
  for (const { record, pendingWakes, lastProvide } of model.objects.values()) {
    if (pendingWakes === 0 || lastProvide === null || lastProvide.t < wait.since) continue;
    if (lastProvide.thread !== wait.thread && (isUnplaced || isUnplacedWord(record))) return true;
  }
  return false;
}

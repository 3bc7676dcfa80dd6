/** What a trace shows beside its findings, counted: what an example's picture is about. */
import type { Naming } from '../../src/analysis/naming.js';
import type { Dictionary } from '../../src/trace/dictionary.js';
import { eventAt, type EventBatch } from '../../src/trace/eventBatch.js';
import { OP } from '../../src/trace/ops.js';

/** What is asked of every event, and what was found in the end. */
export interface Fact {
  event(op: number, object: number): void;
  found(): string;
}

type NewFact = (dictionary: Dictionary, naming: Naming) => Fact;

/** Goes up and down, and knows how high it was. */
class Level {
  private now = 0;
  highest = 0;

  move(step: number): void {
    this.now += step;
    this.highest = Math.max(this.highest, this.now);
  }
}

/** Threads that a thread other than main has started, and that have not ended, at any moment. */
const mostAlive: NewFact = (dictionary) => {
  const level = new Level();
  const isGrandchild = (thread: number): boolean => (dictionary.threads.get(thread)?.parent ?? 0) > 0;
  return {
    event(op, thread) {
      if (op === OP['thread.start'] && isGrandchild(thread)) level.move(1);
      if (op === OP['thread.end'] && isGrandchild(thread)) level.move(-1);
    },
    found: () => `at most ${level.highest} threads of the producer alive at once`,
  };
};

/** Items that waited in the queue at any moment: puts and gets are recorded inside the queue's own lock. */
const longestQueue: NewFact = (_, naming) => {
  const level = new Level();
  let queue = 0;
  return {
    event(op, object) {
      if (op === OP['queue.putDone']) level.move(1);
      else if (op === OP['queue.getDone']) level.move(-1);
      else return;
      queue = object;
    },
    found: () => `at most ${level.highest} items in ${naming.object(queue)} at once`,
  };
};

/** By the example's name. */
const facts: Readonly<Record<string, readonly NewFact[]>> = {
  fileGetter: [longestQueue, mostAlive],
};

/** Reads events for the facts of one example. */
export class Facts {
  private readonly facts: readonly Fact[];

  constructor(example: string, dictionary: Dictionary, naming: Naming) {
    this.facts = (facts[example] ?? []).map((newFact) => newFact(dictionary, naming));
  }

  events(batch: EventBatch): void {
    for (let i = 0; i < batch.length; i++) {
      const { op, object } = eventAt(batch, i);
      for (const fact of this.facts) fact.event(op, object);
    }
  }

  found(): string[] {
    return this.facts.map((fact) => fact.found());
  }
}

/**
 * Chooses what an event's call site costs: a captured stack where a thread may sleep or something begins, fails or
 * ends; elsewhere a captured stack while the thread's budget lasts, and then that of an earlier event of the same op
 * and object, marked as sampled and refreshed at each power of two.
 */
import { now } from '../raw.js';
import { CAPTURE, capturePolicy, familyOf, isAttempt, isOutcome } from './capturePolicy.js';
import type { StackCapture } from './stackCapture.js';

/** What a thread may spend on fast paths before its share counts. */
const ALLOWANCE_MS = 20;
/** Objects per op that samples are kept for. */
const MAX_SAMPLES = 4096;

interface Sample {
  stack: number;
  count: number;
}

const isPowerOfTwo = (n: number): boolean => (n & (n - 1)) === 0;

export class SiteChooser {
  readonly #stacks: StackCapture;
  readonly #budget: number;
  readonly #since = now();
  #spentMs = 0;
  readonly #samples = new Map<number, Map<number, Sample>>();
  #attempt: { family: string | undefined; object: number; stack: number } | null = null;

  /** @param budget share of the thread's time */
  constructor(stacks: StackCapture, budget: number) {
    this.#stacks = stacks;
    this.#budget = budget;
  }

  /**
   * The stack of an event above the function `skip`: its id, negative when it is an earlier one's, 0 when unknown.
   * @param wokeSomebody the event is a notification that woke a thread
   * @param time milliseconds: about now. Reading the clock costs as much as writing the event
   */
  choose(op: number, object: number, wokeSomebody: boolean, skip: (...args: never[]) => unknown, time: number): number {
    if (isOutcome(op) && this.#attempt !== null) {
      const { family, object: of, stack } = this.#attempt;
      if (of === object && family === familyOf(op)) {
        this.#attempt = null;
        return stack;
      }
    }
    const policy = capturePolicy(op);
    if (policy === CAPTURE.NEVER) return 0;
    if (policy === CAPTURE.ALWAYS || wokeSomebody) {
      const stack = this.#stacks.capture(skip);
      if (isAttempt(op)) this.#attempt = { family: familyOf(op), object, stack };
      return stack;
    }
    return this.#withinBudget(op, object, skip, time);
  }

  #withinBudget(op: number, object: number, skip: (...args: never[]) => unknown, time: number): number {
    const sample = this.#sampleOf(op, object);
    sample.count++;
    const isAffordable = this.#spentMs < ALLOWANCE_MS + this.#budget * (time - this.#since);
    if (!isAffordable && !isPowerOfTwo(sample.count)) return -sample.stack;
    const start = now();
    sample.stack = this.#stacks.capture(skip);
    this.#spentMs += now() - start;
    return sample.stack;
  }

  #sampleOf(op: number, object: number): Sample {
    let ofOp = this.#samples.get(op);
    if (!ofOp) this.#samples.set(op, (ofOp = new Map<number, Sample>()));
    let sample = ofOp.get(object);
    if (!sample) {
      if (ofOp.size >= MAX_SAMPLES) ofOp.clear();
      ofOp.set(object, (sample = { stack: 0, count: 0 }));
    }
    return sample;
  }
}

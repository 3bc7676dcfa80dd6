/**
 * Chooses what an event's call site costs: nothing where the code's numbers say it; a captured stack where a thread may
 * sleep or something begins, fails or ends; elsewhere a captured stack while the thread's budget lasts, and then that of
 * an earlier event of the same op and object, marked as sampled and refreshed at each power of two.
 */
import type { RecorderSettings } from '../../probe/settings.js';
import { now } from '../raw.js';
import { CAPTURE, capturePolicy, familyOf, isAttempt, isOutcome } from './capturePolicy.js';
import type { NumberedCode } from './numberedCode.js';
import type { StackCapture } from './stackCapture.js';
import type { Pair } from './staticSites.js';
import { StaticSites, TRUST } from './staticSites.js';

/** What a thread may spend on fast paths before its share counts. */
const ALLOWANCE_MS = 20;
/** Objects per op that samples are kept for. */
const MAX_SAMPLES = 4096;

type Skip = (...args: never[]) => unknown;

interface Sample {
  stack: number;
  count: number;
}

const isPowerOfTwo = (n: number): boolean => (n & (n - 1)) === 0;

export class SiteChooser {
  readonly #stacks: StackCapture;
  readonly #budget: number;
  readonly #isExact: boolean;
  readonly #static: StaticSites | null;
  readonly #since = now();
  #spentMs = 0;
  readonly #samples = new Map<number, Map<number, Sample>>();
  #attempt: { family: string | undefined; object: number; stack: number } | null = null;
  /** The event that follows in the call that made its object. */
  #made: { readonly op: number; readonly object: number; readonly stack: number } | null = null;

  /**
   * @param budget share of the thread's time
   * @param code the files whose calls are numbered; null where none are
   */
  constructor(
    stacks: StackCapture,
    budget: number,
    sites: RecorderSettings['sites'] = 'auto',
    code: NumberedCode | null = null,
  ) {
    this.#stacks = stacks;
    this.#budget = budget;
    this.#isExact = sites === 'exact';
    this.#static = code && new StaticSites(code, stacks);
  }

  /** The stack of an event as the code's numbers say it, where nothing else has to be asked; 0: {@link choose} it. */
  known(op: number): number {
    return this.#static === null || this.#attempt !== null ? 0 : this.#static.known(op);
  }

  /** The object was made in the call that writes this event next: what was captured for the one stands for both. */
  madeAt(op: number, object: number, stack: number): void {
    this.#made = { op, object, stack };
  }

  /**
   * The stack of an event above the function `skip`: its id, negative when it is an earlier one's, 0 when unknown.
   * @param wokeSomebody the event is a notification that woke a thread
   * @param time milliseconds: of the event
   */
  choose(op: number, object: number, wokeSomebody: boolean, skip: Skip, time: number): number {
    if (this.#attempt !== null && isOutcome(op)) {
      const { family, object: of, stack } = this.#attempt;
      if (of === object && family === familyOf(op)) {
        this.#attempt = null;
        return stack;
      }
    }
    const policy = capturePolicy(op);
    if (policy === CAPTURE.NEVER) return 0;
    const pair = this.#static === null ? null : this.#static.take(op);
    const made = this.#made;
    this.#made = null;
    if (made?.object === object && made.op === op && pair === null) return made.stack;
    if (policy === CAPTURE.ALWAYS || wokeSomebody || this.#isExact) {
      const stack = this.#stacks.capture(skip);
      if (pair !== null) this.#static?.check(pair);
      if (isAttempt(op)) this.#attempt = { family: familyOf(op), object, stack };
      return stack;
    }
    if (pair === null) return this.#withinBudget(op, object, skip, time, 0);
    return this.#throughPair(pair, op, object, skip, time);
  }

  /** The stack above the function `skip` while the thread's budget lasts; then 0. */
  captureWithinBudget(skip: Skip): number {
    return this.#isAffordable(now()) ? this.#paidCapture(skip) : 0;
  }

  #throughPair(pair: Pair, op: number, object: number, skip: Skip, time: number): number {
    if (pair.trust === TRUST.DYNAMIC) return this.#withinBudget(op, object, skip, time, pair.stack);
    const stack = this.#paidCapture(skip);
    this.#static?.check(pair);
    if (pair.trust !== TRUST.STATIC) return stack;
    // Ever more rarely: after as many as there were before. What was checked now is told as the next ones will be.
    pair.left = pair.count;
    pair.count += pair.left + 1;
    return pair.stack;
  }

  /** @param known what stands for the event where no stack can be paid for; 0: that of an earlier one */
  #withinBudget(op: number, object: number, skip: Skip, time: number, known: number): number {
    const sample = this.#sampleOf(op, object);
    sample.count++;
    if (!this.#isAffordable(time) && !isPowerOfTwo(sample.count)) return known === 0 ? -sample.stack : known;
    return (sample.stack = this.#paidCapture(skip));
  }

  #isAffordable(time: number): boolean {
    return this.#spentMs < ALLOWANCE_MS + this.#budget * (time - this.#since);
  }

  #paidCapture(skip: Skip): number {
    const start = now();
    const stack = this.#stacks.capture(skip);
    this.#spentMs += now() - start;
    return stack;
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

/** Errors that were kept for somebody to look at, and nobody did: of an executor's tasks, and of threads. */
import { millisFromNanos } from '../base/brand.js';
import type { ModelListener, TaskDeed, Transfer } from '../model/intervals.js';
import type { Model } from '../model/model.js';
import type { Deed, ThreadModel } from '../model/threadModel.js';
import type { Dictionary } from '../trace/dictionary.js';
import { leadOf, severityOf } from './catalogue.js';
import type { FindingContext } from './findingContext.js';
import type { Finding, FindingLocation, FindingObject } from './finding.js';
import { fingerprint } from './fingerprint.js';
import { listed, Wording } from './wording.js';

const ID = 'unobserved-error';
const GRADE = 'certain';

/** What the library makes of a task that is called off. */
const CANCELLED = 'CancelledError';

interface Failure {
  readonly task: number;
  readonly submitted: Deed | null;
  readonly failed: Deed;
  readonly error: string;
}

/** What was found, before it is put into the words that all findings have. */
interface Case {
  readonly sentence: string;
  readonly story: readonly string[];
  readonly short: string;
  readonly title: string;
  readonly advice: string;
  readonly threads: readonly number[];
  readonly objects: readonly FindingObject[];
  readonly locations: readonly FindingLocation[];
  readonly first: Deed;
  readonly last: Deed;
  readonly count: number;
}

export class UnobservedErrors implements ModelListener {
  /** Tasks that are not over, or failed, and that nobody has asked for. */
  private readonly submitted = new Map<number, Deed>();
  private readonly failures = new Map<number, Failure>();
  private readonly joined = new Set<number>();

  constructor(private readonly dictionary: Dictionary) {}

  task(deed: TaskDeed, task: number, by: Deed, error = 'Error'): void {
    if (deed === 'submitted') {
      this.submitted.set(task, by);
      return;
    }
    const submitted = this.submitted.get(task) ?? null;
    this.submitted.delete(task);
    if (deed === 'seen') this.failures.delete(task);
    if (deed === 'failed' && error !== CANCELLED) this.failures.set(task, { task, submitted, failed: by, error });
  }

  transfer({ kind, object }: Transfer): void {
    if (kind === 'join') this.joined.add(object);
  }

  /** Only of a program that has ended: until then somebody may still look. One that failed itself had no time to. */
  findings({ naming, model }: FindingContext): Finding[] {
    const { end } = model;
    const isOver = end !== null && (end.end === 'clean' || end.end === 'exit') && (end.code ?? 0) === 0;
    if (!isOver || model.dropped > 0) return [];
    const wording = new Wording(model, naming);
    return [
      ...this.failuresByLine(wording).map((failures) => taskCase(failures, this.dictionary, wording)),
      ...this.unjoined(model).map((thread) => threadCase(thread, wording)),
    ].map((one) => findingOf(one, wording));
  }

  /** Tasks that were submitted at one line are one case. */
  private failuresByLine(wording: Wording): Failure[][] {
    const groups = new Map<string, Failure[]>();
    for (const failure of this.failures.values()) {
      const key = `${wording.place(failure.submitted?.stack ?? -1) ?? ''} ${nameOf(failure.task, this.dictionary)}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [failure]);
      else group.push(failure);
    }
    return [...groups.values()];
  }

  /** Of those that the library started: a plain Worker tells of its error by an event. */
  private unjoined(model: Model): ThreadModel[] {
    return [...model.threads.values()].filter(
      ({ id, failed }) => failed !== null && !this.joined.has(id) && this.dictionary.threads.get(id)?.library === true,
    );
  }
}

const nameOf = (task: number, dictionary: Dictionary): string => dictionary.objects.get(task)?.name ?? 'a function';

/** `a TypeError`, `an Error` */
const withArticle = (error: string): string => `${/^[AEIOU]/i.test(error) ? 'an' : 'a'} ${error}`;

function taskCase(failures: readonly Failure[], dictionary: Dictionary, wording: Wording): Case {
  const [first] = failures as readonly [Failure, ...Failure[]];
  const last = failures[failures.length - 1] as Failure;
  const { submitted, failed, error } = first;
  const name = nameOf(first.task, dictionary);
  const workers = [...new Set(failures.map((failure) => failure.failed.thread))];
  const count = failures.length;
  const how =
    count === 1 ? `with ${withArticle(error)}` : `(${listed([...new Set(failures.map((failure) => failure.error))])})`;
  const what =
    count === 1
      ? `a task failed ${how}, and nobody asked for its result.`
      : `${count} tasks failed ${how}, and nobody asked for their results.`;
  const ran = `${listed(workers.map((worker) => wording.thread(worker)))} ran \`${name}\``;
  return {
    sentence: what,
    story: [
      ...(submitted === null
        ? []
        : [`${wording.naming.thread(submitted.thread)} submitted \`${name}\`${wording.inBrackets(submitted.stack)}`]),
      ran,
    ],
    short: `\`${name}\` failed ${how}, and nobody asked`,
    title: name,
    advice: 'Keep the Future and ask it: `result()` and `await` throw what the task threw.',
    threads: [...new Set([...(submitted === null ? [] : [submitted.thread]), ...workers])],
    // One name for all of them, and not that of the one task.
    objects: [{ id: first.task, kind: 'task', name, inferred: false }],
    locations: [
      ...(submitted === null
        ? []
        : wording.locations('submits', submitted.thread, first.task, submitted.stack, submitted.t)),
      ...wording.locations('fails', failed.thread, first.task, failed.stack, failed.t),
    ],
    first: failed,
    last: last.failed,
    count,
  };
}

function threadCase({ id, failed, started }: ThreadModel, wording: Wording): Case {
  const failure = failed as NonNullable<ThreadModel['failed']>;
  return {
    sentence: `${wording.thread(id)} failed with ${withArticle(failure.error)}, and nobody joined it.`,
    story: [
      ...(started === null
        ? []
        : [`${wording.naming.thread(started.thread)} started it${wording.inBrackets(started.stack)}`]),
      `${wording.naming.thread(id)} threw the error${wording.inBrackets(failure.stack)}`,
    ],
    short: `\`${wording.naming.thread(id)}\` failed with ${withArticle(failure.error)}, and nobody joined it`,
    title: wording.naming.thread(id),
    advice: 'Join the thread: `join()` throws what ended it.',
    threads: [id, ...(started === null ? [] : [started.thread])],
    objects: [],
    locations: [
      ...(started === null ? [] : wording.locations('starts', started.thread, null, started.stack, started.t)),
      ...wording.locations('fails', id, null, failure.stack, failure.t),
    ],
    first: failure,
    last: failure,
    count: 1,
  };
}

function findingOf(one: Case, wording: Wording): Finding {
  const { sentence, story, short, title, advice, threads, objects, locations, first, last, count } = one;
  return {
    id: ID,
    severity: severityOf(ID, GRADE),
    grade: GRADE,
    title: `${leadOf(ID, GRADE)}: ${title}`,
    message: [`${ID} (${GRADE}): ${sentence}`, ...story, advice].join('\n  '),
    verdict: `${leadOf(ID, GRADE)}: ${short}.`,
    threads: threads.map((thread) => wording.findingThread(thread)),
    objects,
    locations,
    circle: [],
    stuckBehind: [],
    cost: { waitMs: 0, count },
    advice,
    howSure: 'The program ended, and until then nobody had asked.',
    startMs: millisFromNanos(first.t),
    endMs: millisFromNanos(last.t),
    fingerprint: fingerprint(ID, objects, locations),
  };
}

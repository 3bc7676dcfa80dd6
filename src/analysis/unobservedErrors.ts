/** Errors that were kept for somebody to look at, and nobody did: of an executor's tasks, and of threads. */
import type { ModelListener, TaskDeed, Transfer } from '../model/intervals.js';
import type { Model } from '../model/model.js';
import type { Deed, ThreadModel } from '../model/threadModel.js';
import type { Dictionary } from '../trace/dictionary.js';
import type { FindingContext } from './findingContext.js';
import type { Finding } from './finding.js';
import { listed, Wording } from './wording.js';
import { writtenFinding, type Written } from './writtenFinding.js';

const ID = 'unobserved-error';
const GRADE = 'certain';
const HOW_SURE = 'The program ended, and until then nobody had asked.';

/** What the library makes of a task that is called off. */
const CANCELLED = 'CancelledError';

interface Failure {
  readonly task: number;
  readonly submitted: Deed | null;
  readonly failed: Deed;
  readonly error: string;
}

/** What differs between tasks and threads. */
type Case = Omit<Written, 'id' | 'grade' | 'howSure'>;

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
    ].map((one) => writtenFinding(wording, { id: ID, grade: GRADE, howSure: HOW_SURE, ...one }));
  }

  /** Tasks that were submitted at one line are one case. */
  private failuresByLine(wording: Wording): Failure[][] {
    const groups = new Map<string, Failure[]>();
    for (const failure of this.failures.values()) {
      const key = `${wording.inBrackets(failure.submitted)} ${nameOf(failure.task, this.dictionary)}`;
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
  const threw = count === 1 ? wording.inBrackets(failed) : '';
  const ran = `${listed(workers.map((worker) => wording.thread(worker)))} ran \`${name}\`${threw === '' ? '' : `, which threw${threw}`}`;
  return {
    sentence: what,
    story: [
      ...(submitted === null
        ? []
        : [`${wording.naming.thread(submitted.thread)} submitted \`${name}\`${wording.inBrackets(submitted)}`]),
      ran,
    ],
    verdict: `\`${name}\` failed ${how}, and nobody asked.`,
    title: name,
    advice: 'Keep the Future and ask it: `result()` and `await` throw what the task threw.',
    threads: [...new Set([...(submitted === null ? [] : [submitted.thread]), ...workers])],
    // One name for all of them, and not that of the one task.
    objects: [{ id: first.task, kind: 'task', name, inferred: false }],
    locations: [
      ...(submitted === null ? [] : wording.locations('submits', submitted.thread, first.task, submitted, submitted.t)),
      ...wording.locations('fails', failed.thread, first.task, failed, failed.t),
    ],
    count,
    start: failed.t,
    end: last.failed.t,
  };
}

function threadCase({ id, failed, started }: ThreadModel, wording: Wording): Case {
  const failure = failed as NonNullable<ThreadModel['failed']>;
  return {
    sentence: `${wording.thread(id)} failed with ${withArticle(failure.error)}, and nobody joined it.`,
    story: [
      ...(started === null
        ? []
        : [`${wording.naming.thread(started.thread)} started it${wording.inBrackets(started)}`]),
      `${wording.naming.thread(id)} threw the error${wording.inBrackets(failure)}`,
    ],
    verdict: `\`${wording.naming.thread(id)}\` failed with ${withArticle(failure.error)}, and nobody joined it.`,
    title: wording.naming.thread(id),
    advice: 'Join the thread: `join()` throws what ended it.',
    threads: [id, ...(started === null ? [] : [started.thread])],
    objects: [],
    locations: [
      ...(started === null ? [] : wording.locations('starts', started.thread, null, started, started.t)),
      ...wording.locations('fails', id, null, failure, failure.t),
    ],
    count: 1,
    start: failure.t,
    end: failure.t,
  };
}

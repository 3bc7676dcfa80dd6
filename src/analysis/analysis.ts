import { millisFromNanos } from '../base/brand.js';
import { feed } from '../model/feed.js';
import type { ModelListener } from '../model/intervals.js';
import { Model } from '../model/model.js';
import { Dictionary } from '../trace/dictionary.js';
import type { TraceVisitor } from '../trace/visitor.js';
import { CATALOGUE } from './catalogue.js';
import { Contention } from './contention.js';
import { stuckFindings, type StuckOptions } from './deadlocks.js';
import { idleEnd } from './idleEnd.js';
import { LostUpdates } from './lostUpdates.js';
import { UnobservedErrors } from './unobservedErrors.js';
import type { Finding, Severity, TraceEnd, Verdict } from './finding.js';
import { LockOrder } from './lockOrder.js';
import type { Naming } from './naming.js';

export interface AnalysisOptions {
  /** Called once, with the dictionary that is filled while the trace is read. */
  readonly naming: (dictionary: Dictionary) => Naming;
  /** Who else wants to hear what the model says. */
  readonly listeners?: readonly ModelListener[];
}

/** Reads a trace into a model, and says what is wrong with the program. May be asked again as the trace grows. */
export class Analysis {
  readonly dictionary = new Dictionary();
  readonly model: Model;
  /** Feed the trace to this. */
  readonly visitor: TraceVisitor;
  readonly naming: Naming;
  private readonly lockOrder: LockOrder;
  private readonly contention: Contention;
  private readonly lostUpdates: LostUpdates;
  private readonly unobservedErrors: UnobservedErrors;
  /** What could not be read, a sentence each. */
  private readonly damage: string[] = [];

  constructor({ naming, listeners = [] }: AnalysisOptions) {
    const { dictionary } = this;
    this.naming = naming(dictionary);
    this.lockOrder = new LockOrder(dictionary);
    this.contention = new Contention(dictionary);
    this.lostUpdates = new LostUpdates(dictionary);
    this.unobservedErrors = new UnobservedErrors(dictionary);
    const own = [this.lockOrder, this.contention, this.lostUpdates, this.unobservedErrors];
    const model = new Model(dictionary, [...own, ...listeners]);
    this.model = model;
    this.visitor = { ...feed(dictionary, model), damage: (message) => this.damage.push(message) };
  }

  /** @param isTorn bytes of an unfinished chunk remain in the file */
  verdict(file: string, isTorn: boolean): Verdict {
    const { model, naming, dictionary, damage } = this;
    const { now } = model;
    const ending = idleEnd(model);
    const end = endOf(model, isTorn || damage.length > 0);
    const onlyCertain = end === 'truncated' || model.dropped > 0 || damage.length > 0;
    const placesOf: StuckOptions['placesOf'] = (...which) => this.lockOrder.placesOf(...which);
    const context = { naming, model, now };
    const findings = [
      ...stuckFindings(model, naming, now, { onlyCertain, placesOf }),
      ...this.lockOrder.findings(context),
      ...this.lostUpdates.findings(context),
      ...this.unobservedErrors.findings(context),
      ...this.contention.findings(context),
    ];
    return {
      trace: {
        file,
        events: model.eventCount,
        threads: new Set([...model.threads.keys(), ...dictionary.threads.keys()]).size,
        durationMs: millisFromNanos(now),
        end,
        exitCode: model.end?.code ?? null,
        dropped: model.dropped,
      },
      findings: worstFirst(findings),
      incomplete: [
        ...incompleteness(model, damage, end),
        ...this.lockOrder.incomplete,
        ...this.lostUpdates.incomplete,
        ...this.contention.incomplete,
      ],
      ...(ending !== null && { ending }),
    };
  }
}

function endOf(model: Model, isBroken: boolean): TraceEnd {
  return model.end?.end ?? (isBroken ? 'truncated' : 'open');
}

const severities: readonly Severity[] = ['error', 'warning', 'note'];
const ids = CATALOGUE.map(({ id }) => id);

/** By severity, then in the order of the catalogue, then by what they cost. The same cause is told once. */
function worstFirst(findings: readonly Finding[]): Finding[] {
  const once = new Map<string, Finding>();
  for (const finding of findings) if (!once.has(finding.fingerprint)) once.set(finding.fingerprint, finding);
  return [...once.values()].sort(
    (a, b) =>
      severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
      ids.indexOf(a.id) - ids.indexOf(b.id) ||
      b.cost.waitMs - a.cost.waitMs,
  );
}

function incompleteness(model: Model, damage: readonly string[], end: TraceEnd): string[] {
  const sentences = [...damage, ...model.recorderErrors];
  if (model.dropped > 0) sentences.push(`${model.dropped} events were lost: the recorder's buffer was full.`);
  if (model.inference.dropped > 0)
    sentences.push(
      'Not all words of shared memory could be looked at: locks that the program built of the rest are not known.',
    );
  if (end === 'truncated') sentences.push('The trace is cut off: what happened after its end is not known.');
  if (model.inversions > 0) {
    sentences.push(`${model.inversions} events stand before what caused them: the order of events is not reliable.`);
  }
  return sentences;
}

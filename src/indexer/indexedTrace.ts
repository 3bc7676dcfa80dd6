/** What is known of a trace as far as it was read: its lanes, its verdict, and the answers to what a view asks. */
import { Analysis } from '../analysis/analysis.js';
import type { Verdict } from '../analysis/finding.js';
import type { Naming } from '../analysis/naming.js';
import { tellUnfinished } from '../model/unfinished.js';
import type { DetailsAnswer, Opened, TileAnswer, ViewToHost } from '../protocol/messages.js';
import { SourceNaming } from '../sources/sourceNaming.js';
import { details, type DetailsContext } from '../timeline/details.js';
import { marksOf } from '../timeline/marks.js';
import { tile } from '../timeline/tile.js';
import { Timeline } from '../timeline/timeline.js';
import type { TraceVisitor } from '../trace/visitor.js';
import { openedOf } from './opened.js';

type Question<Type extends ViewToHost['type']> = Extract<ViewToHost, { type: Type }>;

export class IndexedTrace {
  private readonly timeline = new Timeline();
  private readonly analysis: Analysis;
  private naming: Naming | null = null;
  private verdict: Verdict | null = null;
  private revision = 0;

  /**
   * @param file the trace's file, as it is to be said
   * @param readText the text of a file of the program
   */
  constructor(
    private readonly file: string,
    readText: (path: string) => string | null,
  ) {
    this.analysis = new Analysis({
      naming: (dictionary) => (this.naming = new SourceNaming(dictionary, readText)),
      listeners: [this.timeline],
    });
  }

  /** Feed the trace to this. */
  get visitor(): TraceVisitor {
    return this.analysis.visitor;
  }

  /** The folder that the trace's paths are relative to. */
  get root(): string {
    return this.analysis.dictionary.traceHeader?.root ?? '';
  }

  /** The process that it is of; null before its header was read. */
  get pid(): number | null {
    return this.analysis.dictionary.traceHeader?.pid ?? null;
  }

  get eventCount(): number {
    return this.analysis.model.eventCount;
  }

  /** The lanes up to now, with what is not over yet: more was read. */
  retell(): void {
    const { model } = this.analysis;
    this.timeline.tail(model.now, () => tellUnfinished(model, model.now));
    this.revision += 1;
  }

  /** @param isTorn bytes of an unfinished chunk remain in the file */
  judge(isTorn: boolean): void {
    const { model } = this.analysis;
    // The analysis may let the model tell its open intervals: they are no more than the tail here.
    this.timeline.tail(model.now, () => {
      this.verdict = this.analysis.verdict(this.file, isTorn);
      tellUnfinished(model, model.now);
    });
    this.timeline.mark(this.verdict ? marksOf(this.verdict) : []);
    this.revision += 1;
  }

  /** What a view knows before it asks; null: nothing is known. */
  opened(isLive: boolean): Omit<Opened, 'type'> | null {
    const { file, timeline, verdict, revision, naming } = this;
    const { dictionary, model } = this.analysis;
    return (
      naming && openedOf({ file, isLive, dictionary, threads: model.threads, naming, timeline, verdict, revision })
    );
  }

  tiles({ request, level, first, count, lanes }: Question<'tiles'>): TileAnswer {
    const columns = lanes.map((lane) => this.timeline.lanes[lane]?.columns);
    const buffer = tile(level, first, count, columns);
    return { type: 'tile', request, revision: this.revision, level, first, lanes, buffer };
  }

  details({ request, lane, timeMs, step }: Question<'details'>): DetailsAnswer {
    const { naming, timeline } = this;
    const { model } = this.analysis;
    const dropped: DetailsContext['dropped'] = (thread, { start, end }) => model.droppedIn(thread, start, end);
    const found = naming && details({ timeline, naming, dropped }, lane, timeMs, step);
    return { type: 'details', request, details: found };
  }
}

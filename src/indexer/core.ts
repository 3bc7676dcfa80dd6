/** The index of one trace: reads it in pieces, answers the views, and follows the file while it has no end. */
import type { HostToView, ViewToHost } from '../protocol/messages.js';
import type { ByteSource } from '../trace/byteSource.js';
import { openTrace, type TraceReader } from '../trace/openTrace.js';
import { IndexedTrace } from './indexedTrace.js';
import { sourceLines } from './sourceLines.js';

export interface IndexOptions {
  /** The trace's file, as it is to be said. */
  readonly file: string;
  readonly source: ByteSource;
  /** The text of a file of the program, by its path in the trace. */
  readonly readText: (path: string) => string | null;
  /** Somebody may still be writing: a trace without an end is not yet a truncated one. */
  readonly isBeingWritten: () => boolean;
  readonly send: (view: number, message: HostToView) => void;
  /** Milliseconds of a clock that does not jump. */
  readonly clock: () => number;
}

/** A piece of reading takes a few milliseconds; in between, messages are answered. */
const PIECE_BYTES = 64 * 1024;
const POLL_MS = 250;
const VERDICT_MS = 500;
const PROGRESS_MS = 100;
const PATIENCE_MS = 1000;

/** What a poll for growth found. */
export type Growth = 'none' | 'grew' | 'ended';

export class Index {
  private readonly trace: IndexedTrace;
  private reader: TraceReader | null = null;
  private firstTry = Infinity;
  private readonly views = new Set<number>();
  private verdictAt = -Infinity;
  private isVerdictStale = true;
  private wasLive = false;
  private bytesRead = 0;
  private state = { isOpen: false, isOver: false, ended: false, torn: false };
  private failure: string | null = null;
  private isDisposed = false;

  constructor(private readonly options: IndexOptions) {
    this.trace = new IndexedTrace(options.file, options.readText);
  }

  /** Reads the trace, then follows it until its end is read. Resolves when nothing more is to come. */
  async run(): Promise<void> {
    while (!this.isDisposed && !this.state.isOpen && this.failure === null) {
      if (!(await this.open())) await pause(POLL_MS);
    }
    while (!this.isDisposed && this.failure === null && (await this.grow()) !== 'ended') await pause(POLL_MS);
  }

  dispose(): void {
    this.isDisposed = true;
  }

  /**
   * Reads all that is there and tells the views. False: nothing to read yet, though somebody is about to write it, or
   * not a trace (then the views were told why).
   */
  async open(): Promise<boolean> {
    const { source, file } = this.options;
    try {
      if (await this.isAwaited()) return false;
      const opened = await openTrace(source, this.trace.visitor);
      if (!opened.ok) return this.isPatient() ? false : this.fail(opened.message);
      this.reader = opened.value;
      let toldAt = this.options.clock();
      while (!this.isDisposed && (await this.readPiece(opened.value))) {
        if (this.options.clock() - toldAt < PROGRESS_MS) continue;
        toldAt = this.options.clock();
        await this.tellProgress();
      }
    } catch (error) {
      return this.fail(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (this.failure !== null) return false;
    if (!this.isLive) this.finish();
    this.judge();
    this.state.isOpen = true;
    this.wasLive = this.isLive;
    this.tellAll('opened');
    return true;
  }

  /** Reads what the file gained and tells the views: once a piece, so that a long backlog shows as it is read. */
  async grow(): Promise<Growth> {
    const { reader } = this;
    if (!reader || this.state.isOver) return 'ended';
    const before = this.bytesRead;
    try {
      const until = this.options.clock() + POLL_MS;
      while ((await this.readPiece(reader)) && this.options.clock() < until) await pause(0);
    } catch {
      // A file that cannot be read just now, on a network or while it is moved, is tried again at the next poll.
      return 'none';
    }
    const hasGrown = this.bytesRead > before;
    const isDue = this.options.clock() - this.verdictAt >= VERDICT_MS || this.state.ended;
    const isNews = this.isVerdictStale && isDue;
    const hasStopped = this.wasLive && !this.isLive;
    if (hasStopped) this.finish();
    if (isNews || hasStopped) this.judge();
    if (!hasGrown && !isNews && !hasStopped) return 'none';
    this.wasLive = this.isLive;
    this.tellAll('grew');
    return this.state.isOver ? 'ended' : 'grew';
  }

  /** The folder that the trace's paths are relative to. */
  get root(): string {
    return this.trace.root;
  }

  /** The process that the trace is of; null before its header was read. */
  get pid(): number | null {
    return this.trace.pid;
  }

  /** Answers one message of a view. */
  answer(view: number, message: ViewToHost): void {
    switch (message.type) {
      case 'ready':
        this.views.add(view);
        if (this.failure !== null) this.options.send(view, { type: 'failed', sentence: this.failure });
        else if (this.state.isOpen) this.tell(view, 'opened');
        return;
      case 'tiles':
        this.options.send(view, this.trace.tiles(message));
        return;
      case 'details':
        this.options.send(view, this.trace.details(message));
        return;
      case 'lines':
        this.options.send(view, {
          type: 'lines',
          request: message.request,
          lines: sourceLines(message.frames, this.options.readText),
        });
        return;
      case 'closed':
        this.views.delete(view);
        return;
      case 'cancel':
        // Every request is answered at once: a cancellation comes behind its answer.
        return;
      case 'openSource':
      case 'stop':
      case 'traceProgram':
        // For the extension.
        return;
    }
  }

  /** Nothing to read yet, but somebody is about to write it. */
  private async isAwaited(): Promise<boolean> {
    try {
      return (await this.options.source.size()) === 0 && this.options.isBeingWritten();
    } catch (error) {
      if (this.options.isBeingWritten()) return true;
      throw error;
    }
  }

  /** A file that is being written may have been caught within its first bytes. */
  private isPatient(): boolean {
    const now = this.options.clock();
    this.firstTry = Math.min(this.firstTry, now);
    return this.options.isBeingWritten() && now - this.firstTry < PATIENCE_MS;
  }

  /** True: there is more to read now. */
  private async readPiece(reader: TraceReader): Promise<boolean> {
    const read = await reader.read(PIECE_BYTES);
    if (!read.ok) {
      this.fail(read.message);
      return false;
    }
    const { bytesRead, atEnd, ended, torn } = read.value;
    this.state.torn = torn;
    this.state.ended = ended;
    if (bytesRead > this.bytesRead) {
      this.bytesRead = bytesRead;
      this.isVerdictStale = true;
      this.trace.retell();
    }
    return !atEnd && !ended;
  }

  /** Nothing more will come: without an end marker, what no marker declared complete is all there will be. */
  private finish(): void {
    this.state.isOver = true;
    if (this.state.ended) return;
    this.reader?.finish();
    this.trace.retell();
  }

  private judge(): void {
    this.trace.judge(this.state.torn);
    this.verdictAt = this.options.clock();
    this.isVerdictStale = false;
  }

  private get isLive(): boolean {
    return !this.state.ended && this.options.isBeingWritten();
  }

  private tellAll(type: 'opened' | 'grew'): void {
    for (const view of this.views) this.tell(view, type);
  }

  private tell(view: number, type: 'opened' | 'grew'): void {
    const facts = this.trace.opened(this.isLive);
    if (facts) this.options.send(view, { type, ...facts });
  }

  private async tellProgress(): Promise<void> {
    const readEvents = this.trace.eventCount;
    const share = this.bytesRead / Math.max(1, await this.options.source.size());
    const expectedEvents = Math.max(readEvents, Math.round(readEvents / Math.max(share, 1e-6)));
    this.sendAll({ type: 'progress', readEvents, expectedEvents });
    await pause(0);
  }

  private fail(sentence: string): false {
    this.failure = sentence;
    this.sendAll({ type: 'failed', sentence });
    return false;
  }

  private sendAll(message: HostToView): void {
    for (const view of this.views) this.options.send(view, message);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

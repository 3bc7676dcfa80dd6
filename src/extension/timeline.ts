/** One editor on a trace: passes messages between its page and the trace's index, and answers what only VS Code can. */
import type * as vscode from 'vscode';
import type { HostToView, Opened, ViewToHost } from '../protocol/messages.js';
import type { OpenTraces } from './openTraces.js';
import type { IndexView } from './traceIndex.js';

/** What a page asks of VS Code. */
export interface TimelineHost {
  openSource(timeline: Timeline, message: Extract<ViewToHost, { type: 'openSource' }>): void;
  stop(timeline: Timeline): void;
  traceProgram(timeline: Timeline): void;
}

export class Timeline {
  /** What the page was told last; null before the trace could be opened. */
  opened: Omit<Opened, 'type'> | null = null;
  /** The sentence that the page shows instead of a timeline. */
  failed: string | null = null;
  readonly #view: IndexView | null;
  /** The fingerprint of a finding to show as soon as the page knows it. */
  #toReveal: string | null = null;
  #isReady = false;

  constructor(
    readonly uri: vscode.Uri,
    readonly panel: vscode.WebviewPanel,
    traces: OpenTraces,
    private readonly host: TimelineHost,
  ) {
    this.#view = uri.scheme === 'file' ? traces.view(uri.fsPath, (message) => this.#tellPage(message)) : null;
    panel.webview.onDidReceiveMessage((message: ViewToHost) => this.hear(message));
    panel.onDidDispose(() => this.#view?.dispose());
    // A hidden page is thrown away; the next one says `ready` again.
    panel.onDidChangeViewState(() => {
      if (!panel.visible) this.#isReady = false;
    });
  }

  /** A message of the page. */
  hear(message: ViewToHost): void {
    switch (message.type) {
      case 'openSource':
        return this.host.openSource(this, message);
      case 'stop':
        return this.host.stop(this);
      case 'traceProgram':
        return this.host.traceProgram(this);
      case 'ready':
        this.#isReady = true;
        if (this.#view === null) this.#tellPage({ type: 'failed', sentence: notOnDisk(this.uri) });
        this.#view?.send(message);
        return;
      case 'tiles':
      case 'details':
      case 'lines':
      case 'cancel':
        this.#view?.send(message);
        return;
      case 'closed':
      // Said by the view when the editor is disposed of, never by the page.
    }
  }

  /** Shows a finding, now or when the page has heard of it. */
  reveal(fingerprint: string): void {
    this.#toReveal = fingerprint;
    this.panel.reveal(this.panel.viewColumn);
    this.#revealWhenKnown();
  }

  step(by: 1 | -1): void {
    this.#tellPage({ type: 'step', by });
  }

  #revealWhenKnown(): void {
    if (this.#toReveal === null || !this.#isReady) return;
    const index = this.opened?.verdict?.findings.findIndex((finding) => finding.fingerprint === this.#toReveal) ?? -1;
    if (index < 0) return;
    this.#toReveal = null;
    this.#tellPage({ type: 'reveal', index });
  }

  #tellPage(message: HostToView): void {
    void this.panel.webview.postMessage(message);
    if (message.type === 'failed') this.failed = message.sentence;
    if (message.type !== 'opened' && message.type !== 'grew') return;
    this.opened = message;
    this.#revealWhenKnown();
  }
}

function notOnDisk(uri: vscode.Uri): string {
  return `This trace cannot be read from ${uri.scheme}: save it to a file first.`;
}

/** The editor for `*.lanes` and `*.lanes.ndjson`. */
import * as vscode from 'vscode';
import { TRACE_VIEW } from './commandIds.js';
import { editorPage } from './editorPage.js';
import type { OpenTraces } from './openTraces.js';
import type { TimelineHost } from './timeline.js';
import { Timeline } from './timeline.js';

export class TraceEditors implements vscode.CustomReadonlyEditorProvider {
  /** Those that are open, in the order of their opening. */
  readonly timelines: Timeline[] = [];
  readonly #dist: vscode.Uri;
  /** By file: the fingerprint of a finding that the next editor on it shows. */
  readonly #toReveal = new Map<string, string>();

  constructor(
    extensionUri: vscode.Uri,
    private readonly traces: OpenTraces,
    private readonly host: TimelineHost,
  ) {
    this.#dist = vscode.Uri.joinPath(extensionUri, 'dist');
  }

  /** The timeline that has the focus, or had it last among those in front. */
  get active(): Timeline | undefined {
    return this.timelines.find(({ panel }) => panel.active) ?? this.timelines.find(({ panel }) => panel.visible);
  }

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => undefined };
  }

  resolveCustomEditor({ uri }: vscode.CustomDocument, panel: vscode.WebviewPanel): void {
    const { webview } = panel;
    webview.options = { enableScripts: true, localResourceRoots: [this.#dist] };
    const timeline = new Timeline(uri, panel, this.traces, this.host);
    this.timelines.push(timeline);
    panel.onDidDispose(() => this.timelines.splice(this.timelines.indexOf(timeline), 1));
    webview.html = editorPage({
      cspSource: webview.cspSource,
      script: webview.asWebviewUri(vscode.Uri.joinPath(this.#dist, 'webview.js')).toString(),
      style: webview.asWebviewUri(vscode.Uri.joinPath(this.#dist, 'webview.css')).toString(),
    });
    const fingerprint = this.#toReveal.get(uri.toString());
    if (fingerprint === undefined) return;
    this.#toReveal.delete(uri.toString());
    timeline.reveal(fingerprint);
  }

  /** Opens a trace beside the code, in the place of an earlier trace when one is in front. */
  async open(uri: vscode.Uri): Promise<void> {
    const viewColumn = this.active?.panel.viewColumn ?? besideCode();
    await vscode.commands.executeCommand('vscode.openWith', uri, TRACE_VIEW, { viewColumn, preserveFocus: true });
  }

  /** Shows a finding of a trace, in an editor that is opened when there is none. */
  async reveal(uri: vscode.Uri, fingerprint: string): Promise<void> {
    const timeline = this.timelines.find((open) => open.uri.toString() === uri.toString());
    if (timeline) return timeline.reveal(fingerprint);
    this.#toReveal.set(uri.toString(), fingerprint);
    await this.open(uri);
  }
}

function besideCode(): vscode.ViewColumn {
  return vscode.window.activeTextEditor === undefined ? vscode.ViewColumn.Active : vscode.ViewColumn.Beside;
}

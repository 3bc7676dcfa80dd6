/** The programs that run with the recorder now: the status bar item, Stop, and what is said at their end. */
import * as vscode from 'vscode';
import { COMMAND, CONTEXT_KEY } from './commandIds.js';
import type { Notices } from './notices.js';
import type { OpenTraces } from './openTraces.js';
import type { Recording, RecordingEnd } from './recording.js';

export class Recordings implements vscode.Disposable {
  readonly running: Recording[] = [];
  readonly #item = vscode.window.createStatusBarItem('threadlanes.tracing', vscode.StatusBarAlignment.Left);

  constructor(
    private readonly notices: Notices,
    private readonly traces: OpenTraces,
    private readonly open: (trace: vscode.Uri) => Promise<void>,
  ) {
    this.#item.name = 'Threadlanes';
    this.#item.command = COMMAND.stop;
  }

  /** Follows a recording to its end. */
  async follow(recording: Recording): Promise<void> {
    this.running.push(recording);
    this.#show();
    try {
      if (await recording.appeared) {
        // The alarm has to hear of a deadlock also when the person closes the editor.
        const watcher = this.traces.watch(recording.trace.fsPath);
        await this.open(recording.trace);
        await recording.ended.finally(() => watcher.dispose());
      } else {
        const sentence = nothingToShow(recording.name, await recording.ended);
        if (sentence !== null) void this.notices.tell('info', sentence);
      }
    } catch (error) {
      void this.notices.tell('error', `${recording.name} could not be traced: ${(error as Error).message}`);
    } finally {
      this.running.splice(this.running.indexOf(recording), 1);
      this.#show();
    }
  }

  /** The running program that writes a trace. */
  of(trace: vscode.Uri): Recording | undefined {
    return this.running.find((recording) => recording.trace.toString() === trace.toString());
  }

  /** Stops the only one, or the one that the person picks. */
  async stop(): Promise<void> {
    const picks = this.running.map((recording) => ({ label: recording.name, recording }));
    const pick =
      picks.length > 1 ? await vscode.window.showQuickPick(picks, { placeHolder: 'The program to stop' }) : picks[0];
    await pick?.recording.stop();
  }

  dispose(): void {
    this.#item.dispose();
  }

  #show(): void {
    const [first, ...more] = this.running;
    void vscode.commands.executeCommand('setContext', CONTEXT_KEY.tracing, first !== undefined);
    if (first === undefined) return this.#item.hide();
    const what = more.length === 0 ? first.name : `${this.running.length} programs`;
    this.#item.text = `$(record) Tracing ${what}`;
    this.#item.tooltip = 'Stop the program';
    this.#item.accessibilityInformation = { label: `Tracing ${what}. Stop the program.`, role: 'button' };
    this.#item.show();
  }
}

/** What is said when a program left no trace; null when the person knows. */
export function nothingToShow(name: string, { code, wasStopped }: RecordingEnd): string | null {
  if (wasStopped) return null;
  if (code === 0) return `${name} ended without starting a second thread: there is nothing to draw.`;
  if (code === undefined) return `${name} did not run to its end, and had not started a second thread.`;
  return `${name} ended with code ${code} before it started a second thread: the terminal shows what it printed.`;
}

/**
 * One program that runs in a terminal with the recorder. A task, not a bare terminal: its terminal stays when the
 * program ends, and VS Code tells the exit code.
 */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { RecordCommand } from './recordArguments.js';

export interface RecordingPlan {
  /** The path of the program. */
  readonly program: string;
  /** The path of the trace. */
  readonly trace: string;
  readonly command: RecordCommand;
  /** The terminal's. */
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** How a program ended; a code of undefined: its terminal was closed, or it could not be started. */
export interface RecordingEnd {
  readonly code: number | undefined;
  readonly wasStopped: boolean;
}

/** How often it is looked whether the recorder has made its file: it does when the program becomes threaded. */
const LOOK_EVERY_MS = 100;
/** How long a program may take to end after it was asked to. */
const STOP_AFTER_MS = 2000;

let nextRun = 1;

export class Recording {
  /** For people: `app.js`. */
  readonly name: string;
  readonly trace: vscode.Uri;
  readonly program: vscode.Uri;
  /** Whether the trace came to be: resolves as soon as its file is there, with false when the program ended without. */
  readonly appeared: Promise<boolean>;
  readonly ended: Promise<RecordingEnd>;
  #execution: vscode.TaskExecution | undefined;
  #pid: number | undefined;
  #wasStopped = false;

  constructor(private readonly plan: RecordingPlan) {
    this.name = basename(plan.program);
    this.trace = vscode.Uri.file(plan.trace);
    this.program = vscode.Uri.file(plan.program);
    this.ended = this.#run();
    this.appeared = this.#look();
  }

  /** Ends the program: asks it first, so that its terminal stays with what it printed; then closes the terminal. */
  async stop(): Promise<void> {
    this.#wasStopped = true;
    // Windows has no signals: ending the recorder's command would leave its child running.
    if (this.#pid !== undefined && process.platform !== 'win32') {
      try {
        process.kill(this.#pid, 'SIGTERM');
        await Promise.race([this.ended, new Promise((resolve) => setTimeout(resolve, STOP_AFTER_MS))]);
      } catch {
        // It has just ended.
      }
    }
    this.#execution?.terminate();
  }

  async #run(): Promise<RecordingEnd> {
    const task = this.#task();
    const isOurs = (execution: vscode.TaskExecution): boolean =>
      execution.task.definition['run'] === task.definition['run'];
    const subscriptions: vscode.Disposable[] = [];
    const code = new Promise<number | undefined>((resolve, reject) => {
      subscriptions.push(
        vscode.tasks.onDidStartTaskProcess((event) => {
          if (isOurs(event.execution)) this.#pid = event.processId;
        }),
        vscode.tasks.onDidEndTaskProcess((event) => {
          if (isOurs(event.execution)) resolve(event.exitCode);
        }),
        // A process that could not be started ends as a task only; after a process's own end this changes nothing.
        vscode.tasks.onDidEndTask((event) => {
          if (isOurs(event.execution)) setTimeout(resolve, 500, undefined);
        }),
      );
      vscode.tasks.executeTask(task).then((execution) => (this.#execution = execution), reject);
    });
    try {
      return { code: await code, wasStopped: this.#wasStopped };
    } finally {
      this.#pid = undefined;
      for (const subscription of subscriptions) subscription.dispose();
    }
  }

  async #look(): Promise<boolean> {
    let isRunning = true;
    const stopLooking = (): void => void (isRunning = false);
    this.ended.then(stopLooking, stopLooking);
    while (isRunning && !existsSync(this.plan.trace))
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    return existsSync(this.plan.trace);
  }

  #task(): vscode.Task {
    const { command, cwd, environment } = this.plan;
    const folder = vscode.workspace.getWorkspaceFolder(this.program);
    const task = new vscode.Task(
      { type: 'threadlanes', run: `${process.pid}-${nextRun++}` },
      folder ?? vscode.TaskScope.Global,
      `Trace ${this.name}`,
      'Threadlanes',
      new vscode.ProcessExecution(command.executable, [...command.arguments], { cwd, env: { ...environment } }),
      [],
    );
    task.presentationOptions = {
      reveal: vscode.TaskRevealKind.Always,
      panel: vscode.TaskPanelKind.Shared,
      focus: false,
      echo: false,
      showReuseMessage: false,
    };
    return task;
  }
}

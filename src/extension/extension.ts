/** Entry of the VS Code extension: puts the parts together and registers what the manifest promises. */
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { ViewToHost } from '../protocol/messages.js';
import type { Finding } from '../protocol/verdict.js';
import type { CommandId } from './commandIds.js';
import { COMMAND, TRACE_VIEW } from './commandIds.js';
import { plainSentence } from './deadlockAlarm.js';
import { Notices } from './notices.js';
import { OpenTraces } from './openTraces.js';
import { Recording } from './recording.js';
import { Recordings } from './recordings.js';
import { openSource } from './sourceJump.js';
import type { Timeline, TimelineHost } from './timeline.js';
import { TraceEditors } from './traceEditor.js';
import { findProgram, planRecording } from './traceProgram.js';

/** What tests look at. Not an API for other extensions. */
export interface TestApi {
  /** The open trace editors. */
  readonly timelines: readonly Timeline[];
  /** The programs that run with the recorder. */
  readonly running: readonly Recording[];
  /** Every notification of this session. */
  readonly told: readonly string[];
}

export function activate(context: vscode.ExtensionContext): TestApi {
  const log = vscode.window.createOutputChannel('Threadlanes', { log: true });
  const notices = new Notices(log);
  const dist = join(context.extensionPath, 'dist');
  const traces: OpenTraces = new OpenTraces(
    join(dist, 'indexWorker.js'),
    (file) => recordings.of(vscode.Uri.file(file)) !== undefined,
    (text) => log.warn(text.trimEnd()),
    (file, finding) => void tellDeadlock(vscode.Uri.file(file), finding),
  );
  const host: TimelineHost = {
    openSource: (timeline, message) => void jump(timeline, message),
    stop: (timeline) => void recordings.of(timeline.uri)?.stop(),
    traceProgram: () => void traceProgram(undefined),
  };
  const editors = new TraceEditors(context.extensionUri, traces, host);
  const recordings: Recordings = new Recordings(notices, traces, (trace) => editors.open(trace));

  async function traceProgram(clicked: vscode.Uri | undefined): Promise<void> {
    const program = await findProgram(clicked, editors.active);
    if (!program.ok) return void notices.tell('warn', program.message);
    const plan = await planRecording(context, program.value);
    if (!plan.ok) return void notices.tell('error', plan.message);
    log.info(`${plan.value.command.executable} ${plan.value.command.arguments.join(' ')}`);
    await recordings.follow(new Recording(plan.value));
  }

  async function openTrace(): Promise<void> {
    const filters = { 'Threadlanes traces': ['lanes', 'ndjson'] };
    const [uri] = (await vscode.window.showOpenDialog({ filters, title: 'Open Trace' })) ?? [];
    if (uri !== undefined) await editors.open(uri);
  }

  async function jump(timeline: Timeline, message: Extract<ViewToHost, { type: 'openSource' }>): Promise<void> {
    const root = timeline.opened?.root ?? '';
    const opened = await openSource(message, root, timeline.panel.viewColumn, message.beside);
    if (!opened.ok) void notices.tell('warn', opened.message);
  }

  async function tellDeadlock(trace: vscode.Uri, finding: Finding): Promise<void> {
    const end = recordings.of(trace) ? ['End program' as const] : [];
    const chosen = await notices.tell('error', plainSentence(finding.verdict), 'Show', ...end);
    if (chosen === 'Show') await editors.reveal(trace, finding.fingerprint);
    if (chosen === 'End program') await recordings.of(trace)?.stop();
  }

  const commands: Readonly<Record<CommandId, (argument?: vscode.Uri) => unknown>> = {
    [COMMAND.traceProgram]: (clicked) => traceProgram(clicked),
    [COMMAND.stop]: () => recordings.stop(),
    [COMMAND.openTrace]: openTrace,
    [COMMAND.nextFinding]: () => editors.active?.step(1),
    [COMMAND.previousFinding]: () => editors.active?.step(-1),
    [COMMAND.showLog]: () => log.show(),
  };

  context.subscriptions.push(
    log,
    recordings,
    vscode.window.registerCustomEditorProvider(TRACE_VIEW, editors, { supportsMultipleEditorsPerDocument: true }),
    ...Object.entries(commands).map(([id, run]) => vscode.commands.registerCommand(id, run)),
  );
  return { timelines: editors.timelines, running: recordings.running, told: notices.told };
}

/** Trace Current Program: which program, with what, to which file; said in one sentence when it cannot be. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import * as vscode from 'vscode';
import type { Result } from '../base/result.js';
import { failure, success } from '../base/result.js';
import { findTsx, parseNodeVersion, type NodeVersion } from '../base/typescriptRuntime.js';
import { recordCommand } from './recordArguments.js';
import { copyRecorder } from './recorderCopy.js';
import type { RecordingPlan } from './recording.js';
import { chooseRuntime, executableOf, isNode, isProgram } from './runtime.js';
import { readSettings } from './settings.js';
import type { Timeline } from './timeline.js';
import { newTraceFile } from './traceFile.js';
import type { TraceSettings } from './traceSettings.js';

const languages: ReadonlySet<string> = new Set(['javascript', 'javascriptreact', 'typescript', 'typescriptreact']);

/** A program that a trace was made of, where the trace says it was. */
export function programOf(timeline: Timeline): vscode.Uri | null {
  if (timeline.opened === null) return null;
  const path = resolve(timeline.opened.root, timeline.opened.program);
  return existsSync(path) ? vscode.Uri.file(path) : null;
}

/**
 * The program that the person means: the one clicked on, else the file in front, else that of the trace in front.
 * Saved, as it is the file that runs.
 */
export async function findProgram(
  clicked: vscode.Uri | undefined,
  timeline: Timeline | undefined,
): Promise<Result<vscode.Uri>> {
  const front = vscode.window.activeTextEditor?.document;
  const isCode = front !== undefined && (languages.has(front.languageId) || isProgram(front.uri.path));
  const uri = clicked ?? (isCode ? front.uri : timeline && programOf(timeline));
  if (!uri) {
    return failure(
      'Threadlanes traces JavaScript and TypeScript programs: open the file that starts yours, then try again.',
    );
  }
  const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri.toString());
  if (uri.scheme !== 'file') return failure('A program has to be a file before it can be traced: save it first.');
  if (document?.isDirty === true && !(await document.save())) {
    return failure(`${uri.fsPath} could not be saved, and the file is what would run.`);
  }
  return success(uri);
}

/** The version of a Node; a failure when it cannot be started. Another runtime has none. */
function askVersion(settings: TraceSettings, cwd: string): Promise<Result<NodeVersion | null>> {
  const executable = executableOf(settings);
  if (!isNode(executable)) return Promise.resolve(success(null));
  const env = { ...process.env, ...settings.environment };
  return new Promise((done) => {
    execFile(executable, ['--version'], { cwd, env, timeout: 10_000 }, (error, output) => {
      const version = error ? null : parseNodeVersion(output);
      if (version !== null) done(success(version));
      else
        done(
          failure(`Threadlanes could not start ${executable} (${error?.message ?? output}): set threadlanes.runtime.`),
        );
    });
  });
}

/** Everything that is decided before a terminal opens. */
export async function planRecording(context: vscode.ExtensionContext, uri: vscode.Uri): Promise<Result<RecordingPlan>> {
  const program = uri.fsPath;
  const settings = readSettings(uri);
  const base = vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath ?? dirname(program);
  const cwd = resolve(base, settings.cwd);
  if (!existsSync(program)) return failure(`${program} does not exist.`);
  if (!existsSync(cwd)) return failure(`${cwd}, the working directory of threadlanes.cwd, does not exist.`);
  const version = await askVersion(settings, cwd);
  if (!version.ok) return version;
  const runtime = chooseRuntime(program, settings, version.value, findTsx(program, existsSync));
  if (!runtime.ok) return runtime;
  const trace = await newTraceFile(base, settings.traceFolder, program, new Date());
  if (!trace.ok) return trace;
  const { version: ours } = context.extension.packageJSON as { version: string };
  const cli = await copyRecorder(join(context.extensionPath, 'dist'), context.globalStorageUri.fsPath, ours);
  // A window without a folder starts terminals in the home folder only (VS Code 1.139).
  const hasFolder = vscode.workspace.workspaceFolders !== undefined;
  return success({
    program,
    trace: trace.value,
    command: recordCommand(cli, trace.value, runtime.value, program, settings, hasFolder ? null : cwd),
    cwd: hasFolder ? cwd : homedir(),
    environment: settings.environment,
  });
}

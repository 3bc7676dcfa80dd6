/** What the tests inside the extension host share. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { TestApi } from '../../../src/extension/extension.js';
import type { Timeline } from '../../../src/extension/timeline.js';

const PATIENCE_MS = 40_000;

/** Asks until the answer is truthy. */
export async function until<T>(what: string, ask: () => T): Promise<NonNullable<T>> {
  for (const start = Date.now(); ;) {
    const answer = ask();
    if (answer) return answer;
    assert.ok(Date.now() - start < PATIENCE_MS, `waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export async function activate(): Promise<TestApi> {
  const extension = vscode.extensions.getExtension<TestApi>('threadlanes.threadlanes');
  assert.ok(extension, 'the extension is installed');
  return extension.activate();
}

/** A file of the folder that the tests have open. */
export function file(name: string): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'a folder is open');
  return vscode.Uri.file(join(folder.uri.fsPath, name));
}

export async function closeAll(api: TestApi): Promise<void> {
  for (const recording of [...api.running]) await recording.stop();
  await until('programs stopped', () => api.running.length === 0);
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await until('editors closed', () => api.timelines.length === 0);
}

export const isWaiting = (timeline: Timeline): boolean =>
  timeline.opened?.verdict?.findings.some(({ id }) => id === 'deadlock') === true;

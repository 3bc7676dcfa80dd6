/** Opens a line of the source beside the timeline. */
import * as vscode from 'vscode';
import type { Result } from '../base/result.js';
import { failure, success } from '../base/result.js';
import { bestMatch, candidatePaths, lastName } from './sourcePath.js';

export interface SourcePlace {
  /** As the trace names it. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Files that are no sources of the workspace's own, for the search of a trace from another machine. */
const EXCLUDED = '**/node_modules/**';
const MOST_MATCHES = 200;

async function isFile(uri: vscode.Uri): Promise<boolean> {
  try {
    return ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.File) !== 0;
  } catch {
    return false;
  }
}

async function findInWorkspace(file: string): Promise<vscode.Uri | null> {
  const name = lastName(file).replace(/[[\]{}*?]/g, '?');
  const found = await vscode.workspace.findFiles(`**/${name}`, EXCLUDED, MOST_MATCHES);
  const best = bestMatch(
    file,
    found.map((uri) => uri.fsPath),
  );
  return found.find((uri) => uri.fsPath === best) ?? null;
}

/**
 * The file of this machine that a trace's path means.
 * @param root the folder of the trace's header
 */
export async function findSource(file: string, root: string): Promise<vscode.Uri | null> {
  const folders = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
  for (const path of candidatePaths(file, root, folders)) {
    const uri = vscode.Uri.file(path);
    if (await isFile(uri)) return uri;
  }
  return findInWorkspace(file);
}

/** The column for a source: where it is shown already, else where other code is; never the timeline's. */
function columnBeside(source: vscode.Uri, timeline: vscode.ViewColumn | undefined): vscode.ViewColumn {
  const editors = vscode.window.visibleTextEditors.filter(
    ({ viewColumn, document }) =>
      viewColumn !== undefined && viewColumn !== timeline && document.uri.scheme !== 'output',
  );
  const shown = editors.find(({ document }) => document.uri.toString() === source.toString()) ?? editors[0];
  const group = vscode.window.tabGroups.all.find(({ viewColumn }) => viewColumn !== timeline);
  return shown?.viewColumn ?? group?.viewColumn ?? vscode.ViewColumn.Beside;
}

/**
 * @param timeline the column that must not be covered
 * @param keepFocus the timeline keeps the keyboard: what is typed next must not land in the source
 */
export async function openSource(
  place: SourcePlace,
  root: string,
  timeline: vscode.ViewColumn | undefined,
  keepFocus: boolean,
): Promise<Result<vscode.TextEditor>> {
  const source = await findSource(place.file, root);
  if (source === null) return failure(`${place.file} is not on this machine, neither in ${root} nor in the workspace.`);
  const document = await vscode.workspace.openTextDocument(source);
  const position = document.validatePosition(new vscode.Position(place.line - 1, Math.max(0, place.column - 1)));
  const editor = await vscode.window.showTextDocument(document, {
    viewColumn: columnBeside(source, timeline),
    preserveFocus: keepFocus,
    selection: new vscode.Range(position, position),
  });
  editor.revealRange(new vscode.Range(position, position), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  return success(editor);
}

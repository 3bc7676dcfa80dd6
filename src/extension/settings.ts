/** The settings of the manifest, as the code uses them. */
import * as vscode from 'vscode';
import { SETTINGS_SECTION } from './commandIds.js';
import type { TraceSettings } from './traceSettings.js';

/** The settings that hold for a program, those of its folder first. */
export function readSettings(program: vscode.Uri): TraceSettings {
  const section = vscode.workspace.getConfiguration(SETTINGS_SECTION, program);
  return {
    runtime: section.get('runtime', ''),
    runtimeArguments: section.get<string[]>('runtimeArguments', []),
    programArguments: section.get<string[]>('programArguments', []),
    environment: section.get<Record<string, string>>('environment', {}),
    cwd: section.get('cwd', ''),
    traceFolder: section.get('traceFolder', ''),
  };
}

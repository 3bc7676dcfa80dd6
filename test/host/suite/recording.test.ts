import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import type { TestApi } from '../../../src/extension/extension.js';
import { COMMAND } from '../../../src/extension/commandIds.js';
import { NAMES, WAITING_LINE } from '../programs.js';
import { activate, closeAll, file, isWaiting, until } from './session.js';

async function show(name: string): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(file(name), { viewColumn: vscode.ViewColumn.One });
}

const traceCurrent = (): Thenable<unknown> => vscode.commands.executeCommand(COMMAND.traceProgram);

describe('Trace Current Program', () => {
  let api: TestApi;
  let toldBefore = 0;
  before(async () => (api = await activate()));
  beforeEach(() => (toldBefore = api.told.length));
  afterEach(() => closeAll(api));

  const told = (pattern: RegExp): Promise<string> =>
    until(String(pattern), () => api.told.slice(toldBefore).find((sentence) => pattern.test(sentence)));

  it('opens the growing trace beside the code, tells of the deadlock while the program hangs, and stops it', async () => {
    const code = await show('hang.js');
    void traceCurrent();
    const recording = await until('a program that runs', () => api.running[0]);
    const timeline = await until('the timeline', () => api.timelines[0]);
    assert.equal(timeline.uri.toString(), recording.trace.toString());
    assert.notEqual(timeline.panel.viewColumn, code.viewColumn);

    const sentence = await told(/^Deadlock/);
    for (const name of [...NAMES.threads, ...NAMES.locks]) assert.ok(sentence.includes(name), `${sentence}: ${name}`);
    assert.ok(sentence.includes(`hang.js:${WAITING_LINE}`), sentence);
    assert.doesNotMatch(sentence, /[`*]/);
    await until('the verdict in the page', () => isWaiting(timeline));
    assert.equal(timeline.opened?.live, true);
    assert.equal(api.running.length, 1);

    await vscode.commands.executeCommand(COMMAND.stop);
    await until('the end', () => api.running.length === 0);
    await until('the end in the page', () => timeline.opened?.live === false);
    assert.ok(isWaiting(timeline));
    assert.equal(api.told.slice(toldBefore).filter((text) => text.startsWith('Deadlock')).length, 1);
    assert.ok(
      vscode.window.terminals.some(({ name }) => name.includes('hang.js')),
      'its terminal stays',
    );
  });

  it('traces the program of the trace in front', async () => {
    await show('worker.js');
    void traceCurrent();
    await until('a trace', () => api.timelines[0]?.opened);
    await until('its end', () => api.running.length === 0);
    await vscode.commands.executeCommand('workbench.action.focusSecondEditorGroup');
    await until('the timeline in front', () => api.timelines[0]?.panel.active);
    void traceCurrent();
    const again = await until('a program that runs', () => api.running[0]);
    assert.equal(again.name, 'worker.js');
    await until('a second trace', () => api.timelines.length === 2);
  });

  it('shows one trace in two editors', async () => {
    await show('worker.js');
    void traceCurrent();
    await until('a trace', () => api.timelines[0]?.opened);
    await until('its end', () => api.running.length === 0);
    await vscode.commands.executeCommand('workbench.action.focusSecondEditorGroup');
    await vscode.commands.executeCommand('workbench.action.splitEditor');
    await until('two timelines', () => api.timelines.length === 2 && api.timelines.every(({ opened }) => opened));
    assert.equal(api.timelines[0]?.uri.toString(), api.timelines[1]?.uri.toString());
  });

  it('runs what is in the editor, saved first', async () => {
    const editor = await show('plain.js');
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'process.exitCode = 7;\n'));
    void traceCurrent();
    await told(/^plain\.js ended with code 7 before it started a second thread/);
    assert.ok(!editor.document.isDirty);
    await editor.edit((edit) => edit.delete(editor.document.lineAt(0).rangeIncludingLineBreak));
    await editor.document.save();
    void traceCurrent();
    await told(/^plain\.js ended without starting a second thread/);
    assert.equal(api.timelines.length, 0);
  });

  it('gives a program the arguments, environment and folder of the settings', async () => {
    const settings = vscode.workspace.getConfiguration('threadlanes');
    const values = { programArguments: ['a b', '"'], environment: { GREETING: 'hello you' }, cwd: 'node_modules' };
    for (const [name, value] of Object.entries(values)) await settings.update(name, value);
    try {
      await vscode.workspace.fs.writeFile(
        file('tell.js'),
        Buffer.from(
          "require('fs').writeFileSync(__dirname + '/told.json', JSON.stringify([process.argv.slice(2), process.env.GREETING, process.cwd(), process.stdin.isTTY]))",
        ),
      );
      await show('tell.js');
      void traceCurrent();
      await told(/^tell\.js ended without/);
    } finally {
      for (const name of Object.keys(values)) await settings.update(name, undefined);
    }
    assert.deepEqual(JSON.parse(readFileSync(file('told.json').fsPath, 'utf8')), [
      ['a b', '"'],
      'hello you',
      file('node_modules').fsPath,
      true,
    ]);
  });

  it('says so when there is no program in front', async () => {
    await vscode.window.showTextDocument(file('notes.txt'));
    await traceCurrent();
    await told(/^Threadlanes traces JavaScript and TypeScript programs/);
    assert.equal(api.running.length, 0);
  });

  it('says so before the program starts when traces cannot be written', async () => {
    const settings = vscode.workspace.getConfiguration('threadlanes');
    await settings.update('traceFolder', 'package.json/traces');
    try {
      await show('plain.js');
      await traceCurrent();
    } finally {
      await settings.update('traceFolder', undefined);
    }
    await told(/^Traces cannot be written to .*traces/);
    assert.equal(api.running.length, 0);
    assert.ok(!existsSync(file('package.json/traces').fsPath));
  });

  it('says so when the runtime cannot be started', async () => {
    const settings = vscode.workspace.getConfiguration('threadlanes');
    await settings.update('runtime', '/nowhere/node');
    try {
      await show('plain.js');
      await traceCurrent();
    } finally {
      await settings.update('runtime', undefined);
    }
    await told(/^Threadlanes could not start \/nowhere\/node .*threadlanes\.runtime/);
  });
});

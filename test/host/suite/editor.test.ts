import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TestApi } from '../../../src/extension/extension.js';
import { COMMAND, TRACE_VIEW } from '../../../src/extension/commandIds.js';
import { WAITING_LINE } from '../programs.js';
import { activate, closeAll, file, until } from './session.js';

describe(`the extension in VS Code ${vscode.version}`, () => {
  let api: TestApi;
  before(async () => (api = await activate()));
  afterEach(() => closeAll(api));

  it('registers every command', async () => {
    const registered = await vscode.commands.getCommands(true);
    assert.deepEqual(
      Object.values(COMMAND).filter((command) => !registered.includes(command)),
      [],
    );
  });

  const unreadable = { 'empty.lanes': /is empty/, 'other.lanes': /is not a Threadlanes trace/ };
  for (const [name, expected] of Object.entries(unreadable)) {
    it(`says in the editor why ${name} cannot be shown`, async () => {
      await vscode.commands.executeCommand('vscode.open', file(name));
      const { input } = vscode.window.tabGroups.activeTabGroup.activeTab ?? {};
      assert.ok(input instanceof vscode.TabInputCustom);
      assert.equal(input.viewType, TRACE_VIEW);
      const sentence = await until('a sentence', () => api.timelines[0]?.failed);
      assert.match(sentence, expected);
      assert.doesNotMatch(sentence, /\n|undefined|Error:/);
    });
  }

  it('names a source that is nowhere', async () => {
    await vscode.commands.executeCommand('vscode.open', file('empty.lanes'));
    const timeline = await until('the editor', () => api.timelines[0]);
    timeline.hear({ type: 'openSource', file: 'src/nowhere.ts', line: 3, column: 1, beside: true });
    await until('the sentence', () => api.told.find((sentence) => sentence.startsWith('src/nowhere.ts is not on')));
  });

  it('opens a source of another machine by the end of its path, beside the timeline, at the line', async () => {
    await vscode.commands.executeCommand('vscode.open', file('empty.lanes'));
    const timeline = await until('the editor', () => api.timelines[0]);
    timeline.hear({ type: 'openSource', file: '/build/app/hang.js', line: WAITING_LINE, column: 3, beside: true });
    const editor = await until('the source', () =>
      vscode.window.visibleTextEditors.find(({ document }) => document.uri.path.endsWith('/hang.js')),
    );
    await until('the line', () => editor.selection.active.line === WAITING_LINE - 1);
    assert.equal(editor.selection.active.character, 2);
    assert.notEqual(editor.viewColumn, timeline.panel.viewColumn);
    assert.ok(timeline.panel.visible);
    timeline.hear({ type: 'openSource', file: '/build/app/plain.js', line: 1, column: 1, beside: true });
    await until('the next source in the same place', () =>
      vscode.window.visibleTextEditors.find(
        ({ document, viewColumn }) => document.uri.path.endsWith('/plain.js') && viewColumn === editor.viewColumn,
      ),
    );
    assert.ok(timeline.panel.visible);
  });
});

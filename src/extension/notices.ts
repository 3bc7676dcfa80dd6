/** What people are told in notifications: one sentence, in the log too. */
import * as vscode from 'vscode';

const show = {
  info: vscode.window.showInformationMessage,
  warn: vscode.window.showWarningMessage,
  error: vscode.window.showErrorMessage,
} as const;

export class Notices {
  /** Every sentence of this session, for tests: VS Code's test modes show no notifications. */
  readonly told: string[] = [];

  constructor(private readonly log: vscode.LogOutputChannel) {}

  /** Resolves to the button that was chosen, undefined when the notification was closed. */
  async tell<Button extends string>(
    how: keyof typeof show,
    sentence: string,
    ...buttons: Button[]
  ): Promise<Button | undefined> {
    this.told.push(sentence);
    this.log[how](sentence);
    const chosen = await show[how](sentence, ...buttons);
    return buttons.find((button) => button === chosen);
  }
}

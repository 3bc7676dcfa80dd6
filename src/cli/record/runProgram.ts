import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { CommandFailure } from '../commandFailure.js';
import { EXIT } from '../exitCodes.js';
import type { Program } from './program.js';

/** How a program ended: with a code, or by a signal. */
export interface ProgramEnd {
  readonly pid: number;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const handedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const reasonOf: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such program',
  EACCES: 'it may not be executed',
};

/** Any stream may have been turned elsewhere. */
const isInTerminal = (): boolean => [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);

/** Runs a program with our input and output until it ends; what signals us goes to it. */
export function runProgram(program: Program, environment: NodeJS.ProcessEnv): Promise<ProgramEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(program.executable, program.arguments, { stdio: 'inherit', env: environment });
    const handOn = (signal: NodeJS.Signals): void => {
      // A terminal has sent its interrupt to all of its foreground, and twice means something else to many programs.
      if (signal !== 'SIGINT' || !isInTerminal()) child.kill(signal);
    };
    const stopListening = (): void => handedOn.forEach((signal) => process.off(signal, handOn));
    handedOn.forEach((signal) => process.on(signal, handOn));
    child.on('error', (error: NodeJS.ErrnoException) => {
      // Also told when a signal could not be sent: then the end comes by itself.
      if (child.pid !== undefined) return;
      stopListening();
      const reason = reasonOf[error.code ?? ''] ?? error.message;
      reject(new CommandFailure(`cannot start ${program.executable}: ${reason}.`, EXIT.cannotStart));
    });
    child.on('exit', (code, signal) => {
      stopListening();
      resolve({ pid: child.pid as number, code, signal });
    });
  });
}

/** As shells give it: 128 and the signal's number for an end by a signal. */
export function exitCodeOf({ code, signal }: ProgramEnd): number {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

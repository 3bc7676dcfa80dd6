/**
 * The other module that a launcher hands over: keeps the extension host open and lets a test in the browser ask the
 * `vscode` API, by posting the body of a function with `vscode` in scope. Its first answer says that the host is up.
 */
import { createServer } from 'node:http';
import * as vscode from 'vscode';

type Body = (api: typeof vscode) => Promise<unknown>;
const AsyncFunction = (async () => undefined).constructor as new (...text: string[]) => Body;

export function run(): Promise<void> {
  return new Promise((_, reject) => {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const answer = (code: number, value: unknown): void =>
          void response.writeHead(code).end(JSON.stringify(value) ?? 'null');
        Promise.resolve()
          .then(() => new AsyncFunction('vscode', Buffer.concat(chunks).toString())(vscode))
          .then(
            (value) => answer(200, value),
            (error: unknown) => answer(500, String(error)),
          );
      });
    });
    server.on('error', reject);
    server.listen(Number(process.env['THREADLANES_BRIDGE_PORT']), '127.0.0.1');
  });
}

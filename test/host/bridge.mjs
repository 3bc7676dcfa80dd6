// Asks the `vscode` API from a test in the browser, through the module `suite/bridge.ts` in the extension host.
import { setTimeout as delay } from 'node:timers/promises';

/** @returns a function that runs the body of an async function with `vscode` in scope, once the host is up */
export async function connectBridge(port) {
  async function ask(body) {
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer);
    return answer;
  }
  for (let attempt = 0; ; attempt++) {
    try {
      await ask('return 1');
      return ask;
    } catch (error) {
      if (attempt > 600) throw error;
      await delay(100);
    }
  }
}

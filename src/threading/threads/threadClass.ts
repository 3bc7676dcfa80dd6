import { shown } from '../crossing/handle.js';
import { Thread as ThreadClass } from './thread.js';
import { remember, targetOf } from './threadTarget.js';
import type { Thread } from './typedThread.js';

const FORM =
  "takes the module, the name of its export and the class: (import.meta.url, 'Work', class extends Thread { … })";

function checkThreadClass(type: unknown, exportName: string, module: string | URL): void {
  if (typeof type !== 'function') {
    throw new TypeError(`threadClass: ${FORM}; got ${shown(type ?? exportName ?? module)} as the last`);
  }
  if ((type.prototype as unknown) instanceof ThreadClass) return;
  throw new TypeError(
    `threadClass: ${exportName} has to be a subclass of Thread: class extends Thread { run() { … } }; got ${shown(type)}`,
  );
}

/**
 * Makes a subclass of {@link Thread} startable, and gives it back. It must be exported under this very name.
 *
 * @example
 * export const Getter = threadClass(import.meta.url, 'Getter', class extends Thread<number> {
 *   readonly url: string;
 *   constructor(url: string) {
 *     super();
 *     this.url = url;
 *   }
 *   override run() { return this.url.length; }
 * });
 * if (isMainThread) new Getter('https://…').start();
 */
export function threadClass<C extends abstract new (...args: never[]) => Thread>(
  module: string | URL,
  exportName: string,
  type: C,
): C {
  checkThreadClass(type, exportName, module);
  return remember(type, targetOf(module, exportName));
}

/**
 * `postMessageToThread` finds a thread by the id that the program sees, but refuses to post to the calling thread by its
 * real id: it would take the thread that the program sees under that id for itself, and would not know itself.
 */
/* eslint-disable @typescript-eslint/unbound-method -- functions are replaced here, and called with the program's own `this` */
import { apply, realThreadId, threads } from '../raw.js';
import { ownVisibleId } from '../threadIds.js';
import { portPrototype } from './portPrototype.js';
import { replace } from './replacement.js';

type PostToThread = (this: unknown, id: unknown, ...rest: unknown[]) => Promise<void>;

/** No thread has it. */
const NOBODY = -1;

/** In a worker, once it knows its visible id. Node 20.19 and 22.5 brought the function. */
export function patchMessagesToThreads(): void {
  const holder = threads as unknown as Record<'postMessageToThread', PostToThread | undefined>;
  const original = holder.postMessageToThread;
  const own = ownVisibleId();
  if (typeof original !== 'function' || own === realThreadId) return;
  const { postMessageToThread } = {
    postMessageToThread(this: unknown, ...args: unknown[]): Promise<void> {
      const id = args[0];
      const post = (to: unknown): Promise<void> => {
        args[0] = to;
        return apply(original, this, args as Parameters<PostToThread>);
      };
      if (id === own) return post(realThreadId);
      if (id === realThreadId) return redirected(realThreadId, () => post(NOBODY));
      return apply(original, this, args as Parameters<PostToThread>);
    },
  };
  replace(holder, 'postMessageToThread', postMessageToThread);
}

/** Node posts it to the main thread, which passes it on, before the call returns; the program's code runs later. */
function redirected(to: number, post: () => Promise<void>): Promise<void> {
  const descriptor = Object.getOwnPropertyDescriptor(portPrototype, 'postMessage') as PropertyDescriptor;
  const restore = (): unknown => Object.defineProperty(portPrototype, 'postMessage', descriptor);
  const value = function (this: unknown, ...args: unknown[]): unknown {
    restore();
    (args[0] as { destination?: unknown }).destination = to;
    return apply(portPrototype['postMessage'] as never, this, args as never);
  };
  Object.defineProperty(portPrototype, 'postMessage', { ...descriptor, value });
  try {
    return post();
  } finally {
    restore();
  }
}

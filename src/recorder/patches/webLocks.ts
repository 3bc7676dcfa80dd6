/**
 * Web Locks of the program (`navigator.locks`, Node 24.5 and later). Node publishes `locks.request.*` on
 * diagnostics_channel, but without saying which request it speaks of, and the end of one only after other threads may
 * have got the lock. So the channel tells what Node made of a request's arguments, and its callback is wrapped.
 */
/* eslint-disable @typescript-eslint/unbound-method -- functions are replaced here, and called with the program's own `this` */
import { subscribe } from 'node:diagnostics_channel';
import { types } from 'node:util';
import type { LockPlea, LockRequests } from '../locks/lockRequests.js';
import { apply, threads } from '../raw.js';
import type { ThreadRecorder } from '../threadRecorder.js';
import { replace } from './replacement.js';

type Callback = (...args: unknown[]) => unknown;

interface LockManager {
  request(...args: unknown[]): Promise<unknown>;
}

/** The value of an option, where it can be read without running the program's code; else null. */
function optionOf(options: object, name: string): { readonly value: unknown } | null {
  for (let holder: object | null = options; holder !== null; holder = Object.getPrototypeOf(holder) as object | null) {
    if (types.isProxy(holder)) return null;
    const descriptor = Object.getOwnPropertyDescriptor(holder, name);
    if (descriptor) return 'value' in descriptor ? { value: descriptor.value as unknown } : null;
  }
  return { value: undefined };
}

/** Converting it runs no code of the program, and does not fail. */
const isPrimitive = (value: unknown): value is string | number | bigint | boolean | null | undefined =>
  value === null || !['object', 'function', 'symbol'].includes(typeof value);

/** What is asked for, as far as the arguments say. What they do not say of name and mode, the channel says. */
function pleaOf(name: unknown, given: unknown): LockPlea {
  const options = typeof given === 'object' && given !== null ? given : {};
  const signal = optionOf(options, 'signal');
  const ifAvailable = optionOf(options, 'ifAvailable');
  const isTry = Boolean(ifAvailable?.value);
  return {
    name: isPrimitive(name) ? String(name) : null,
    isShared: optionOf(options, 'mode')?.value === 'shared',
    isTry,
    isTheft: Boolean(optionOf(options, 'steal')?.value),
    signal: signal === null ? null : signal.value,
    mayEnd: isTry || ifAvailable === null || signal === null || signal.value !== undefined,
    isReal: false,
  };
}

/** Node rejects it at once. Only where it does not publish what it takes for a request. */
const isRefused = ({ name, isTry, isTheft, isShared, signal }: LockPlea): boolean =>
  name === null ||
  name.startsWith('-') ||
  (isTheft && (isTry || isShared || signal !== undefined)) ||
  (signal !== undefined && (isTry || (signal as AbortSignal).aborted));

export function patchWebLocks(recorder: ThreadRecorder, requests: LockRequests): void {
  const { locks } = threads as { locks?: LockManager };
  if (!locks) return;
  const prototype = Object.getPrototypeOf(locks) as LockManager;
  const original = prototype.request;
  const publishes = Function.prototype.toString.call(original).includes('publishLockRequestStart');
  let asked: LockPlea | null = null;
  if (publishes) {
    subscribe('locks.request.start', (message) => {
      if (asked === null) return;
      const { name, mode } = message as { name: string; mode: string };
      asked.name = name;
      asked.isShared = mode === 'shared';
      asked.isReal = true;
    });
  }

  const { request } = {
    request(this: LockManager, ...args: unknown[]): Promise<unknown> {
      // As Node counts: a third argument that is undefined is none.
      const last = args[2] === undefined ? 1 : 2;
      const callback = args[last];
      const asking =
        typeof callback === 'function'
          ? recorder.guard(() => requests.ask(pleaOf(args[0], last === 2 ? args[1] : undefined), request))
          : undefined;
      if (!asking) return apply(original, this, args);
      asking.plea.isReal = !publishes && !isRefused(asking.plea);
      args[last] = requests.callbackFor(asking, callback as Callback);
      const outer = asked;
      asked = asking.plea;
      try {
        const promise = apply(original, this, args);
        recorder.guard(() => requests.asked(asking, promise));
        return promise;
      } finally {
        asked = outer;
      }
    },
  };
  replace(prototype, 'request', request);
  // Node's is an async function; what inherits from those is seen in its prototype.
  Object.setPrototypeOf(prototype.request, Object.getPrototypeOf(original) as object);
}

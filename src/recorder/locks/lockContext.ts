/**
 * Inside the callback of which Web Lock request the running code is, also after its awaits. Node has Web Locks since it
 * keeps asynchronous contexts in V8's own frames: these cost nothing, no hook is switched on, no promise is added.
 */
import type * as asyncHooks from 'node:async_hooks';
import { load } from '../raw.js';

/** What the context is entered for: it counts as long as the lock is held. */
export interface LockScope {
  readonly outer: LockScope | null;
  readonly isHeld: boolean;
}

interface Storage {
  getStore(): unknown;
  enterWith(store: unknown): void;
}

/** With `--no-async-context-frame` a storage would hook into every promise: the synchronous part of callbacks must do. */
function newStorage(): Storage {
  const { AsyncLocalStorage } = load('node:async_hooks') as typeof asyncHooks;
  const storage = new AsyncLocalStorage<unknown>();
  if (!('_enable' in storage)) return storage;
  let current: unknown;
  return {
    getStore: () => current,
    enterWith: (store) => (current = store),
  };
}

export class LockContext<Scope extends LockScope> {
  #storage: Storage | null = null;

  /** The innermost scope that still holds its lock. */
  current(): Scope | null {
    this.#storage ??= newStorage();
    let scope = (this.#storage.getStore() ?? null) as LockScope | null;
    while (scope !== null && !scope.isHeld) scope = scope.outer;
    return scope as Scope | null;
  }

  /** What is called from here on until `leave` is inside. Gives what `leave` takes. */
  enter(scope: Scope): unknown {
    this.#storage ??= newStorage();
    const before = this.#storage.getStore();
    this.#storage.enterWith(scope);
    return before;
  }

  leave(before: unknown): void {
    this.#storage?.enterWith(before);
  }
}

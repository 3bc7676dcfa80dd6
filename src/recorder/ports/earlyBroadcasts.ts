/**
 * Broadcast channels before the recording begins: then all of them are this thread's. What is still on its way when it
 * begins is counted for each receiver, and stands in front of everything that is posted later.
 */
import type { PortState } from './portState.js';

export class EarlyBroadcasts {
  readonly #states = new Map<string, Set<PortState>>();

  add(state: PortState): void {
    const name = state.in.name ?? '';
    const group = this.#states.get(name);
    if (group) group.add(state);
    else this.#states.set(name, new Set([state]));
  }

  posted(state: PortState): void {
    for (const other of this.#states.get(state.out.name ?? '') ?? []) if (other !== state) other.unrecorded++;
  }

  remove(state: PortState): void {
    const name = state.in.name ?? '';
    const group = this.#states.get(name);
    if (group?.delete(state) && group.size === 0) this.#states.delete(name);
  }

  clear(): void {
    this.#states.clear();
  }
}

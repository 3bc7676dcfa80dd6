/** What only the recorder's own contract can do. Apart from the program: a file that knows the probe is not numbered. */
import { findProbe } from '../../src/probe/probe.js';
import { OP } from '../../src/trace/ops.js';
import type { Measured } from './slices.js';

const probe = findProbe();

/** `Atomics.wait` as Node made it. */
export const wait = probe?.raw.wait ?? Atomics.wait;

export function events(): Measured[] {
  if (!probe) return [];
  const { record } = probe;
  const object = probe.define({ kind: 'semaphore', name: 'bench' });
  return [
    { name: 'event without a site', call: () => record(OP['loop.sample'], 0, 0) },
    { name: 'event, sampled site', call: () => record(OP['semaphore.release'], object, 1) },
    { name: 'event, a stack each', call: () => record(OP['thread.terminate'], 0) },
  ];
}

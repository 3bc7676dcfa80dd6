import { workerData } from 'node:worker_threads';
import type { CollectorData } from '../probe/definitions.js';
import { CONTROL } from '../probe/ring.js';
import { Collector } from './collector.js';
import { writeStandardError } from './standardError.js';

const data = workerData as CollectorData;

function collect(collector: Collector): void {
  try {
    collector.run();
    setImmediate(collect, collector);
  } catch (error) {
    fail(error);
  }
}

function fail(error: unknown): void {
  const control = new Int32Array(data.control);
  Atomics.store(control, CONTROL.OFF, 1);
  Atomics.store(control, CONTROL.READY, 2);
  Atomics.notify(control, CONTROL.READY);
  Atomics.notify(control, CONTROL.FLUSHED);
  writeStandardError(`threadlanes: the collector failed: ${(error as Error).message}\n`);
}

try {
  const collector = new Collector(data);
  collector.open();
  collect(collector);
} catch (error) {
  fail(error);
}

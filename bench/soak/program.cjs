/* eslint-disable @typescript-eslint/no-require-imports -- it runs as it stands */
// Threads that lock, post and wait without end, 100 000 events a second in all; channels and buffers come and go.
const { MessageChannel, Worker, isMainThread, receiveMessageOnPort, workerData } = require('node:worker_threads');

const WORKERS = 4;
const EVENTS_A_SECOND = 100_000;
const TURN_MS = 10;
const ACQUIRED = 0x11;
const RELEASE = 0x13;

const probe = globalThis[Symbol.for('threadlanes.probe.1')];

if (isMainThread) {
  const counts = new Float64Array(new SharedArrayBuffer(8 * WORKERS));
  const locks = Array.from({ length: 32 }, (_, i) => probe.define({ kind: 'lock', name: `lock ${i}` }));
  for (let index = 0; index < WORKERS; index++) {
    new Worker(__filename, { name: `worker ${index}`, workerData: { index, counts, locks } });
  }
  // Threads come and go, too.
  setInterval(() => new Worker('0', { eval: true }), 1000);
  setInterval(() => {
    const events = counts.reduce((sum, count) => sum + count, 0);
    process.send({ ms: performance.now(), events, rss: process.memoryUsage().rss });
  }, 2000);
} else {
  const { index, counts, locks } = workerData;
  const own = locks.filter((_, i) => i % WORKERS === index);
  const aTurn = (EVENTS_A_SECOND / WORKERS / 1000) * TURN_MS;
  const start = performance.now();
  let turns = 0;
  const turn = () => {
    const due = Math.floor((performance.now() - start) / TURN_MS);
    // What another program on the machine took away is not made up for: a burst would measure that.
    if (due - turns > 20) turns = due - 1;
    for (; turns < due; turns++) {
      const { port1, port2 } = new MessageChannel();
      port1.postMessage(turns);
      receiveMessageOnPort(port2);
      port1.close();
      Atomics.notify(new Int32Array(new SharedArrayBuffer(4)), 0);
      for (let i = 0; i < aTurn - 5; i += 2) {
        const lock = own[i % own.length];
        probe.record(ACQUIRED, lock, 1);
        probe.record(RELEASE, lock, 0);
      }
      counts[index] += aTurn;
    }
    setTimeout(turn, TURN_MS / 2);
  };
  turn();
}

/** Two idle threads for a while: the share of a core that the process takes, and its memory. */
import { Worker } from 'node:worker_threads';

const SETTLE_MS = 1500;
const MEASURED_MS = 5000;

const workers = [1, 2].map(() => new Worker('setInterval(() => {}, 1e6)', { eval: true }));
setTimeout(() => {
  const before = process.cpuUsage();
  setTimeout(() => {
    const { user, system } = process.cpuUsage(before);
    const result = { share: (user + system) / 1000 / MEASURED_MS, rss: process.memoryUsage().rss };
    process.stdout.write(JSON.stringify(result));
    for (const worker of workers) void worker.terminate();
  }, MEASURED_MS);
}, SETTLE_MS);

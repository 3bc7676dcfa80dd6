/**
 * The better FileGetter: not a thread for each file, but three workers for all of them. Jobs come in one queue, results go
 * into another; there are never more than three getters, and each is used again.
 *
 * Picture: three lanes from the beginning to the end, in their event loops while the network works, running in between.
 * Main is in its event loop and awaits the results.
 * Verdict: nothing to report.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isMainThread } from 'node:worker_threads';
import { print, Queue, Thread, threadFunction } from 'threadlanes';

interface Result {
  readonly file: string;
  readonly length: number;
}

export const getFiles = threadFunction(
  import.meta.url,
  'getFiles',
  async (jobs: Queue<string | null>, results: Queue<Result>) => {
    for (let file = jobs.get(); file !== null; file = jobs.get()) {
      const response = await fetch(file);
      results.put({ file, length: (await response.text()).length });
    }
  },
);

if (isMainThread) {
  const server = createServer((request, response) => {
    setTimeout(() => response.end(`this is ${request.url}`), 30);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const files = [1, 2, 3, 4, 5, 6, 7, 8].map((number) => `http://127.0.0.1:${port}/file${number}`);

  const jobs = new Queue<string | null>();
  const results = new Queue<Result>();
  const workers = [1, 2, 3].map((number) => new Thread(getFiles, [jobs, results], { name: `getter ${number}` }));
  for (const worker of workers) worker.start();
  for (const file of files) jobs.put(file);
  workers.forEach(() => jobs.put(null));

  let length = 0;
  for (let got = 0; got < files.length; got++) length += (await results.getAsync()).length;
  for (const worker of workers) await worker.joinAsync();
  print(`all files together have ${length} characters`);
  server.close();
  server.closeAllConnections();
}

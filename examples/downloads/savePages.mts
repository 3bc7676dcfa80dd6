/**
 * Downloading pages and saving them: three downloaders take addresses from one queue and put pages into another, three
 * savers take the pages and write all of them into one file, which a lock guards. The pages come from a small server in
 * main, whose event loop must turn: main awaits, it never blocks.
 *
 * Picture: the downloaders spend their time in their event loops, waiting for the network. The savers wait in get, and now
 * and then hold `file` for a moment. Main is in its event loop, too, and answers.
 * Verdict: nothing to report.
 */
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { Lock, print, Queue, Thread, threadFunction } from 'threadlanes';

export const download = threadFunction(
  import.meta.url,
  'download',
  async (addresses: Queue<string | null>, pages: Queue<string | null>) => {
    for (let address = addresses.get(); address !== null; address = addresses.get()) {
      const response = await fetch(address);
      pages.put(await response.text());
    }
  },
);

export const save = threadFunction(import.meta.url, 'save', (pages: Queue<string | null>, path: string, file: Lock) => {
  for (let page = pages.get(); page !== null; page = pages.get()) {
    const line = `${page}\n`;
    file.with(() => appendFileSync(path, line));
  }
});

if (isMainThread) {
  const server = createServer((request, response) => {
    setTimeout(() => response.end(`the page ${request.url}`), 20);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;

  const folder = mkdtempSync(join(tmpdir(), 'pages-'));
  const path = join(folder, 'pages.txt');
  const addresses = new Queue<string | null>();
  const pages = new Queue<string | null>();
  const file = new Lock();
  const three = [1, 2, 3];
  const downloaders = three.map((n) => new Thread(download, [addresses, pages], { name: `downloader ${n}` }));
  const savers = three.map((n) => new Thread(save, [pages, path, file], { name: `saver ${n}` }));
  for (const thread of [...downloaders, ...savers]) thread.start();

  for (let number = 1; number <= 9; number++) addresses.put(`http://127.0.0.1:${port}/${number}`);
  downloaders.forEach(() => addresses.put(null));
  for (const downloader of downloaders) await downloader.joinAsync();
  // Only now is it sure that no page comes any more.
  savers.forEach(() => pages.put(null));
  for (const saver of savers) await saver.joinAsync();

  print(`${readFileSync(path, 'utf8').trim().split('\n').length} pages are saved`);
  rmSync(folder, { recursive: true });
  server.close();
  server.closeAllConnections();
}

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Transfer } from '../../src/model/intervals.js';
import { Model } from '../../src/model/model.js';
import { readTrace } from '../fixtures/readTrace.js';
import { Dictionary } from '../../src/trace/dictionary.js';
import type { EventBatch } from '../../src/trace/eventBatch.js';
import type { MarkerRecord, ObjectRecord, ThreadRecord } from '../../src/trace/records.js';
import type { ProgramFolder } from './recordedProgram.js';
import { withProgram } from './recordedProgram.js';

/** Reads a trace through the model, which matches broadcasts. */
class Told extends Dictionary {
  readonly transfers: Transfer[] = [];
  readonly model = new Model(this, [{ transfer: (transfer) => this.transfers.push(transfer) }]);

  override thread(record: ThreadRecord): void {
    super.thread(record);
    this.model.thread(record);
  }

  override object(record: ObjectRecord): void {
    super.object(record);
    this.model.object(record);
  }

  events(batch: EventBatch): void {
    this.model.events(batch);
  }

  marker(marker: MarkerRecord): void {
    this.model.marker(marker);
  }

  /** Where the thread began to listen to the named channel. */
  listenerLine(name: string, thread: number): number | undefined {
    const receiver = [...this.objects.values()].find((object) => object.name === name && object.to === thread);
    const stack = this.model.objects.get(receiver?.id ?? -1)?.port?.listener?.stack ?? -1;
    return this.sites[this.stacks[stack]?.[0] ?? -1]?.line;
  }

  /** `from→to @line of the post`, of messages on the named channel. */
  broadcasts(name: string): string[] {
    return this.transfers
      .filter(({ kind, object }) => kind === 'message' && this.objects.get(object)?.name === name)
      .map(({ fromThread, toThread, fromStack }) => {
        const line = this.sites[this.stacks[fromStack]?.[0] ?? -1]?.line;
        return `${fromThread}→${toThread} @${line}`;
      })
      .sort();
  }
}

async function told(folder: ProgramFolder): Promise<Told> {
  const plain = await folder.run('main.cjs', { record: false });
  const outcome = await folder.run('main.cjs');
  assert.deepEqual(outcome, plain);
  const reader = new Told();
  await readTrace(readFileSync(folder.traceFiles()[0] as string), reader);
  return reader;
}

const wt = `const { Worker, isMainThread, parentPort, BroadcastChannel: Channel, receiveMessageOnPort, threadId } = require('node:worker_threads');`;

describe('recorder: broadcast channels', () => {
  it('matches each receiver to the sender, in both directions', () =>
    withProgram(
      {
        'main.cjs': `${wt}
          const channel = new BroadcastChannel('news');
          if (isMainThread) {
            let ready = 0, said = 0;
            channel.onmessage = ({ data }) => {
              if (data.ready && ++ready === 2) channel.postMessage({ go: true });
              if (data.said && ++said === 2) channel.close();
            };
            new Worker(__filename); new Worker(__filename);
          } else {
            channel.addEventListener('message', ({ data }) => {
              if (!data.go) return;
              channel.postMessage({ said: threadId });
              channel.close();
            });
            channel.postMessage({ ready: threadId });
          }`,
      },
      async (folder) => {
        const reader = await told(folder);
        const got = reader.broadcasts('news');
        assert.equal(reader.listenerLine('news', 0), 5);
        assert.equal(reader.listenerLine('news', 1), 11);
        assert.deepEqual(
          got.filter((way) => way.includes('→0')),
          ['1→0 @13', '1→0 @16', '2→0 @13', '2→0 @16'],
        );
        assert.deepEqual(
          got.filter((way) => way.startsWith('0→')),
          ['0→1 @6', '0→2 @6'],
        );
      },
    ));

  it('tells senders apart that post at the same time', () =>
    withProgram(
      {
        'main.cjs': `${wt}
          const channel = new Channel('crowd');
          const posted = 40;
          if (isMainThread) {
            const from = [];
            channel.onmessage = ({ data }) => {
              if (data.sender === undefined) return;
              from.push(data.sender);
              if (from.length === 3 * posted) { channel.close(); }
              require('node:fs').appendFileSync('order.txt', data.sender + ' ');
            };
            for (let i = 0; i < 3; i++) new Worker(__filename);
          } else {
            channel.postMessage({ ready: true });
            for (let i = 0; i < posted; i++) channel.postMessage({ sender: threadId, i });
            channel.close();
          }`,
      },
      async (folder) => {
        await folder.run('main.cjs');
        const reader = new Told();
        await readTrace(readFileSync(folder.traceFiles()[0] as string), reader);
        const truth = readFileSync(join(folder.path, 'order.txt'), 'utf8').trim().split(' ').map(Number);
        const sent = reader.transfers.filter(
          ({ kind, object, toThread, fromStack }) =>
            kind === 'message' &&
            toThread === 0 &&
            reader.objects.get(object)?.name === 'crowd' &&
            reader.sites[reader.stacks[fromStack]?.[0] ?? -1]?.line === 15,
        );
        assert.deepEqual(
          sent.map(({ fromThread }) => fromThread),
          truth,
        );
        assert.equal(truth.length, 120);
      },
    ));

  it('names nobody where two senders say the same at once, and both again afterwards', () =>
    withProgram(
      {
        'main.cjs': `${wt}
          const word = new Int32Array(new SharedArrayBuffer(4));
          const ear = new Channel('same'), one = new BroadcastChannel('same'), two = new BroadcastChannel('same');
          new Worker('', { eval: true }).on('exit', () => {
            one.postMessage('tick');
            two.postMessage('tick');
            one.close();
            setTimeout(() => {
              two.postMessage('tick');
              two.close();
              setTimeout(() => ear.close(), 20);
            }, 50);
          });
          let n = 0;
          ear.onmessage = ({ data }) => console.log(data, ++n);`,
      },
      async (folder) => {
        const reader = await told(folder);
        const ear = [...reader.objects.values()].find(({ name, to }) => name === 'same' && to === 0);
        assert.ok(ear);
        // All three instances are in one thread: nothing is told as a transfer between threads, so the model is asked.
        const port = reader.model.objects.get(ear.id)?.port;
        assert.deepEqual([port?.received, port?.undelivered.size, port?.isClosed], [3, 0, true]);
      },
    ));

  it('counts from before the program had threads, and takes messages without listeners and by hand', () =>
    withProgram(
      {
        'main.cjs': `${wt}
          if (!isMainThread) {
            const channel = new Channel('early');
            channel.postMessage('from the worker');
            channel.close();
            return;
          }
          const ear = new Channel('early'), mouth = new Channel('early');
          mouth.postMessage('before');
          mouth.postMessage('before');
          const w = new Worker(__filename);
          mouth.postMessage('after');
          console.log(receiveMessageOnPort(ear), receiveMessageOnPort(ear), receiveMessageOnPort(ear));
          let n = 0;
          ear.onmessage = mouth.onmessage = () => { if (++n === 2) { ear.close(); mouth.close(); } };`,
      },
      async (folder) => {
        const reader = await told(folder);
        assert.deepEqual(reader.broadcasts('early'), ['1→0 @4', '1→0 @4']);
      },
    ));

  it('what cannot be posted is not sent, and closed channels throw as they do', () =>
    withProgram(
      {
        'main.cjs': `${wt}
          const channel = new Channel('odd');
          if (isMainThread) {
            new Worker(__filename);
            channel.onmessage = ({ data }) => { console.log(data); channel.close(); try { channel.postMessage(1); } catch (e) { console.log(e.name, e.message); } };
          } else {
            try { channel.postMessage(() => {}); } catch (e) { channel.postMessage({ error: e.message, is: e instanceof DOMException }); }
            channel.close();
          }`,
      },
      async (folder) => {
        const reader = await told(folder);
        assert.deepEqual(reader.broadcasts('odd'), ['1→0 @7']);
      },
    ));
});

/** The index in a worker thread of Node: messages in and out through the parent's port, tiles transferred. */
import { fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { HostToView, Routed, ViewToHost } from '../protocol/messages.js';
import type { ByteSource } from '../trace/byteSource.js';
import { Index } from './core.js';

/** What the worker is started with. */
export interface NodeWorkerData {
  readonly file: string;
  /** The folder that the trace's paths are relative to, when it is not the one that the trace names. */
  readonly root?: string;
  /** The program is running: an empty or missing file is about to be written. */
  readonly live?: boolean;
}

/** A recorder with nothing to say still writes a marker every 30 s at least. */
const SILENCE_MS = 45_000;

function serve({ file, root, live = false }: NodeWorkerData, parent: NonNullable<typeof parentPort>): void {
  const source = new FileSource(file);
  const index: Index = new Index({
    file,
    source,
    readText: (path) => readText(path, root ?? index.root),
    isBeingWritten: () => source.isBeingWritten(live),
    clock: () => performance.now(),
    send: (view, message) => {
      const routed: Routed<HostToView> = { view, message };
      parent.postMessage(routed, message.type === 'tile' ? [message.buffer] : []);
    },
  });
  parent.on('message', ({ view, message }: Routed<ViewToHost>) => index.answer(view, message));
  void index.run();
}

/** A file that may not be there yet, and may grow. Reads at once: this thread has nothing else to do. */
class FileSource implements ByteSource {
  private descriptor: number | null = null;

  constructor(private readonly file: string) {}

  size(): number {
    this.descriptor ??= openSync(this.file, 'r');
    return fstatSync(this.descriptor).size;
  }

  read(offset: number, length: number): Uint8Array {
    this.descriptor ??= openSync(this.file, 'r');
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, readSync(this.descriptor, bytes, 0, length, offset));
  }

  /** By the time of its last write. */
  isBeingWritten(isAwaited: boolean): boolean {
    if (this.descriptor === null) return isAwaited;
    const { size, mtimeMs } = fstatSync(this.descriptor);
    return (isAwaited && size === 0) || Date.now() - mtimeMs < SILENCE_MS;
  }
}

function readText(path: string, root: string): string | null {
  try {
    const address = path.startsWith('file:') ? fileURLToPath(path) : path;
    return readFileSync(isAbsolute(address) ? address : join(root, address), 'utf8');
  } catch {
    return null;
  }
}

const port = parentPort;
if (port) serve(workerData as NodeWorkerData, port);

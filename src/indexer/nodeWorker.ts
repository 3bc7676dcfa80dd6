/** The index in a worker thread of Node: messages in and out through the parent's port, tiles transferred. */
import { closeSync, fstatSync, openSync, readFileSync, readSync, type Stats } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { HostToView, Routed, ViewToHost } from '../protocol/messages.js';
import type { ByteSource } from '../trace/byteSource.js';
import { SegmentRow, type SegmentFile } from '../trace/segmentRow.js';
import { Index } from './core.js';
import { Writer } from './writer.js';

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
/** A process that is gone may have had somebody who wrote its end right after it. */
const AFTERMATH_MS = 2_000;

function serve({ file, root, live = false }: NodeWorkerData, parent: NonNullable<typeof parentPort>): void {
  const source = new FileSource(file);
  const index: Index = new Index({
    file,
    source,
    readText: (path) => readText(path, root ?? index.root),
    isBeingWritten: () => source.isBeingWritten(live, index.pid),
    clock: () => performance.now(),
    send: (view, message) => {
      const routed: Routed<HostToView> = { view, message };
      parent.postMessage(routed, message.type === 'tile' ? [message.buffer] : []);
    },
  });
  parent.on('message', ({ view, message }: Routed<ViewToHost>) => index.answer(view, message));
  void index.run();
}

/** A trace that may not be there yet, and may grow. Reads at once: this thread has nothing else to do. */
class FileSource implements ByteSource {
  private row: SegmentRow | null = null;
  private readonly writer = new Writer(isProcess);

  constructor(private readonly file: string) {}

  size(): number {
    return this.opened().size();
  }

  read(offset: number, length: number): Uint8Array {
    return this.opened().read(offset, length);
  }

  /** By the time of its last write, and whether its writer is still there. */
  isBeingWritten(isAwaited: boolean, pid: number | null): boolean {
    if (this.row === null) return isAwaited;
    const { size, mtimeMs } = (this.row.newest as OpenFile).state();
    if (isAwaited && size === 0) return true;
    const silence = Date.now() - mtimeMs;
    const isGone = pid !== null && this.writer.isGone(pid, mtimeMs);
    return silence < (isGone ? AFTERMATH_MS : SILENCE_MS);
  }

  private opened(): SegmentRow {
    return (this.row ??= new SegmentRow(this.file, (path) => new OpenFile(path)));
  }
}

class OpenFile implements SegmentFile {
  private readonly descriptor: number;

  constructor(path: string) {
    this.descriptor = openSync(path, 'r');
  }

  state(): Stats {
    return fstatSync(this.descriptor);
  }

  size(): number {
    return this.state().size;
  }

  read(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, readSync(this.descriptor, bytes, 0, length, offset));
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

function isProcess(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It is somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
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

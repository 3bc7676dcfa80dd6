/** A trace that a person names on the command line: a file, or `-` for standard input. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { memorySource, type ByteSource } from '../trace/byteSource.js';
import { openTrace, type ReadProgress } from '../trace/openTrace.js';
import { SegmentRow, type SegmentFile } from '../trace/segmentRow.js';
import type { TraceVisitor } from '../trace/visitor.js';
import { CommandFailure } from './commandFailure.js';
import { EXIT } from './exitCodes.js';
import { Progress } from './progress.js';

/** Between two pieces the output can drain and progress be told. */
const PIECE_BYTES = 1 << 20;

const reasonOf: Readonly<Record<string, string>> = {
  ENOENT: 'There is no such file.',
  EACCES: 'The file may not be read.',
  EISDIR: 'It is a folder, not a trace.',
};

interface Input {
  readonly source: ByteSource;
  readonly close: () => void;
}

/** A trace that cannot be read: its message is a sentence that names it, its reason one that does not. */
export class UnreadableTrace extends CommandFailure {
  constructor(
    readonly file: string,
    readonly reason: string,
  ) {
    super(`${nameOf(file)}: ${reason}`, EXIT.unreadable);
  }
}

/** How messages name it. */
export function nameOf(file: string): string {
  return file === '-' ? 'standard input' : file;
}

/**
 * Reads all that is there into a visitor; of a growing file, what is complete by now. Throws {@link UnreadableTrace}.
 * @param afterPiece called between pieces; reading goes on when it resolves
 */
export async function readTrace(
  file: string,
  visitor: TraceVisitor,
  afterPiece?: () => Promise<void>,
): Promise<ReadProgress> {
  const { source, close } = await openInput(file);
  const progress = new Progress(`reading ${nameOf(file)}`);
  try {
    const opened = await openTrace(source, visitor);
    if (!opened.ok) throw new UnreadableTrace(file, opened.message);
    for (;;) {
      const read = await opened.value.read(PIECE_BYTES);
      if (!read.ok) throw new UnreadableTrace(file, read.message);
      await afterPiece?.();
      if (read.value.atEnd) return read.value;
      progress.tell(read.value.bytesRead / (await source.size()));
    }
  } finally {
    progress.clear();
    close();
  }
}

async function openInput(file: string): Promise<Input> {
  if (file === '-') return { source: memorySource(await readStandardInput()), close: () => undefined };
  try {
    const row = new SegmentRow(file, openSegment);
    return { source: row, close: () => row.close() };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // Node adds the call and the path, which is said already.
    throw new UnreadableTrace(file, reasonOf[code ?? ''] ?? `${message.replace(/, \w+(?: '.*')?$/s, '')}.`);
  }
}

/** Throws what the file system says, also for a folder. */
function openSegment(path: string): SegmentFile {
  const descriptor = openSync(path, 'r');
  if (!fstatSync(descriptor).isDirectory()) return { ...fileSource(descriptor), close: () => closeSync(descriptor) };
  closeSync(descriptor);
  throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' });
}

async function readStandardInput(): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of process.stdin) pieces.push(piece as Uint8Array);
  return Buffer.concat(pieces);
}

/** An open file, which may grow. */
export function fileSource(descriptor: number): Omit<SegmentFile, 'close'> {
  return {
    size: () => fstatSync(descriptor).size,
    read: (offset, length) => {
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, readSync(descriptor, bytes, 0, length, offset));
    },
  };
}

/** Where bytes come from: a file, a blob, standard input, a remote file. */
export interface ByteSource {
  /** Bytes available now; a growing source answers more later. */
  size(): number | Promise<number>;
  /** May answer fewer bytes than asked at the end, never more. */
  read(offset: number, length: number): Uint8Array | Promise<Uint8Array>;
}

/** Bytes that are already in memory. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    size: () => bytes.byteLength,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  };
}

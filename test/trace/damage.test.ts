import assert from 'node:assert/strict';
import type { ByteSource } from '../../src/trace/byteSource.js';
import { memorySource } from '../../src/trace/byteSource.js';
import { crc32c } from '../../src/base/crc32c.js';
import { openTrace } from '../../src/trace/openTrace.js';
import { readTrace } from '../fixtures/readTrace.js';
import { ReadableTrace } from './readableTrace.js';
import { encoded, joined, writeSample } from './sampleTrace.js';

const chunks = encoded(writeSample);
const whole = joined(chunks);
/** Where each chunk ends. */
const ends = chunks.map((_, i) => joined(chunks.slice(0, i + 1)).length);

async function readable(bytes: Uint8Array): Promise<{ trace: ReadableTrace; torn: boolean; ended: boolean }> {
  const trace = new ReadableTrace();
  const { torn, ended } = await readTrace(bytes, trace);
  return { trace, torn, ended };
}

async function refusal(bytes: Uint8Array): Promise<string> {
  const opened = await openTrace(memorySource(bytes), {});
  assert.equal(opened.ok, false);
  return opened.ok ? '' : opened.message;
}

describe('a damaged trace', () => {
  it('opens up to its last whole chunk wherever it is cut', async () => {
    for (let length = ends[0] as number; length <= whole.length; length++) {
      const wholeChunks = ends.filter((end) => end <= length).length;
      const { trace, torn } = await readable(whole.slice(0, length));
      const expected = await readable(joined(chunks.slice(0, wholeChunks)));
      assert.deepEqual(trace.records, expected.trace.records, `cut at ${length}`);
      assert.deepEqual(trace.damages, [], `cut at ${length}`);
      assert.equal(torn, length !== ends[wholeChunks - 1], `cut at ${length}`);
    }
  });

  it('is refused with one sentence when it is cut within its header', async () => {
    assert.match(await refusal(new Uint8Array(0)), /^The file is empty/);
    for (let length = 1; length < (ends[0] as number); length++) {
      assert.match(await refusal(whole.slice(0, length)), /^The file ends within its first bytes/);
    }
  });

  it('tells every flipped bit and gives the other chunks', async () => {
    const sound = await readable(whole);
    for (let at = 8; at < whole.length; at++) {
      const bytes = whole.slice();
      bytes[at] = (bytes[at] as number) ^ (1 << (at % 8));
      if (at >= 8 && at < 20) {
        const opened = await openTrace(memorySource(bytes), {});
        if (!opened.ok) continue;
      }
      const { trace, torn } = await readable(bytes);
      assert.ok(trace.damages.length > 0 || torn, `bit at ${at} was not noticed`);
      const hasLostEnd = at >= (ends.at(-2) as number);
      assert.equal(
        trace.records.some((record) => 'marker' in (record as object)),
        true,
      );
      if (!hasLostEnd) {
        assert.deepEqual(trace.records.at(-1), sound.trace.records.at(-1), `bit at ${at}`);
        assert.match(trace.damages[0] ?? '', /damaged/);
      }
    }
  });

  it('names the offset of what it skipped', async () => {
    const bytes = whole.slice();
    const from = ends[0] as number;
    bytes[from + 45] = (bytes[from + 45] as number) ^ 1;
    const { trace } = await readable(bytes);
    assert.equal(trace.damages[0], `The bytes from offset ${from} to ${ends[1]} are damaged and were skipped.`);
  });

  it('keeps events whose object and call sites were lost, and counts those whose operation was', async () => {
    const sound = await readable(whole);
    for (let lost = 1; lost < chunks.length; lost++) {
      const { trace } = await readable(joined(chunks.filter((_, i) => i !== lost)));
      for (const event of trace.eventList as { thread: number; object: number; t: number }[]) {
        const original = (sound.trace.eventList as (typeof event)[]).filter(({ t }) => t === event.t);
        assert.ok(original.some(({ object, thread }) => object === event.object && thread === event.thread));
      }
    }
    const { trace } = await readable(joined([chunks[0] as Uint8Array, ...chunks.slice(2)]));
    assert.ok(trace.damages.some((message) => /^\d+ events refer to/.test(message)));
  });

  it('finds the end that was put behind a torn chunk', async () => {
    const last = chunks.at(-1) as Uint8Array;
    const start = joined(chunks.slice(0, 2));
    for (const whole of chunks.slice(1, -1)) {
      for (const length of [whole.length - 1, 45, 20]) {
        const { trace, ended } = await readable(joined([start, whole.slice(0, length), last]));
        assert.equal(ended, true);
        assert.match(trace.damages[0] ?? '', new RegExp(`offset ${start.length} `));
      }
    }
  });

  it('names the version of a newer file', async () => {
    const bytes = whole.slice();
    bytes[8] = 9;
    assert.match(await refusal(bytes), /format version 9, this Threadlanes reads up to 1/);
    assert.match(await refusal(Buffer.from('{"threadlanes":9}\n')), /format version 9/);
  });

  it('is not taken for a trace when it is none', async () => {
    for (const text of ['hello', '{"a":1}\n', '[1]', '{"threadlane', 'PK\u0003\u0004', '{}']) {
      assert.match(await refusal(Buffer.from(text)), /is not a Threadlanes trace|ends within its first bytes/);
    }
    assert.match(await refusal(Buffer.alloc(3 << 20, '{')), /is not a Threadlanes trace/);
  });

  it('withstands forged lengths, counts and ids', async () => {
    let state = 1;
    const random = (below: number): number => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      return (state >>> 8) % below;
    };
    for (let round = 0; round < 1500; round++) {
      const forged = chunks.map((chunk) => chunk.slice());
      const victim = forged[1 + random(forged.length - 1)] as Uint8Array;
      const values = [0, 0x7f, 0x80, 0xff, random(256)];
      for (let n = 0; n <= random(4); n++) {
        // The fields of the header after its magic, or any byte of the payload.
        const at = random(3) === 0 ? 4 + random(28) : 40 + random(Math.max(1, victim.length - 40));
        if (at < victim.length) victim[at] = values[random(values.length)] as number;
      }
      sign(victim);
      const { trace } = await readable(joined(forged));
      assert.ok(trace.records.length < 200);
      assert.ok(trace.dictionary.strings.length <= whole.length + 50);
    }
  });

  it('tells a chunk that says what cannot be', async () => {
    const forged = chunks.map((chunk) => chunk.slice());
    const events = forged.find((chunk, i) => i > 0 && chunk[8] === 2) as Uint8Array;
    events[12] = 200;
    sign(events);
    const { trace } = await readable(joined(forged));
    assert.match(trace.damages[0] ?? '', /^The chunk at byte \d+ says what cannot be/);
  });
});

/** Gives a forged chunk checksums that fit. */
function sign(chunk: Uint8Array): void {
  const view = new DataView(chunk.buffer, chunk.byteOffset);
  view.setUint32(32, crc32c(chunk.subarray(0, 32)), true);
  view.setUint32(36, crc32c(chunk.subarray(40)), true);
}

describe('a growing trace', () => {
  it('gives the same, whatever the pieces it grows by', async () => {
    for (const piece of [1, 7, 64, 1000]) {
      let size = ends[0] as number;
      const source: ByteSource = { size: () => size, read: (offset, length) => whole.slice(offset, offset + length) };
      const trace = new ReadableTrace();
      const opened = await openTrace(source, trace);
      assert.ok(opened.ok);
      let ended = false;
      for (; ; size = Math.min(whole.length, size + piece)) {
        const progress = await opened.value.read();
        assert.ok(progress.ok && progress.value.atEnd);
        ended = progress.value.ended;
        if (size === whole.length) break;
      }
      assert.equal(ended, true);
      assert.deepEqual(trace.records, (await readable(whole)).trace.records);
      assert.deepEqual(trace.damages, []);
    }
  });

  it('reads in steps', async () => {
    const trace = new ReadableTrace();
    const opened = await openTrace(memorySource(whole), trace);
    assert.ok(opened.ok);
    let steps = 0;
    for (let atEnd = false; !atEnd; steps++) {
      const progress = await opened.value.read(1);
      assert.ok(progress.ok);
      atEnd = progress.value.atEnd;
    }
    assert.equal(steps, chunks.length);
    assert.deepEqual(trace.records, (await readable(whole)).trace.records);
  });

  it('says so when its source fails', async () => {
    const source: ByteSource = {
      size: () => whole.length + 9,
      read: (offset, length) => {
        if (offset > 0) throw new Error('the disk is gone');
        return whole.slice(offset, offset + length);
      },
    };
    const opened = await openTrace(source, {});
    assert.ok(opened.ok);
    const progress = await opened.value.read();
    assert.equal(!progress.ok && /the disk is gone/.test(progress.message), true);
  });
});

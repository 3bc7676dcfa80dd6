import assert from 'node:assert/strict';
import fc from 'fast-check';
import { stuckFindings } from '../../src/analysis/deadlocks.js';
import type { Naming } from '../../src/analysis/naming.js';
import { nanos } from '../../src/base/brand.js';
import { feed } from '../../src/model/feed.js';
import { forgetPast } from '../../src/model/forget.js';
import { Model } from '../../src/model/model.js';
import type { Uses } from '../../src/model/objectModel.js';
import { snapshotEvents, snapshotMarkers } from '../../src/model/snapshot.js';
import { SourceNaming } from '../../src/sources/sourceNaming.js';
import { Dictionary } from '../../src/trace/dictionary.js';
import { sliceBatch } from '../../src/trace/eventBatch.js';
import { randomProgram, type RandomProgram } from './randomProgram.js';

interface Read {
  readonly model: Model;
  readonly naming: Naming;
  readonly visitor: ReturnType<typeof feed>;
}

function begun({ threads, objects }: RandomProgram): Read {
  const dictionary = new Dictionary();
  const model = new Model(dictionary);
  const visitor = feed(dictionary, model);
  for (const record of threads) visitor.thread(record);
  for (const record of objects) visitor.object(record);
  return { model, visitor, naming: new SourceNaming(dictionary, () => null) };
}

/** What a person is told, and what it is made of. */
function judged({ model, naming }: Read, now: number): unknown {
  return {
    findings: stuckFindings(model, naming, nanos(now)),
    waits: [...model.threads.values()]
      .filter(({ wait }) => wait !== null)
      .map(({ id, wait }) => [id, wait?.op, wait?.object, wait?.since, wait?.timeoutMs, wait?.arg])
      .sort(),
    holds: [...model.threads.values()]
      .flatMap(({ id, holds }) => holds.map(({ lock, since, bounded }) => [id, lock, since, bounded]))
      .sort(),
    requests: [...model.threads.values()]
      .map(({ id, requests, asyncWaits, endingAsync }) => [
        id,
        [...requests.values()].map(({ number, lock, outer, wait, hold }) => [
          [
            number,
            lock,
            outer && requests.has(outer.number) ? outer.number : 0,
            wait?.since ?? null,
            hold?.since ?? null,
          ],
        ]),
        [...asyncWaits]
          .map(([key, waits]) => [key, waits.map(({ op, since, timeoutMs }) => [op, since, timeoutMs])])
          .sort(),
        endingAsync?.since,
      ])
      .sort(),
    depths: [...model.objects.values()].map(({ id, lock }) => [id, lock?.hold ? lock.depth : 0]).sort(),
    threads: [...model.threads.values()]
      .map(({ id, state, isTraced, lastTime, loopResources, exitCode }) => {
        return [id, state, isTraced, lastTime, loopResources, exitCode];
      })
      .sort(),
    items: [...model.objects.values()].map(({ id, queue }) => [id, [...(queue?.items.keys() ?? [])]]).sort(),
    messages: [...model.objects.values()]
      .map(({ id, port }) => [id, [...(port?.undelivered.keys() ?? [])], port?.isListened, port?.passedBy, port?.to])
      .sort(),
    set: [...model.objects.values()]
      .map(({ id, isSet, pendingWakes, permits }) => [id, isSet, pendingWakes, permits])
      .sort(),
    // What findings of a later time depend on.
    memory: [...model.objects.values()]
      .map(({ id, longestWaitNs, lock, queue, port, provides }) => [
        [id, longestWaitNs, (lock?.ownReleases ?? 0) > 0, lock?.foreignRelease?.t, queue?.isClosed],
        port?.isClosed === true ? 'closed' : [port?.listener?.t, (port?.received ?? 0) > 0],
        [provides, queue?.puts, queue?.gets].map((uses) => lastOf(uses)),
      ])
      .sort(),
    lastWaits: [...model.threads.values()].map(({ id, lastDone }) => [id, lastDone?.since, lastDone?.until]).sort(),
  };
}

function lastOf(uses: Uses | undefined): unknown {
  return [...(uses?.values() ?? [])].map(({ thread, count, last }) => [thread, count > 0, last]).sort();
}

/** The model of a reader that begins at a cut, and goes on from there. */
function continued(program: RandomProgram, cuts: readonly number[]): Read {
  const { events } = program;
  let read = begun(program);
  let from = 0;
  const retold = [...program.retold];
  for (const cut of [...cuts, events.length]) {
    for (let next = retold[0]; next !== undefined && next.at < cut; next = retold[0]) {
      read.model.events(sliceBatch(events, from, next.at));
      from = next.at;
      read.visitor.object(next.record);
      retold.shift();
    }
    read.model.events(sliceBatch(events, from, cut));
    from = cut;
    if (cut === events.length) break;
    const next = begun(program);
    for (const record of read.model.dictionary.objects.values()) next.visitor.object(record);
    next.model.events(snapshotEvents(read.model));
    for (const marker of snapshotMarkers(read.model)) next.model.marker(marker);
    read = next;
  }
  return read;
}

describe('snapshot', () => {
  it('goes on as the whole trace does, wherever segments begin', () => {
    let stuck = 0;
    fc.assert(
      fc.property(randomProgram, fc.array(fc.nat(1000), { maxLength: 3 }), (program, places) => {
        const { events } = program;
        const now = (events.t[events.length - 1] as number) + 20e9;
        const cuts = places.map((place) => place % (events.length + 1)).sort((a, b) => a - b);
        const whole = continued(program, []);
        stuck += stuckFindings(whole.model, whole.naming, nanos(now)).length;
        assert.deepEqual(judged(continued(program, cuts), now), judged(whole, now));
      }),
      { numRuns: 400, seed: 1 },
    );
    assert.ok(stuck > 20, `${stuck} findings`);
  });

  it('forgets what ended and what nobody uses, and says the same of what is left', () => {
    fc.assert(
      fc.property(randomProgram, (program) => {
        const now = (program.events.t[program.events.length - 1] as number) + 20e9;
        const whole = continued(program, []);
        const before = stuckFindings(whole.model, whole.naming, nanos(now));
        forgetPast(whole.model, ({ id }) => id % 2 === 0);
        // A lock that its owner left behind is no idle object.
        assert.deepEqual(stuckFindings(whole.model, whole.naming, nanos(now)).length, before.length);
      }),
      { numRuns: 100, seed: 2 },
    );
  });

  it('is small when little is open', () => {
    const program = { threads: [], objects: [], retold: [], events: snapshotEvents(new Model(new Dictionary())) };
    assert.equal(continued(program, [0]).model.threads.size, 0);
  });
});

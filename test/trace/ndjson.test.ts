import assert from 'node:assert/strict';
import { nanosOfMillis, millisText, positionOf, positionText } from '../../src/trace/ndjsonNotation.js';
import { NdjsonWriter } from '../../src/trace/ndjson.js';
import { memorySource } from '../../src/trace/byteSource.js';
import { openTrace } from '../../src/trace/openTrace.js';
import { readTrace } from '../fixtures/readTrace.js';
import { ReadableTrace } from './readableTrace.js';
import { encoded, joined, writeSample } from './sampleTrace.js';

async function readable(text: string): Promise<ReadableTrace> {
  const trace = new ReadableTrace();
  await readTrace(text, trace);
  return trace;
}

const sampleText = `
{"threadlanes":1,"run":"r1","pid":42,"program":"app.js","root":"/w","origin":1764000000123.4568,"node":"20.20.2","platform":"linux"}
{"file":"src/store.ts","hash":"0123456789abcdef","map":"inline"}
{"file":"src/odd:1:2 name.ts","functions":[{"class":"Mutex","name":"acquire","at":[4,3],"calls":[["compareExchange",5,20,"words#0",[0,1],5],["wait",6,7,"words#0",[1,null,-0.5],2],["",9,1,"other.acquire",[],0]]},{"class":null,"name":null,"at":[1,1],"thin":true,"calls":[]}]}
{"thread":0,"parent":null,"t":0,"file":"app.js"}
{"thread":2,"name":"writer","parent":0,"t":3.1,"file":"src/writer.js","library":true}
{"object":7,"kind":"lock","name":"cache","th":0,"at":["src/odd:1:2 name.ts",10,3,null]}
{"object":8,"kind":"port","th":0,"from":0,"to":2}
{"object":9,"kind":"word","th":2,"buffer":1,"offset":8}
{"t":12.402,"th":0,"op":"port.post","o":8,"arg":123456,"at":["src/odd:1:2 name.ts",10,3,null]}
{"t":12.402113,"th":2,"op":"lock.acquire","o":7,"arg":"shared","timeout":null,"at":"src/store.ts:48:9 save","stack":[["src/odd:1:2 name.ts",10,3,null]],"sampled":true}
{"t":12.402113,"th":0,"op":"mark","arg":"warm-up"}
{"t":12.5,"th":2,"op":"lock.acquired","o":7,"arg":1,"mode":"shared","at":"src/store.ts:48:9 save","stack":[["src/odd:1:2 name.ts",10,3,null]]}
{"t":14,"complete":true}
{"t":15,"th":0,"op":4660,"o":77,"arg":"-0","extra":-77}
{"t":15.5,"th":2,"drop":3}
{"t":15.500001,"th":2,"fullNs":1234}
{"t":15.6,"th":0,"recorderError":"no \\"site\\""}
{"t":16,"th":0,"op":"thread.end","o":0,"arg":0}
{"t":17,"deadlock":[0,2]}
{"t":20,"th":2,"op":"word.wait","o":9,"arg":-0.5,"timeout":250}
{"t":21,"complete":true}
{"t":22,"end":"killed","code":null,"signal":"SIGKILL"}
`.trim();

describe('a trace as text', () => {
  it('has these lines', async () => {
    const lines: string[] = [];
    await readTrace(joined(encoded(writeSample)), new NdjsonWriter((line) => lines.push(line)));
    assert.deepEqual(lines, sampleText.split('\n'));
  });

  it('may leave out what it does not need', async () => {
    const trace = await readable(`
      {"t":1,"th":1,"op":"lock.acquired","o":"cache"}
      {"t":2,"th":2,"op":"lock.acquire","o":"cache","at":"src/a.js:3"}
      {"t":3,"th":1,"op":"queue.put","o":"jobs","other":"unknown keys are ignored"}
      {"t":4,"th":1,"op":"thread.end"}`);
    assert.deepEqual(trace.damages, []);
    assert.deepEqual(
      trace.records.filter((record) => 'object' in (record as object)),
      [
        { object: { id: 1, kind: 'lock', name: 'cache', stack: null, thread: 1, capacity: null } },
        { object: { id: 2, kind: 'queue', name: 'jobs', stack: null, thread: 1, capacity: null } },
      ],
    );
    assert.equal(trace.records.filter((record) => 'thread' in (record as object)).length, 2);
    const events = trace.eventList as { t: number; object: number; extra: number; stack: unknown }[];
    assert.deepEqual(
      events.map(({ t, object, extra }) => [t, object, extra]),
      [
        [1e6, 1, 0],
        [2e6, 1, -1],
        [3e6, 2, -1],
        [4e6, 1, 0],
      ],
    );
    assert.equal((events[1]?.stack as { column: number }[])[0]?.column, 1);
  });

  it('declares an object by name before its first use', async () => {
    const trace = await readable('{"object":"gate","kind":"event"}\n{"t":1,"th":0,"op":"event.set","o":"gate"}');
    assert.deepEqual((trace.records[1] as { object: unknown }).object, {
      id: 1,
      kind: 'event',
      name: 'gate',
      stack: null,
      thread: 0,
      capacity: null,
    });
  });

  it('holds back what is not complete', async () => {
    const text = '{"threadlanes":1}\n{"t":1,"th":0,"op":"mark"}\n{"t":1,"complete":true}\n{"t":2,"th":0,"op":"mark"}\n';
    const trace = new ReadableTrace();
    const opened = await openTrace(memorySource(Buffer.from(text)), trace);
    assert.ok(opened.ok);
    await opened.value.read();
    assert.equal(trace.eventList.length, 1);
    opened.value.finish();
    assert.equal(trace.eventList.length, 2);
  });

  const badLines: readonly (readonly [line: string, problem: RegExp])[] = [
    ['{"t":1,', /is not JSON/],
    ['17', /no JSON object/],
    ['{"t":1}', /no record that this version knows/],
    ['{"t":-1,"th":0,"op":"mark"}', /"t" must be a time/],
    ['{"t":1,"th":"x","op":"mark"}', /"th" must be a whole number/],
    ['{"t":1,"th":0,"op":"lock.eat","o":1}', /no operation "lock.eat"/],
    ['{"t":1,"th":0,"op":"toString","o":1}', /no operation "toString"/],
    ['{"t":1,"th":0,"op":"lock.acquire"}', /lock.acquire needs "o"/],
    ['{"t":1,"th":0,"op":"lock.acquire","o":1,"arg":"blue"}', /"arg" is no value/],
    ['{"t":1,"th":0,"op":"lock.acquire","o":1,"timeout":1.5}', /"timeout" must be a whole number/],
    ['{"t":1,"th":0,"op":"mark","at":"nowhere"}', /"at" must be a position/],
    ['{"t":1,"th":0,"op":"thread.join","o":"x"}', /"o" must be a number/],
    ['{"object":1,"kind":"sock"}', /"kind" must be one of/],
    ['{"t":1,"end":"sudden"}', /"end" must be one of/],
    ['{"t":1,"deadlock":[-1]}', /"deadlock" must be a list/],
  ];
  for (const [line, problem] of badLines) {
    it(`skips ${line}`, async () => {
      const trace = await readable(`${line}\n{"t":5,"th":0,"op":"mark","arg":"after"}`);
      assert.equal(trace.damages.length, 1);
      assert.match(trace.damages[0] ?? '', /^Line 2 was skipped: /);
      assert.match(trace.damages[0] ?? '', problem);
      assert.equal(trace.eventList.length, 1);
    });
  }

  it('does not mix numbers and names', async () => {
    const trace = await readable('{"t":1,"th":0,"op":"event.set","o":"gate"}\n{"t":2,"th":0,"op":"event.set","o":1}');
    assert.match(trace.damages[0] ?? '', /the number 1 was given to the object "gate"/);
  });

  it('is torn within its last line', async () => {
    const progress = await readTrace('{"threadlanes":1}\n{"t":1,"th":0,"op":"mark"}\n{"t":2,"th":', {});
    assert.equal(progress.torn, true);
    assert.equal((await readTrace('{"threadlanes":1}\n{"t":1,"end":"clean"}', {})).torn, false);
  });
});

describe('notations', () => {
  it('keep every nanosecond', () => {
    for (const t of [0, 1, 999_999, 1_000_000, 12_402_113, 2 ** 51 + 1, 2 ** 53 - 1, 9_007_199_254_000_001]) {
      assert.equal(nanosOfMillis(JSON.parse(millisText(t))), t);
    }
  });

  it('keep every position', () => {
    for (const path of ['a.js', 'node:fs', 'file:///C:/x y.js', 'a:1:2', 'a:1:2 b', ''])
      for (const fn of [null, '', 'save', 'a:3:4 b', 'x\ny']) {
        const position = { path, line: 3, column: 4, fn };
        assert.deepEqual(positionOf(JSON.parse(positionText(position))), position);
      }
  });
});

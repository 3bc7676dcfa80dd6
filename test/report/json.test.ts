import assert from 'node:assert/strict';
import type { TraceEnd } from '../../src/analysis/finding.js';
import { formatCheckedJson, formatJson } from '../../src/report/json.js';
import { checkedRun } from './checkedRun.js';
import { deadlock, quiet } from './verdict.js';

type Json = Record<string, unknown>;
const parse = (text: string): Json & { trace: Json; findings: Json[] } => JSON.parse(text) as never;

describe('a verdict as JSON', () => {
  it('has the documented keys in their order, and no others', () => {
    const result = parse(formatJson({ ...quiet, findings: [deadlock] }));
    assert.deepEqual(Object.keys(result), ['version', 'trace', 'findings', 'incomplete']);
    assert.deepEqual(Object.keys(result.trace), ['file', 'events', 'threads', 'durationMs', 'end', 'dropped']);
    const [finding] = result.findings as [Json & { locations: [Json & { stack: [Json] }] }];
    assert.equal(
      Object.keys(finding).join(),
      'id,severity,grade,title,message,threads,objects,locations,cost,advice,fingerprint',
    );
    const [location] = finding.locations;
    assert.equal(Object.keys(location).join(), 'role,file,line,column,thread,object,timeMs,stack');
    assert.deepEqual(location.stack, [{ file: 'src/db.ts', line: 10, column: 3, function: null }]);
    assert.equal(location['timeMs'], 12402.1);
  });

  it('does not depend on the order in which keys were made', () => {
    const reversed = Object.fromEntries(Object.entries(deadlock).reverse()) as unknown as typeof deadlock;
    assert.equal(formatJson({ ...quiet, findings: [reversed] }), formatJson({ ...quiet, findings: [deadlock] }));
  });

  const ends: Readonly<Record<TraceEnd, string>> = {
    clean: 'clean',
    exit: 'exit',
    killed: 'killed',
    deadlock: 'killed',
    truncated: 'truncated',
    open: 'truncated',
  };
  for (const [end, word] of Object.entries(ends)) {
    it(`says ${word} for the end ${end}`, () => {
      const trace = { ...quiet.trace, end: end as TraceEnd };
      assert.equal(parse(formatJson({ ...quiet, trace })).trace['end'], word);
    });
  }

  it('is a list for several traces, those that cannot be read at its end with the same keys', () => {
    const results = JSON.parse(formatCheckedJson(checkedRun())) as (Json & { findings: Json[] })[];
    assert.deepEqual(
      results.map(({ trace, unreadable }) => [(trace as Json)['file'], unreadable]),
      [
        ['traces/a.lanes', undefined],
        ['traces/b.lanes', undefined],
        ['traces/c.lanes', undefined],
        ['traces/d.lanes', true],
      ],
    );
    const keys = results.map((result) => Object.keys(result).filter((key) => key !== 'unreadable'));
    for (const each of keys) assert.deepEqual(each, keys[0]);
  });

  it('says of a finding which traces have it, and why it does not count', () => {
    const [{ findings }] = JSON.parse(formatCheckedJson(checkedRun())) as [{ findings: Json[] }];
    assert.deepEqual(
      findings.map(({ id, traces, suppressed }) => [id, traces, suppressed]),
      [
        ['deadlock', ['traces/a.lanes', 'traces/b.lanes'], undefined],
        ['lock-order-inversion', ['traces/a.lanes'], { by: 'baseline', reason: 'It stands in the baseline.' }],
        ['contention', ['traces/a.lanes'], undefined],
      ],
    );
  });
});

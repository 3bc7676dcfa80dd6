import { Contention } from '../../src/analysis/contention.js';
import type { Finding } from '../../src/analysis/finding.js';
import { LockOrder } from '../../src/analysis/lockOrder.js';
import { Model } from '../../src/model/model.js';
import { SourceNaming } from '../../src/sources/sourceNaming.js';
import { Dictionary } from '../../src/trace/dictionary.js';
import type { TraceVisitor } from '../../src/trace/visitor.js';
import { readTrace } from '../fixtures/readTrace.js';

export interface LockFindings {
  readonly order: Finding[];
  readonly contention: Finding[];
  readonly incomplete: readonly string[];
}

/** `2 acquired a @10`: milliseconds are counted on by themselves, or given as `at 40: 2 acquired a @10`. */
export function traceOf(program: string): string {
  let t = 0;
  const steps = program.trim().split(/\s*\n\s*/);
  return steps
    .map((step) => {
      const [, at, thread, op = '', object = '', line, rest] =
        /^(?:at (\d+): )?(\d+) ([\w.]+) ?([\w]*)(?: @(\d+))?(?: (\{.*\}))?$/.exec(step) ?? [];
      if (op === '') throw new Error(`not a step: ${step}`);
      t = at === undefined ? t + 1 : Number(at);
      const name = op.includes('.') ? op : `lock.${op}`;
      const subject = object === '' ? {} : { o: name.startsWith('thread.') ? Number(object) : object };
      const place = line === undefined ? {} : { at: `src/app.ts:${line}:1` };
      const more = rest === undefined ? {} : (JSON.parse(rest) as object);
      return JSON.stringify({ t, th: Number(thread), op: name, ...subject, ...place, ...more });
    })
    .join('\n');
}

/** What lock order and contention say of a trace in text. */
export async function lockFindings(text: string): Promise<LockFindings> {
  const dictionary = new Dictionary();
  const order = new LockOrder(dictionary);
  const contention = new Contention(dictionary);
  const model = new Model(dictionary, [order, contention]);
  const visitor: TraceVisitor = {
    header: (header) => dictionary.header(header),
    thread: (record) => (dictionary.thread(record), model.thread(record)),
    object: (record) => (dictionary.object(record), model.object(record)),
    file: (record, index) => dictionary.file(record, index),
    site: (record, index) => dictionary.site(record, index),
    stack: (record, index) => dictionary.stack(record, index),
    string: (string, index) => dictionary.string(string, index),
    events: (batch) => model.events(batch),
    marker: (record) => model.marker(record),
  };
  await readTrace(text, visitor);
  const context = { naming: new SourceNaming(dictionary, () => null), model, now: model.now };
  return {
    order: order.findings(context),
    contention: contention.findings(context),
    incomplete: [...order.incomplete, ...contention.incomplete],
  };
}

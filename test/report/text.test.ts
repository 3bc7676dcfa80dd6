import assert from 'node:assert/strict';
import { formatFinding, formatText, formatVerdict, type Colors } from '../../src/report/text.js';
import { accept } from '../../src/report/acceptance.js';
import { checkedVerdict, type Checked } from '../../src/report/checked.js';
import { deadlock, quiet } from './verdict.js';

const mark =
  (name: string) =>
  (text: string): string =>
    `<${name}>${text}</${name}>`;
const colors: Colors = {
  red: mark('red'),
  yellow: mark('yellow'),
  cyan: mark('cyan'),
  green: mark('green'),
  dim: mark('dim'),
  bold: mark('bold'),
};

/** Durations are joined by no-break spaces. */
const plainSpaces = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('a verdict as text', () => {
  it('is the findings, the reasons for doubt, and a line that sums up', () => {
    const note = {
      ...deadlock,
      id: 'abandoned-lock',
      severity: 'note',
      message: 'abandoned-lock (certain): x',
      fingerprint: 'other',
    } as const;
    const text = formatVerdict({ ...quiet, findings: [deadlock, note], incomplete: ['It breaks off.', 'So it is.'] });
    assert.equal(
      plainSpaces(text),
      `${deadlock.message}\n\nabandoned-lock (certain): x\n\nnote: It breaks off.\nnote: So it is.\n\n` +
        '1 error, 1 note in 2 threads, 12 events, 1.23 s.',
    );
  });

  it('says that nothing is wrong only when all is known', () => {
    assert.equal(plainSpaces(formatVerdict(quiet)), 'Nothing stuck, nothing slow: 2 threads, 12 events, 1.23 s.');
    assert.equal(
      plainSpaces(formatVerdict({ ...quiet, incomplete: ['It breaks off.'] })),
      'note: It breaks off.\n\nNothing found in what is known: 2 threads, 12 events, 1.23 s.',
    );
  });

  it('does not say that nothing is stuck of a program that somebody stopped while it was idle', () => {
    const ending = 'Ended by SIGINT; all threads were idle in their event loops.';
    assert.equal(
      plainSpaces(formatVerdict({ ...quiet, ending }, { color: colors })),
      `Nothing found: 2 threads, 12 events, 1.23 s. ${ending}`,
    );
  });

  it('says so when there is nothing to judge', () => {
    const text = formatVerdict({ ...quiet, trace: { ...quiet.trace, events: 0 } });
    assert.match(text, /^Nothing happened between threads/);
  });

  it('colours the head by severity and nothing else of it', () => {
    const text = formatFinding(deadlock, colors);
    assert.ok(text.startsWith('<bold><red>deadlock (certain)</red></bold>: worker "writer"'));
    assert.equal(text.replace(/<[^>]*>/g, ''), deadlock.message);
    assert.match(formatFinding({ ...deadlock, severity: 'warning' }, colors), /<yellow>deadlock/);
  });

  const withDeadlock = checkedVerdict({ ...quiet, findings: [deadlock] });
  const suppressions = [{ id: 'deadlock', object: 'cache', reason: 'A test.' }];
  const suppressed: Checked = {
    ...withDeadlock,
    findings: accept(withDeadlock.findings, { baseline: null, suppressions }).findings,
  };

  it('lets no name speak to the terminal', () => {
    const message = 'deadlock (certain): "a\x1b[2Jb\rc\u009bd" waits.\n  more';
    assert.equal(formatFinding({ ...deadlock, message }), 'deadlock (certain): "a [2Jb c d" waits.\n  more');
    const verdict = { ...quiet, incomplete: ['It\x1b[2J breaks\noff.'] };
    assert.match(formatVerdict(verdict), /^note: It \[2J breaks off\.$/m);
  });

  it('does not call that healthy which is only accepted', () => {
    assert.equal(
      plainSpaces(formatText(suppressed)),
      'Nothing but what is accepted (1 suppressed): 2 threads, 12 events, 1.23 s.',
    );
  });

  it('does not call all healthy where a trace could not be read', () => {
    const unreadable = [{ file: 'b.lanes', message: 'The file is empty.' }];
    assert.equal(
      plainSpaces(formatText({ ...checkedVerdict(quiet), unreadable })),
      'Nothing found in what is known: 2 threads, 12 events, 1.23 s. 1 trace could not be read.',
    );
  });

  it('names few of many traces', () => {
    const traces = Array.from({ length: 9 }, (_, i) => ({
      verdict: { ...quiet, trace: { ...quiet.trace, file: `${i}.lanes` } },
      folder: '',
    }));
    const findings = withDeadlock.findings.map((one) => ({ ...one, traces: traces.map((_, i) => `${i}.lanes`) }));
    const text = formatText({ isList: true, traces, findings, unreadable: [], unused: [] });
    assert.match(text, /^ {2}in 9 of 9 traces: 0\.lanes, 1\.lanes, 2\.lanes, 3\.lanes, …$/m);
  });
});

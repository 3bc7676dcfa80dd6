import assert from 'node:assert/strict';
import { formatFinding, formatVerdict, type Colors } from '../../src/report/text.js';
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
});

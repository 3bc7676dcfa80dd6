import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CATALOGUE, leadOf, severityOf } from '../../src/analysis/catalogue.js';

/** The rows of the table in the documentation: id, severity, when. */
const documented = readFileSync(join(__dirname, '../../docs/findings.md'), 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, id, severity, when] = /^\| `([\w-]+)` +\| (.+?) *\| (.+?) *\|$/.exec(line) ?? [];
    return id === undefined || severity === undefined || when === undefined ? [] : [{ id, severity, when }];
  });

const tests = readdirSync(__dirname)
  .filter((name) => name.endsWith('.test.ts') && name !== 'catalogue.test.ts')
  .map((name) => readFileSync(join(__dirname, name), 'utf8'))
  .join('\n');

describe('catalogue', () => {
  it('is what the documentation lists, in the same order', () =>
    assert.deepEqual(
      documented.map(({ id }) => id),
      CATALOGUE.map(({ id }) => id),
    ));

  for (const { id, severity } of CATALOGUE) {
    it(`${id} has the documented severity, a text, and a test`, () => {
      const row = documented.find((one) => one.id === id);
      assert.match(row?.severity ?? '', new RegExp(`^${severity}\\b`));
      assert.ok((row?.when.length ?? 0) > 30);
      assert.ok(tests.includes(`'${id}`) || tests.includes(`${id} (`), `no test names ${id}`);
    });
  }

  it('makes a note of what is only possible, unless it is a warning of what could happen', () => {
    assert.equal(severityOf('deadlock', 'likely'), 'error');
    assert.equal(severityOf('deadlock', 'possible'), 'note');
    assert.equal(severityOf('lock-order-inversion', 'possible'), 'warning');
  });

  it('puts the grade in front where there is doubt', () => {
    assert.equal(leadOf('deadlock', 'certain'), 'Deadlock');
    assert.equal(leadOf('deadlock', 'likely'), 'Likely deadlock');
    assert.equal(leadOf('blocked-forever', 'possible'), 'Possibly blocked for ever');
    assert.equal(leadOf('lock-order-inversion', 'possible'), 'Possible deadlock');
  });
});

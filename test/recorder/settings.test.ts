import assert from 'node:assert/strict';
import { readSettings, ringEventsOf } from '../../src/recorder/settings.js';

function read(json: string): { settings: object; told: string[] } {
  const told: string[] = [];
  return { settings: readSettings({ THREADLANES: json }, (line) => told.push(line)), told };
}

/** Accepted ones, and for the first refused one the words that name it. */
const fields: readonly (readonly [name: string, good: readonly unknown[], bad: readonly unknown[], allowed: RegExp])[] =
  [
    ['out', ['a.lanes'], ['', 1, null, {}], /a text/],
    ['dir', ['x'], ['', true], /a text/],
    ['root', ['/'], [[]], /a text/],
    ['run', ['r'], [7], /a text/],
    ['onDeadlock', ['report', 'end'], ['stop', 1], /"report" or "end"/],
    ['whenFull', ['wait', 'drop'], ['Wait', null], /"wait" or "drop"/],
    ['sites', ['auto', 'dynamic', 'exact'], ['static', 'toString'], /"auto" or "dynamic" or "exact"/],
    ['ringEvents', [1, 64, 1 << 22], [0, -1, (1 << 22) + 1, '64', null], /a number from 1 to 4194304/],
    ['siteBudget', [0, 1, 0.5], [-0.1, 1.1, '0.1'], /a number from 0 to 1/],
    ['memory', [true, false], [0, 'true'], /true or false/],
    ['hide', [true, false], ['no'], /true or false/],
    ['keep', ['1GB', '10min'], ['much', 5], /an amount/],
  ];

describe('recorder: settings', () => {
  for (const [name, good, bad, allowed] of fields) {
    it(`${name}: takes what is allowed, and names what is not`, () => {
      for (const value of good) {
        assert.deepEqual(read(JSON.stringify({ [name]: value })), { settings: { [name]: value }, told: [] });
      }
      for (const value of bad) {
        const { settings, told } = read(JSON.stringify({ memory: true, [name]: value }));
        assert.deepEqual(settings, name === 'memory' ? {} : { memory: true });
        assert.equal(told.length, 1);
        const [line = ''] = told;
        assert.ok(line.startsWith(`THREADLANES: ${name} is ${JSON.stringify(value)}, allowed is `), line);
        assert.match(line, allowed);
        assert.doesNotMatch(line, /\n/);
      }
    });
  }

  it('names settings that do not exist, those of every object too', () => {
    for (const name of ['ringsize', 'toString', '__proto__']) {
      const { settings, told } = read(`{${JSON.stringify(name)}: 1}`);
      assert.deepEqual(settings, {});
      assert.deepEqual(told, [`THREADLANES: there is no setting "${name}"; it is ignored`]);
    }
  });

  it('tells in one line what is no object', () => {
    for (const json of ['{oops', '1', 'null', '[]', '"text"', '\n']) {
      assert.deepEqual(read(json), { settings: {}, told: ['THREADLANES is not a JSON object; the defaults are used'] });
    }
    assert.deepEqual(read(''), { settings: {}, told: [] });
  });

  it('rings hold a power of two', () => {
    assert.deepEqual(
      [1, 64, 65, 1 << 22, undefined].map((ringEvents) => ringEventsOf(ringEvents === undefined ? {} : { ringEvents })),
      [64, 64, 128, 1 << 22, 1 << 14],
    );
  });
});

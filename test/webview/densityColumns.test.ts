/** Colours are numbers of one digit here: a column is the word of its pixels from top to bottom. */
import assert from 'node:assert/strict';
import { BIN, BIN_BYTES, FLAG, LOCK_BIN, TILE_BINS } from '../../src/protocol/tileLayout.js';
import { paintBand, paintStates, type ColumnPainter, type Strip } from '../../webview/timeline/densityColumns.js';
import { nothingSeen } from '../../webview/timeline/stateShapes.js';

const HEIGHT = 10;
const WIDTH = 8;

const colors = {
  running: 1,
  loop: 2,
  blocked: 3,
  waiting: 4,
  parked: 5,
  dot: 6,
  unknown: 7,
  held: 1,
  wanted: 2,
  deadlock: 8,
  mark: 9,
};

/** Shares in percent, a record a bin. */
type Bins = readonly Readonly<Record<string, number>>[];

function stripOf(places: Readonly<Record<string, number>>, records: Bins): Strip {
  const bins = new Uint8Array(TILE_BINS * BIN_BYTES);
  for (const [b, record] of records.entries()) {
    for (const [name, value] of Object.entries(record)) {
      const share = name === 'flags' ? value : Math.round(value * 2.55);
      bins[b * BIN_BYTES + (places[name] as number)] = share;
    }
  }
  const seen = nothingSeen();
  return { pixels: new Uint32Array(WIDTH * HEIGHT), width: WIDTH, height: HEIGHT, ratio: 1, colors, bins, seen };
}

const states = (...bins: Bins): Strip => stripOf(BIN, bins);
const band = (...bins: Bins): Strip => stripOf({ ...LOCK_BIN, flags: BIN.flags }, bins);

function column(strip: Strip, x: number): string {
  return Array.from({ length: HEIGHT }, (_, y) => strip.pixels[y * WIDTH + x]).join('');
}

/** Column 3, where no dot of a parked thread falls, of all the bins that there are. */
function painted(paint: ColumnPainter, strip: Strip, bins = 1): string {
  paint(strip, 3, 0, bins);
  return column(strip, 3);
}

describe('columns of dense lanes', () => {
  it('running grows from the floor, waiting lies on it, blocked hangs from the ceiling', () => {
    const strip = states({ running: 40, waiting: 20, blocked: 30 });
    assert.equal(painted(paintStates, strip), '3330441111');
    assert.deepEqual([...strip.seen.dense].sort(), ['blocked', 'running', 'waiting']);
  });

  it('shares are those of all the bins on the column', () => {
    const strip = states({ running: 100 }, { waiting: 100 });
    assert.equal(painted(paintStates, strip, 2), '4444411111');
  });

  it('the idle loop is a line on the floor, and nothing where the thread ran', () => {
    assert.equal(painted(paintStates, states({ loop: 100 })), '0000000002');
    const both = states({ loop: 80, running: 20 });
    assert.equal(painted(paintStates, both), '0000000011');
    assert.deepEqual([...both.seen.dense], ['running']);
  });

  it('a parked thread has dots in its middle, apart from each other', () => {
    const strip = states({ parked: 100 });
    for (let x = 0; x < WIDTH; x++) paintStates(strip, x, 0, 1);
    const row = Array.from({ length: WIDTH }, (_, x) => column(strip, x)[5]).join('');
    assert.equal(row, '66555566');
    assert.equal(column(strip, 3), '5555555555');
  });

  it('being blocked for a moment is a pixel', () => {
    const bins = [{ running: 100 }, ...Array.from({ length: 40 }, () => ({ running: 100 }))];
    const strip = states({ running: 99, blocked: 1 }, ...bins);
    assert.equal(painted(paintStates, strip, 42)[0], '3');
  });

  it('what is flagged in one bin stands above and below, two columns wide; an error over a warning', () => {
    for (const [flags, color] of [
      [FLAG.warning, '9'],
      [FLAG.error, '8'],
      [FLAG.deadlocked | FLAG.warning, '8'],
    ] as const) {
      const strip = states({ running: 100 }, { running: 100, flags }, { running: 100 });
      const edge = color.repeat(2);
      assert.equal(painted(paintStates, strip, 3), `${edge}111111${edge}`);
      assert.equal(column(strip, 2), `${edge}000000${edge}`, 'the column before');
      assert.equal(column(strip, 4), '0000000000');
    }
    assert.equal(painted(paintStates, states({ running: 100, flags: FLAG.stuck | FLAG.open })), '1111111111');
  });

  it('a band is thin while a lock is held, thicker the more of the time somebody wants it', () => {
    const held = band({ held: 100 });
    assert.equal(painted(paintBand, held), '0001111100');
    assert.ok(held.seen.isHeld && !held.seen.isWanted);
    const wanted = band({ held: 20, wanted: 80 });
    assert.equal(painted(paintBand, wanted), '0222222220');
    assert.ok(wanted.seen.isWanted && !wanted.seen.isHeld);
    assert.equal(painted(paintBand, band({ wanted: 5 })), '0002222200', 'never thinner than one that is only held');
  });

  it('a lock that is free has no band; a flag stands on a band, too', () => {
    assert.equal(painted(paintBand, band({})), '0000000000');
    assert.equal(painted(paintBand, band({ held: 100, flags: FLAG.error })), '8801111188');
  });
});

import assert from 'node:assert/strict';
import { entriesOf } from '../../webview/panels/legend.js';
import { nothingSeen, type Shape } from '../../webview/timeline/stateShapes.js';

const wordsOf = (shapes: readonly Shape[], dense: readonly Shape[] = [], isNarrow = false): string[] =>
  entriesOf({ ...nothingSeen(), shapes: new Set(shapes), dense: new Set(dense) }, false, isNarrow).map(
    ({ words }) => words,
  );

describe('the legend', () => {
  it('says of a state what its bars say', () => {
    assert.deepEqual(wordsOf(['running', 'sleeping']), ['running', 'sleeping']);
    assert.deepEqual(wordsOf(['sleeping', 'parked']), ['parked', 'sleeping']);
    assert.deepEqual(wordsOf([], ['parked']), ['parked or sleeping']);
  });

  it('says from where shares grow where nothing else is seen, and else what they are', () => {
    const both: readonly Shape[] = ['running', 'blocked'];
    assert.deepEqual(wordsOf(both), ['running', 'blocked: wants a lock']);
    assert.deepEqual(wordsOf([], both), ['running, from the floor', 'blocked, from the ceiling']);
    assert.deepEqual(wordsOf(both, both), ['running', 'blocked: wants a lock', 'dense: height is share of time']);
    assert.deepEqual(wordsOf(both, both, true), ['running', 'blocked', 'shares']);
  });

  it('has groups: states, bands and cycles, findings', () => {
    const seen = { ...nothingSeen(), shapes: new Set<Shape>(['running', 'ended']), isHeld: true };
    const entries = entriesOf({ ...seen, marks: new Set(['note', 'warning']) }, true, false);
    assert.deepEqual(
      entries.map(({ words, isApart }) => `${isApart ? '| ' : ''}${words}`),
      ['running', 'ended', '| lock held', 'deadlocked', '| warning', 'note'],
    );
  });
});

import assert from 'node:assert/strict';
import type { Arrow } from '../../src/protocol/messages.js';
import { curveOf, curvesInView } from '../../webview/timeline/arrows.js';
import { layOut } from '../../webview/timeline/layout.js';
import { TimeScale } from '../../webview/timeline/timeScale.js';
import { SceneHost } from './sceneA.js';

const trace = new SceneHost().opened();
const layout = layOut(trace, { opened: new Map(), isNarrow: false });
const scale = new TimeScale({ start: 2000e6, end: 2100e6 }, 1000);
const scene = { layout, scale };
const rowOf = (thread: number) => layout.rows.find((row) => row.kind === 'thread' && row.thread.id === thread)!;

describe('arrows', () => {
  it('run from the edge of the bar of the cause to that of the effect, down or up', () => {
    const [main, pool] = [rowOf(0), rowOf(4)];
    assert.deepEqual(curveOf(scene, { thread: 0, time: 2010e6 }, { thread: 4, time: 2030e6 }), {
      x0: 100,
      y0: main.barY + main.barHeight,
      x1: 300,
      y1: pool.barY,
      direction: 1,
    });
    assert.deepEqual(curveOf(scene, { thread: 4, time: 2010e6 }, { thread: 0, time: 2030e6 }), {
      x0: 100,
      y0: pool.barY,
      x1: 300,
      y1: main.barY + main.barHeight,
      direction: -1,
    });
  });

  it('are none within a thread, to one without a row, and out of view', () => {
    const at = (thread: number, ms: number) => ({ thread, time: ms * 1e6 });
    assert.equal(curveOf(scene, at(1, 2010), at(1, 2030)), null);
    assert.equal(curveOf(scene, at(1, 2010), at(99, 2030)), null);
    assert.equal(curveOf(scene, at(1, 2110), at(2, 2130)), null);
    assert.notEqual(curveOf(scene, at(1, 2010), at(2, 2130)), null, 'one end is in view');
  });

  it('of starts and joins are all drawn where there is room, and else none', () => {
    assert.equal(curvesInView(scene, trace.arrows).length, trace.arrows.length);
    assert.deepEqual(curvesInView({ scale, layout: { ...layout, size: 'dense' } }, trace.arrows), []);
    const many = Array.from({ length: 49 }, (): Arrow => trace.arrows[0]!);
    assert.equal(curvesInView(scene, many.slice(1)).length, 48);
    assert.deepEqual(curvesInView(scene, many), []);
  });
});

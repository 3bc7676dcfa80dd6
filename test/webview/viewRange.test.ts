import assert from 'node:assert/strict';
import { TimeScale } from '../../webview/timeline/timeScale.js';
import { wholeRange } from '../../webview/viewRange.js';
import { SceneHost } from './sceneA.js';

/** How wide the mark of an ended thread is. */
const END_MARK = 6;

describe('the whole trace', () => {
  it('leaves room for what marks its end, however narrow the page is', () => {
    const trace = new SceneHost({ durationMs: 3000 }).opened();
    for (const width of [400, 500, 1200]) {
      const scale = new TimeScale(wholeRange({ trace }), width);
      assert.equal(scale.x(2000e6), 0);
      const end = scale.x(3000e6);
      assert.ok(end + END_MARK <= width && end > width * 0.97, `${end} of ${width}`);
    }
  });
});

import assert from 'node:assert/strict';
import { Writer } from '../../src/indexer/writer.js';

describe('the writer of a trace', () => {
  it('is gone when its process is', () => {
    let isThere = true;
    const writer = new Writer(() => isThere);
    assert.equal(writer.isGone(7, 100), false);
    isThere = false;
    assert.equal(writer.isGone(7, 200), true);
    assert.equal(writer.isGone(7, 200), true);
  });

  it('is elsewhere when a file is written that no process here can write', () => {
    const writer = new Writer(() => false);
    assert.deepEqual([writer.isGone(7, 100), writer.isGone(7, 300), writer.isGone(7, 300)], [true, false, false]);
  });

  it('is not known without an id', () => {
    assert.equal(new Writer(() => false).isGone(0, 100), false);
  });
});

import assert from 'node:assert/strict';
import { setTimeout as later } from 'node:timers/promises';
import { withProgram } from './recordedProgram.js';
import { BUSY_PROGRAM, killAfter } from './kills.js';

describe('recorder: programs that are killed', () => {
  it('leave a trace that opens and has no hole', function () {
    this.timeout(60_000);
    return withProgram({ 'main.cjs': BUSY_PROGRAM }, async (folder) => {
      // How late the first round is, is the machine's affair; that what it wrote stays is ours.
      for (let i = 0; i < 8; i++) {
        let seen = 0;
        const { kept, counts } = await killAfter(folder, (i * 97) % 300, async (out) => {
          for (; seen === 0; await later(5)) seen = (await folder.readTrace(out)).named('lock.acquired').length;
        });
        const total = kept.reduce((sum, count) => sum + count, 0);
        assert.ok(total >= seen, `${kept.join()} of ${counts.join()}, after ${seen} had been seen`);
      }
    });
  });
});

import assert from 'node:assert/strict';
import { withProgram } from './recordedProgram.js';
import { BUSY_PROGRAM, killAfter } from './kills.js';

describe('recorder: programs that are killed', () => {
  it('leave a trace that opens and has no hole', function () {
    this.timeout(60_000);
    return withProgram({ 'main.cjs': BUSY_PROGRAM }, async (folder) => {
      for (let i = 0; i < 8; i++) {
        const { kept, counts } = await killAfter(folder, 20 + ((i * 97) % 300));
        // How late the last round was is the machine's affair; that there was one is ours.
        assert.ok((kept[0] as number) > 0, `${kept.join()} of ${counts.join()}`);
      }
    });
  });
});

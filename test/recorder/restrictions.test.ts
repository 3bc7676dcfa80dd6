import assert from 'node:assert/strict';
import { withProgram } from './recordedProgram.js';

/** Waits, starts a worker that wakes nobody, and ends by itself. */
const program = `
  const { Worker } = require('node:worker_threads');
  console.log(Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1));
  new Worker('throw new Error("mine")', { eval: true })
    .on('error', (e) => console.log(e.message)).on('exit', (code) => console.log('exit', code));
`;

describe('recorder: programs that Node restricts', () => {
  for (const option of ['--frozen-intrinsics', '--disallow-code-generation-from-strings', '--stack-trace-limit=0']) {
    it(`records with ${option}`, () =>
      withProgram({ 'main.cjs': program }, async (folder) => {
        const args = [option, '--no-warnings'];
        const plain = await folder.run('main.cjs', { args, record: false });
        const { outcome, trace } = await folder.record('main.cjs', { args });
        assert.deepEqual(outcome, plain);
        assert.deepEqual(
          trace.named('word.wait', 'thread.start', 'thread.fail', 'thread.end').map(({ name }) => name),
          ['word.wait', 'thread.start', 'thread.fail', 'thread.end', 'thread.end'],
        );
        assert.ok(trace.end?.kind === 'end');
        assert.equal(trace.end.end, 'clean');
      }));
  }

  it('leaves the program’s modules as they are', () =>
    withProgram(
      { 'main.cjs': `console.log(Object.keys(require.cache).length, module.children.length);` },
      async (folder) => {
        assert.equal((await folder.run('main.cjs')).stdout, '1 0\n');
      },
    ));

  it('a worker outlives the collector', function () {
    if (process.platform !== 'linux') this.skip();
    return withProgram({ 'main.cjs': program }, async (folder) => {
      const plain = await folder.run('main.cjs', { record: false });
      const { stderr, ...outcome } = await folder.run('main.cjs', { settings: { out: '/dev/full' } });
      assert.deepEqual({ ...outcome, stderr: '' }, plain);
      assert.match(stderr, /^(threadlanes: .*\n)+$/);
    });
  });
});

/** The stress of queues, with more threads and for longer. */
import { createRequire } from 'node:module';

process.env['STRESS_ROUNDS'] ??= '12';
createRequire(__filename)('../threading/queueStress.test.ts');

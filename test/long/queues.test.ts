/** The stress of queues, with more threads and for longer; their model, with longer scenes. */
import { createRequire } from 'node:module';

process.env['STRESS_ROUNDS'] ??= '12';
const load = createRequire(__filename);
load('../threading/queueBells.test.ts');
load('../threading/queueStress.test.ts');

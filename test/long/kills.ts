/**
 * Kills a busy program at random moments and says how much of its trace is missing. `tsx test/long/kills.ts [kills]`:
 * fails when a trace does not open or has a hole, prints the rest.
 */
import { withProgram } from '../recorder/recordedProgram.js';
import { BUSY_PROGRAM, killAfter } from '../recorder/kills.js';

const kills = Number(process.argv[2] ?? 200);

async function main(): Promise<void> {
  await withProgram({ 'main.cjs': BUSY_PROGRAM }, async (folder) => {
    const lost: number[] = [];
    const ages: number[] = [];
    const turns: number[] = [];
    for (let i = 0; i < kills; i++) {
      const { lostMs, ageMs, turnMs } = await killAfter(folder, Math.random() * 400);
      lost.push(lostMs);
      ages.push(ageMs);
      turns.push(turnMs);
    }
    for (const [what, values] of [
      ['age of the last event', ages],
      ['oldest event that is missing', lost],
      ['the same machine: last turn of a thread that sleeps 25 ms at a time', turns],
    ] as const) {
      const sorted = [...values].sort((a, b) => a - b);
      const at = (share: number): string => (sorted[Math.ceil(share * sorted.length) - 1] as number).toFixed(1);
      console.log(`${what}: median ${at(0.5)} ms, 99 % ${at(0.99)} ms, all ${at(1)} ms (${kills} kills)`);
    }
  });
}

void main();

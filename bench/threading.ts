/**
 * What the threading library costs, beside what one would use without it, with each version of Node. Each file of
 * `bench/threading/` is a program that prints its own figures: threads need a file to start from.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { row, section } from './print.js';

const folder = resolve('.test-output/bench/threading');

interface NodeVersion {
  readonly major: number;
  readonly path?: string;
  readonly version?: string;
  /** Why it is not there. */
  readonly reason?: string;
}

export function benchThreading(): void {
  const programs = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.cjs')) : [];
  const nodes = JSON.parse(process.env['THREADLANES_BENCH_NODES'] ?? '[]') as readonly NodeVersion[];
  for (const { major, path, version, reason = '' } of nodes) {
    section(`threading: Node ${version ?? major}`);
    if (path === undefined) row('not measured', reason);
    else for (const name of programs.sort()) execFileSync(path, [join(folder, name)], { stdio: 'inherit' });
  }
}

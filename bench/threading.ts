/**
 * What the threading library costs, beside what one would use without it. Each file of `bench/threading/` is a program that
 * prints its own figures: threads need a file to start from.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const folder = resolve('.test-output/bench/threading');

export function benchThreading(): void {
  const programs = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.cjs')) : [];
  for (const name of programs.sort()) execFileSync(process.execPath, [join(folder, name)], { stdio: 'inherit' });
}

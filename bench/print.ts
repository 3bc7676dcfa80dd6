/** One line a figure, so that two runs can be held side by side. */
export function section(title: string): void {
  console.log(`\n${title}`);
}

export function row(what: string, figure: string): void {
  console.log(`  ${what.padEnd(40)} ${figure}`);
}

/** Whether a ratio is where it should be. @param isAtLeast the goal is the least, not the most */
export function againstGoal(ratio: number, goal: number, isAtLeast = false): string {
  const isMet = isAtLeast ? ratio >= goal : ratio <= goal;
  return `goal ${isAtLeast ? '≥' : '≤'} ${goal}: ${isMet ? 'met' : 'missed'}`;
}

/** The median of several runs: the machine is shared and noisy. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}

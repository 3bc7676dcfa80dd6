import type { TraceVisitor } from './visitor.js';

/** So many messages tell a person what a file is worth; a file of nothing but garbage must not produce millions. */
const MAX_MESSAGES = 50;

/** Tells a visitor what could not be read, up to a limit. */
export class DamageLog {
  private told = 0;

  constructor(private readonly visitor: TraceVisitor) {}

  tell(message: string): void {
    this.told++;
    if (this.told < MAX_MESSAGES) this.visitor.damage?.(message);
    else if (this.told === MAX_MESSAGES) this.visitor.damage?.('More is damaged than is listed here.');
  }
}

/** Who writes a trace, as far as this machine can tell: a process that is gone writes no more. */
export class Writer {
  private lastWrite = -Infinity;
  private isElsewhere = false;

  /** @param exists whether there is a process of that id here */
  constructor(private readonly exists: (pid: number) => boolean) {}

  /** @param writtenAt when the file was written last */
  isGone(pid: number, writtenAt: number): boolean {
    if (this.isElsewhere || pid <= 0 || this.exists(pid)) return false;
    // Written although nobody is there: on another machine, or in a container, where ids mean something else.
    if (this.lastWrite > -Infinity && writtenAt > this.lastWrite) this.isElsewhere = true;
    this.lastWrite = writtenAt;
    return !this.isElsewhere;
  }
}

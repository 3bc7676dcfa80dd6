/** A put into a full queue that must not, or no longer, wait. Python: `queue.Full`. */
export class Full extends Error {
  override readonly name = 'Full';
}

/** A get from an empty queue that must not, or no longer, wait. Python: `queue.Empty`. */
export class Empty extends Error {
  override readonly name = 'Empty';
}

/** A put into a closed queue, or a get from one that is closed and empty. Python: `queue.ShutDown`. */
export class Closed extends Error {
  override readonly name = 'Closed';
}

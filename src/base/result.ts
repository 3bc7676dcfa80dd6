/** An expected failure: what went wrong, where, and what to do, in one sentence for a person. */
export interface Failure {
  readonly ok: false;
  readonly message: string;
}

/** What can fail for a reason that a person can mend returns this instead of throwing. */
export type Result<T> = { readonly ok: true; readonly value: T } | Failure;

export function success<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function failure(message: string): Failure {
  return { ok: false, message };
}

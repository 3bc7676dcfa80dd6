/** Why a value cannot be copied, without the whole text of a function. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.length > 120 ? `${text.slice(0, 60)} … ${text.slice(-40)}` : text;
}

/** Why, as a line of a log has it: the message of an error, of a refusal by several addresses their code. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.message || String((error as { code?: unknown }).code ?? error.name)
}

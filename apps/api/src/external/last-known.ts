import { createHash } from 'node:crypto'

const MAX_ENTRIES = 10_000

/**
 * The last good answers, for calls that must not fail for passing reasons: clients disable a whole account
 * for an hour after one failed account check. Kept under a digest, so no key stays in memory as text.
 */
export class LastKnown {
  private readonly answers = new Map<string, unknown>()

  /** The answer of `ask`, or the one before it if `ask` fails for a passing reason. */
  async or<T>(name: string, ask: () => Promise<T>, isPassing: (error: unknown) => boolean): Promise<T> {
    const id = createHash('sha256').update(name).digest('base64')
    try {
      const answer = await ask()
      this.remember(id, answer)
      return answer
    } catch (error) {
      if (!isPassing(error) || !this.answers.has(id)) throw error
      return this.answers.get(id) as T
    }
  }

  /** What is undefined is forgotten: a revoked key must not come back. The oldest entry makes room. */
  private remember(id: string, answer: unknown): void {
    this.answers.delete(id)
    if (answer === undefined) return
    this.answers.set(id, answer)
    const oldest = this.answers.keys().next()
    if (this.answers.size > MAX_ENTRIES && !oldest.done) this.answers.delete(oldest.value)
  }
}

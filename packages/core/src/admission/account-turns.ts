/**
 * One account's admissions of a process, one after the other. They would wait for each other at the account's row
 * anyway, but each with a connection in its hand: an account that asks for hundreds of files at once would leave
 * none to the others, nor to its own next step.
 */
export class AccountTurns {
  private readonly last = new Map<string, Promise<unknown>>()

  /** Does the work when all earlier work of this account has ended, well or not. */
  async take<T>(accountId: string, work: () => Promise<T>): Promise<T> {
    const before = this.last.get(accountId) ?? Promise.resolve()
    const mine = before.then(work)
    const ended = mine.catch(() => undefined)
    this.last.set(accountId, ended)
    try {
      return await mine
    } finally {
      if (this.last.get(accountId) === ended) this.last.delete(accountId)
    }
  }
}
